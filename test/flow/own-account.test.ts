import { describe, expect, it, vi } from 'vitest';
import type { Person } from '../../src/chat/messages.ts';
import { Secret } from '../../src/chat/secret.ts';
import { closeAfter } from '../close-after.ts';
import { person } from '../person.ts';
import { startScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import { keyOf, openLinkWorld } from './link-world.ts';
import { formIn, makePrompt, pressIn, send, wordsIn } from './prompt-world.ts';
import { DIRECT, THREAD, type World } from './world.ts';

describe('with an account of one’s own', () => {
  it('prompts know the account’s owner, and are theirs to change', async () => {
    const world = await openLinkWorld();
    const key = world.keyOf('Annika');
    await makePrompt(world, { command: 'me', content: 'I am {{USER_NAME}}, {{USER_EMAIL}}' }, key);
    await world.link('Ann', key);
    await world.slash('prompt', 'me');
    await vi.waitFor(() => expect(world.openWebUI.asked).toHaveLength(1));
    expect(world.openWebUI.asked[0]?.messages.at(-1)?.text).toContain('I am Annika, annika@example.test');
    await world.slash('prompts', 'meta me name=Mine');
    expect(world.openWebUI.world.prompts.all().map(({ name }) => name)).toContain('Mine');
  });

  it('what one thinks of an answer is one’s own feedback', async () => {
    const world = await openLinkWorld();
    await world.link('Ann', world.keyOf('Ann'));
    await world.host.accept(world.message('Hello?', { place: DIRECT, addressed: 'direct' }));
    await vi.waitFor(() => expect(world.logged.some((line) => line.includes('"turn over"'))).toBe(true));
    await world.host.accept(world.command('feedback', 'good', { place: DIRECT }));
    const [feedback] = world.openWebUI.world.feedback.all();
    expect(feedback?.user_id).toBe('account-of-Ann');
  });
});

describe('suggestions', () => {
  const typed = (world: World, by: Person, option = 'prompt') =>
    world.host
      .suggest({ command: option === 'prompt' ? 'prompt' : 'ask', option, typed: '', author: by, place: THREAD })
      .map(({ value }) => value);

  it('are those of the account that asks for the person who types', async () => {
    const openWebUI = await startScriptedOpenWebUI();
    closeAfter(() => openWebUI.close());
    const key = keyOf('Ann', openWebUI);
    await makePrompt({ openWebUI }, { command: 'team-only' });
    await makePrompt({ openWebUI }, { command: 'anns-own' }, key);
    const world = await openLinkWorld({ openWebUI });
    await world.link('Ann', key);
    await vi.waitFor(() => expect(typed(world, person('Ann'))).toEqual(['anns-own']));
    await vi.waitFor(() => expect(typed(world, person('Ben'))).toContain('team-only'));
    expect(typed(world, person('Ben'))).not.toContain('anns-own');
    await world.slash('unlink');
    expect(typed(world, person('Ann'))).not.toContain('anns-own');
  });

  it('are not made to people who are not answered, nor to those who must link first', async () => {
    const world = await openLinkWorld({ unlinked: 'require' });
    await makePrompt(world, { command: 'team-only' });
    expect(typed(world, person('Ann'))).toEqual([]);
    expect(typed(world, person('Ann'), 'model')).toEqual([]);
    expect(typed(world, person('Eve', { stranger: true }))).toEqual([]);
  });
});

describe('people known by their e-mail', () => {
  it('are answered with the team’s account, and prompts know them by their own', async () => {
    const world = await openLinkWorld({ unlinked: 'match' });
    world.keyOf('Annika');
    const author = person('Ann', { email: 'ANNIKA@example.test' });
    await makePrompt(world, { command: 'me', content: 'I am {{USER_NAME}}, {{USER_EMAIL}}' });
    await world.host.accept(world.command('prompt', 'me', { author }));
    await vi.waitFor(() => expect(world.openWebUI.asked).toHaveLength(1));
    expect(world.openWebUI.asked[0]?.messages.at(-1)?.text).toContain('I am Annika, annika@example.test');
    expect(world.askedOf(world.openWebUI.key)).toBe(1);
  });

  it('are told privately where nobody has it, and may link instead', async () => {
    const world = await openLinkWorld({ unlinked: 'match' });
    const told = await world.host.accept(
      world.message('Hello?', { author: person('Ann', { email: 'no@example.test' }) }),
    );
    expect(told).toMatchObject({ do: 'say', private: true });
    expect(wordsIn(told)).toMatch(/No account in Open WebUI has your e-mail.*`\/link`.*keep your question/);
    await send(world, formIn(await pressIn(world, told, 'Link my account')), {
      'API key': new Secret(world.keyOf('Ann')),
    });
    await vi.waitFor(() => expect(world.openWebUI.asked).toHaveLength(1));
  });
});
