import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Adapter, Answer } from '../../src/chat/adapter.ts';
import { person } from '../person.ts';
import { formIn, makePrompt, pressIn, promptsOn, send, wordsIn } from './prompt-world.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let attached = '[]';
beforeEach(async () => {
  world = await openWorld({ wrap: withFiles });
});
afterEach(() => world.close());

/** A platform on which the attached file holds this text. */
function withFiles(adapter: Adapter): Adapter {
  const bytes = () => new TextEncoder().encode(attached);
  return { ...adapter, download: async (file) => ({ name: file.name, type: file.type, bytes: bytes() }) };
}

const FILE = { platform: 'plain', id: 'F1', name: 'prompts.json', type: 'application/json', size: 1, token: 't' };

const prompts = (line: string, more = {}) =>
  world.host.accept(world.command('prompts', line, { author: person('Admin'), ...more }));
const press = (answer: Answer, label: string) => pressIn(world, answer, label, 'Admin');

describe('files of prompts', () => {
  it('are taken in entry by entry, with a report', async () => {
    await makePrompt(world, { command: 'there', content: 'Old' });
    attached = JSON.stringify([
      { command: '/fresh', title: 'Fresh', content: 'Hello' },
      { command: 'there', name: 'There', content: 'New' },
      { nonsense: 1 },
      { command: 'two words', name: 'x', content: 'x' },
      { command: 'empty', name: 'x', content: ' ' },
    ]);
    const words = wordsIn(await prompts('import', { files: [FILE] }));
    expect(words).toContain('1 of 5 prompts are in.');
    expect(words).toContain('- `fresh`: made');
    expect(words).toContain('- `there`: Another prompt has that command already.');
    expect(words).toContain('- entry 3: it is not a prompt');
    expect(words).toContain('- `empty`: Its text is empty.');
    expect(wordsIn(await prompts('import existing=replace', { files: [FILE] }))).toContain(
      '- `there`: its text is replaced',
    );
    expect(await promptsOn(world.openWebUI)).toContainEqual(
      expect.objectContaining({ command: 'there', content: 'New' }),
    );
  });

  it('that are none are refused in words', async () => {
    attached = '{"a":1}';
    expect(wordsIn(await prompts('import', { files: [FILE] }))).toBe('That file is JSON, but not a list of prompts.');
    attached = 'no json';
    expect(wordsIn(await prompts('import', { files: [FILE] }))).toContain('That file is not JSON');
  });

  it('are asked for in a form where none is attached', async () => {
    attached = JSON.stringify([{ command: 'fresh', name: 'Fresh', content: 'Hello' }]);
    const form = formIn(await prompts('import'));
    expect(await send(world, form, {}, 'Admin')).toMatchObject({ do: 'errors' });
    expect(wordsIn(await send(world, form, { 'File with prompts': [FILE] }, 'Admin'))).toContain('1 of 1 prompts');
  });

  it('are given to the asker alone', async () => {
    const handed: string[] = [];
    await world.close();
    world = await openWorld({
      wrap: (adapter) => ({
        ...adapter,
        async hand(user, _place, file) {
          handed.push(`${user.id} ${file.name}`);
          return handed.length === 1 ? 'ephemeral' : 'private';
        },
      }),
    });
    await makePrompt(world, { command: 'greet' });
    expect(wordsIn(await prompts('export'))).toBe('Here is 1 prompt; only you see the file.');
    expect(wordsIn(await prompts('export'))).toBe('I sent you a file with 1 prompt in a direct message.');
    expect(handed).toEqual(['admin prompts.json', 'admin prompts.json']);
    expect(world.plain.files).toEqual([]);
  });

  it('are posted only after asking, and can be taken in again', async () => {
    await makePrompt(world, { command: 'greet', tags: ['a'] });
    const asked = await prompts('export tag=a');
    expect(wordsIn(asked)).toContain('Shall I post it for everybody');
    expect(world.plain.files).toEqual([]);
    expect(wordsIn(await press(asked, 'Post it for everybody'))).toBe('Here is 1 prompt.');
    await vi.waitFor(() => expect(world.plain.files).toHaveLength(1));
    expect(JSON.parse(world.plain.files[0]?.text ?? '')).toEqual([
      { command: 'greet', name: 'greet', content: 'Hello {{who}}', tags: ['a'], access_grants: [] },
    ]);
  });
});
