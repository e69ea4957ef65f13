import { describe, expect, it, vi } from 'vitest';
import type { Answer } from '../../src/chat/adapter.ts';
import { closeAfter } from '../close-after.ts';
import { person } from '../person.ts';
import { startScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import { makePrompt } from './prompt-world.ts';
import { CHANNEL, openWorld, type World } from './world.ts';

/** A model for all, one that an admin has hidden; a prompt for all, one that is switched off, one of somebody else's. */
async function open(): Promise<World> {
  const openWebUI = await startScriptedOpenWebUI();
  closeAfter(() => openWebUI.close());
  const data = [
    { id: 'harbour-open', name: 'Harbour', info: { meta: {} } },
    { id: 'harbour-hidden', name: 'Harbour of the board', info: { meta: { hidden: true } } },
  ];
  openWebUI.fault({ method: 'GET', path: '/api/models' }, { status: 200, body: { data } }, 1_000);
  await makePrompt({ openWebUI }, { command: 'tide-open' });
  const off = await makePrompt({ openWebUI }, { command: 'tide-off' });
  const row = openWebUI.world.prompts.all().find(({ id }) => id === off.id);
  if (row) openWebUI.world.prompts.put({ ...row, is_active: false });
  const key = `sk-${'5b'.repeat(16)}`;
  const rest = { email: 'zoe@example.test', role: 'user', prompts: true, created_at: 1 } as const;
  openWebUI.world.users.put({ id: 'zoe', name: 'Zoe', api_key: key, ...rest });
  await makePrompt({ openWebUI }, { command: 'tide-of-zoe' }, key);
  const world = await openWorld({ openWebUI });
  closeAfter(() => world.close());
  return world;
}

const suggested = (world: World, command: string, option: string, typed: string) =>
  world.host.suggest({ command, option, typed, author: person('Ann'), place: CHANNEL }).map(({ value }) => value);

/** All that an answer tells, in a form too. */
const told = (answer: Answer) => JSON.stringify(answer);

describe('what is hidden', () => {
  it('a model is in no suggestion, list or form, and no mistyped name is answered with it', async () => {
    const world = await open();
    await vi.waitFor(() => expect(suggested(world, 'ask', 'model', 'harb')).toEqual(['harbour-open']));
    expect(suggested(world, 'model', 'name', '')).toEqual(['harbour-open']);
    for (const [name, text] of [
      ['model', ''],
      ['model', 'harbour-hiden'],
      ['model', 'Harbour of the'],
      ['ask', ''],
      ['ask', 'model=harbour-hide Why?'],
      ['status', ''],
      ['help', 'model'],
    ] as const)
      expect([text, told(await world.host.accept(world.command(name, text)))]).toEqual([
        text,
        expect.not.stringMatching(/harbour-hidden|of the board/),
      ]);
  });

  it('a prompt that is switched off, or not theirs, is in no suggestion or list, and is not run', async () => {
    const world = await open();
    await vi.waitFor(() => expect(suggested(world, 'prompt', 'prompt', 'tide')).toEqual(['tide-open']));
    for (const [name, text] of [
      ['prompts', 'list'],
      ['prompts', 'show tide-of-zo'],
      ['prompt', 'tide-of-zo'],
      ['tide-of-zo', ''],
      ['help', 'tide-of-zo'],
    ] as const)
      expect([text, told(await world.host.accept(world.command(name, text)))]).toEqual([
        text,
        expect.not.stringMatching(/tide-of-zoe/),
      ]);
    for (const command of ['tide-of-zoe', 'tide-off'])
      expect(await world.host.accept(world.command('prompt', command))).toMatchObject({ do: 'say', private: true });
    expect(world.openWebUI.asked).toEqual([]);
  });
});
