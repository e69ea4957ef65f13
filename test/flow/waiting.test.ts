import { describe, expect, it, vi } from 'vitest';
import { Secret } from '../../src/chat/secret.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { closeAfter } from '../close-after.ts';
import { startScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import { openLinkWorld } from './link-world.ts';
import { lastingVault } from './linked.ts';
import { formIn, pressIn, send, wordsIn } from './prompt-world.ts';
import { CHANNEL, openWorld } from './world.ts';

describe('where an account is required', () => {
  it('a question waits for it and is answered then', async () => {
    const world = await openLinkWorld({ unlinked: 'require' });
    const key = world.keyOf('Ann');
    const told = await world.host.accept(world.message('What is the answer?'));
    expect(told).toMatchObject({ do: 'say', private: true });
    expect(wordsIn(told)).toMatch(/linked your own Open WebUI account.*keep your question for an hour/);
    const form = formIn(await pressIn(world, told, 'Link my account'));
    const linked = await send(world, form, { 'API key': new Secret(key) });
    expect(wordsIn(linked)).toContain('I answer your question now.');
    await vi.waitFor(() => expect(world.openWebUI.asked).toHaveLength(1));
    expect(world.openWebUI.asked[0]?.messages.at(-1)?.text).toContain('What is the answer?');
    expect(world.askedOf(key)).toBe(1);
    expect(world.askedOf(world.openWebUI.key)).toBe(0);
  });

  it('also after a restart, and by whichever way the account was linked', async () => {
    const openWebUI = await startScriptedOpenWebUI();
    closeAfter(() => openWebUI.close());
    const vault = lastingVault();
    const store = openSqlite(':memory:', { vault });
    closeAfter(() => store.close());
    const first = await openWorld({ openWebUI, store, vault, unlinked: 'require' });
    await first.host.accept(first.message('What is the answer?', { id: 'before' }));
    await first.close();
    const world = await openLinkWorld({ openWebUI, store, vault, unlinked: 'require' });
    await world.link('Ann', world.keyOf('Ann'));
    await vi.waitFor(() => expect(openWebUI.asked).toHaveLength(1));
    await world.link('Ann', world.keyOf('Ann'));
    await world.slash('unlink');
    expect(openWebUI.asked).toHaveLength(1);
  });

  it('a question by a command waits, too, and others see it asked once it is answered', async () => {
    const world = await openLinkWorld({ unlinked: 'require' });
    const told = await world.slash('ask', 'What is the answer?');
    expect(told).toMatchObject({ do: 'say', private: true });
    expect(world.plain.messages).toHaveLength(0);
    const form = formIn(await pressIn(world, told, 'Link my account'));
    await send(world, form, { 'API key': new Secret(world.keyOf('Ann')) });
    await vi.waitFor(() => expect(world.openWebUI.asked).toHaveLength(1));
  });

  it('a question that was deleted meanwhile is not asked', async () => {
    const world = await openLinkWorld({ unlinked: 'require' });
    const question = world.message('Never mind?');
    await world.host.accept(question);
    await world.host.accept({ type: 'deleted', key: 'gone', ref: question.message.ref });
    expect(wordsIn(await world.link('Ann', world.keyOf('Ann')))).not.toContain('your question');
    expect(world.openWebUI.asked).toHaveLength(0);
  });

  it('a question that was edited meanwhile is asked as it reads then', async () => {
    const world = await openLinkWorld({ unlinked: 'require' });
    const question = world.message('What is teh answer?');
    await world.host.accept(question);
    const message = { ...question.message, text: 'What is the answer?' };
    await world.host.accept({ type: 'edited', key: 'edit', message });
    await world.link('Ann', world.keyOf('Ann'));
    await vi.waitFor(() => expect(world.openWebUI.asked).toHaveLength(1));
    expect(world.openWebUI.asked[0]?.messages.at(-1)?.text).toContain('What is the answer?');
  });

  it('five questions wait, and the oldest of more is let go', async () => {
    const world = await openLinkWorld({ unlinked: 'require' });
    const told: string[] = [];
    for (let at = 1; at <= 7; at += 1) {
      const question = world.message(`Question ${at}?`, { place: { ...CHANNEL, thread: `H${at}` } });
      told.push(wordsIn(await world.host.accept(question)));
    }
    expect(told[4]).toContain('I keep your question for an hour');
    expect(told[5]).toContain('I keep your 5 newest questions for an hour');
    await world.link('Ann', world.keyOf('Ann'));
    await vi.waitFor(() => expect(world.openWebUI.asked).toHaveLength(5));
    const texts = world.openWebUI.asked.map((ask) => ask.messages.at(-1)?.text).join();
    for (const at of [3, 4, 5, 6, 7]) expect(texts).toContain(`Question ${at}?`);
  });

  it('other people’s questions are not asked by it', async () => {
    const world = await openLinkWorld({ unlinked: 'require' });
    await world.host.accept(world.message('Ben asks', { by: 'Ben' }));
    expect(wordsIn(await world.link('Ann', world.keyOf('Ann')))).not.toContain('your question');
    expect(world.openWebUI.asked).toHaveLength(0);
  });

  it('a command that needs an account offers the link', async () => {
    const world = await openLinkWorld({ unlinked: 'require' });
    const told = await world.slash('prompt', 'greet');
    expect(formIn(await pressIn(world, told, 'Link my account')).title).toBe('Link your account');
  });
});
