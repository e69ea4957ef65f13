import { describe, expect, it, vi } from 'vitest';
import { Secret } from '../../src/chat/secret.ts';
import { closeAfter } from '../close-after.ts';
import { person } from '../person.ts';
import { startScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import { openLinkWorld } from './link-world.ts';
import { formIn, makePrompt, pressIn, send, wordsIn } from './prompt-world.ts';
import { DIRECT, THREAD } from './world.ts';

describe('a key that the server no longer takes', () => {
  it('fails once, is not used again, and the next question waits for a new one', async () => {
    const world = await openLinkWorld();
    const old = world.keyOf('Ann');
    await world.link('Ann', old);
    await vi.waitFor(() => expect(world.openWebUI.seen({ path: '/api/models' }).length).toBeGreaterThan(1));
    const renewed = world.keyOf('Ann');
    await world.host.accept(world.message('First?', { place: DIRECT, addressed: 'direct' }));
    await vi.waitFor(() => expect(world.last()?.text).toMatch(/link it again with/));
    const used = () => world.openWebUI.requests.filter((one) => one.headers.authorization === `Bearer ${old}`).length;
    const before = used();
    const told = await world.host.accept(world.message('Second?', { place: DIRECT, addressed: 'direct' }));
    expect(wordsIn(told)).toMatch(/no longer takes the API key.*keep your question/);
    expect(used()).toBe(before);
    const form = formIn(await pressIn(world, told, 'Link my account'));
    await send(world, form, { 'API key': new Secret(renewed) });
    await vi.waitFor(() => expect(world.askedOf(renewed)).toBe(1));
  });

  it('keeps what was typed into a form until the link is made anew', async () => {
    const world = await openLinkWorld();
    const old = world.keyOf('Ann');
    await makePrompt(world, { command: 'greet', content: 'Hello {{who | text:required}}' }, old);
    await world.link('Ann', old);
    const form = formIn(await world.slash('prompt', 'greet'));
    const renewed = world.keyOf('Ann');
    await world.slash('prompts', 'list');
    const label = form.fields[0]?.label ?? '';
    const told = await send(world, form, { [label]: 'Zoe' });
    expect(wordsIn(told)).toMatch(/no longer takes the API key.*kept for an hour/s);
    const linking = formIn(await pressIn(world, told, 'Link my account'));
    await send(world, linking, { 'API key': new Secret(renewed) });
    const again = formIn(await pressIn(world, told, 'Try again'));
    expect(again.fields[0]?.initial).toBe('Zoe');
    await send(world, again, {});
    await vi.waitFor(() => expect(world.askedOf(renewed)).toBe(1));
  });

  it('of the team’s is told in words that hold for it, too', async () => {
    const world = await openLinkWorld();
    const team = world.openWebUI.world.users.all().find((user) => user.api_key === world.openWebUI.key);
    if (team) world.openWebUI.world.users.put({ ...team, api_key: `sk-${'7'.repeat(32)}` });
    await world.host.accept(world.message('Hello?'));
    await vi.waitFor(() => expect(world.last()?.text).toMatch(/tell whoever runs me/));
  });
});

describe('an admin’s service key', () => {
  it('asks for nobody but those with an account of their own', async () => {
    const openWebUI = await startScriptedOpenWebUI();
    closeAfter(() => openWebUI.close());
    const world = await openLinkWorld({ openWebUI, key: openWebUI.adminKey });
    // Whoever starts Parley reads it before they read that it is ready.
    expect(world.logged.join('')).toContain('OPENWEBUI_API_KEY is an admin’s key');
    await world.host.accept(world.message('Hello?', { place: DIRECT, addressed: 'direct' }));
    await vi.waitFor(() => expect(world.last()?.text).toMatch(/administrator’s.*ordinary account’s key/s));
    expect(wordsIn(await world.slash('model'))).toMatch(/administrator’s/);
    const suggest = { command: 'ask', option: 'model', typed: '', author: person('Ann'), place: THREAD };
    expect(world.host.suggest(suggest)).toEqual([]);
    expect(openWebUI.asked).toHaveLength(0);
    await world.link('Ann', world.keyOf('Ann'));
    await world.host.accept(world.message('Hello again?', { place: DIRECT, addressed: 'direct' }));
    await vi.waitFor(() => expect(openWebUI.asked).toHaveLength(1));
  });
});
