import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Adapter, Answer } from '../../src/chat/adapter.ts';
import { Secret } from '../../src/chat/secret.ts';
import { connect, disconnect } from '../../src/openwebui/connection.ts';
import { listPrompts } from '../../src/openwebui/prompts.ts';
import { person } from '../person.ts';
import { type ScriptedOpenWebUI, startScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import { makePrompt, pressIn, wordsIn } from './prompt-world.ts';
import { openWorld, type World } from './world.ts';

let openWebUI: ScriptedOpenWebUI;
let world: World;
beforeEach(async () => {
  openWebUI = await startScriptedOpenWebUI({ profile: '0.7' });
  world = await openWorld({ openWebUI, wrap: withFile });
});
afterEach(async () => {
  await world.close();
  await openWebUI.close();
});

/** A platform on which every attached file holds one prompt. */
function withFile(adapter: Adapter): Adapter {
  const bytes = new TextEncoder().encode(JSON.stringify([{ command: 'fresh', name: 'Fresh', content: 'Hello' }]));
  return { ...adapter, download: async ({ name, type }) => ({ name, type, bytes }) };
}

const FILE = { platform: 'plain', id: 'F1', name: 'prompts.json', type: 'application/json', size: 1, token: 't' };

const prompts = (line: string, more = {}) =>
  world.host.accept(world.command('prompts', line, { author: person('Admin'), ...more }));
const press = (answer: Answer, label: string) => pressIn(world, answer, label, 'Admin');

describe('an Open WebUI before 0.8', () => {
  it('runs and changes prompts, and says what it cannot do', async () => {
    await makePrompt(world, { command: 'greet' });
    await world.host.accept(world.command('prompt', 'greet who=World'));
    await vi.waitFor(() => expect(openWebUI.asked.at(-1)?.messages.at(-1)?.text).toBe('Ann: Hello World'));
    expect(wordsIn(await prompts('edit greet Bye {{who}}'))).toContain('is changed');
    for (const line of [
      ...['list tag=x', 'list view=created', 'tags', 'create command=x tags=x text', 'edit greet message=x text'],
      ...['meta greet tags=x', 'meta greet command=hail', 'toggle greet', 'history greet', 'diff greet'],
      ...['entry greet abcd1234', 'version greet abcd1234', 'delete-entry greet abcd1234'],
    ])
      expect(wordsIn(await prompts(line))).toContain('This Open WebUI is older than 0.8');
    expect(wordsIn(await prompts('list order=name'))).toContain('Prompts 1–1 of 1.');
    expect(wordsIn(await prompts('search bye'))).toContain('Bye {{who}}');
    expect(wordsIn(await prompts('meta greet name=Greeting'))).toBe('`greet` is changed.');
    expect(wordsIn(await prompts('share greet everyone'))).toBe('`greet`: Shared with everyone.');
    expect(wordsIn(await prompts('import', { files: [FILE] }))).toContain('1 of 1 prompts are in.');
    const many = await prompts('delete-many fresh');
    expect(wordsIn(await press(many, 'Delete 1'))).toBe('- `fresh`: deleted');
    const server = connect({ url: openWebUI.url, key: new Secret(openWebUI.key) });
    expect(await listPrompts(server)).toMatchObject([{ command: 'greet', name: 'Greeting', content: 'Bye {{who}}' }]);
    await disconnect(server);
  });
});
