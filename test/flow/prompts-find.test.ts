import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Answer } from '../../src/chat/adapter.ts';
import { person } from '../person.ts';
import { formIn, makePrompt, pressIn, wordsIn } from './prompt-world.ts';
import { openWorld, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const prompts = (line: string, more = {}) =>
  world.host.accept(world.command('prompts', line, { author: person('Admin'), ...more }));
const press = (answer: Answer, label: string) => pressIn(world, answer, label, 'Admin');

describe('finding prompts', () => {
  it('lists them page by page', async () => {
    for (let at = 0; at < 34; at++) await makePrompt(world, { command: `p${String(at).padStart(2, '0')}` });
    const first = await prompts('list order=name');
    expect(wordsIn(first)).toContain('Prompts 1–15 of 34.');
    expect(wordsIn(first)).toContain('- `p00`');
    const second = await press(first, 'Next');
    expect(wordsIn(second)).toContain('Prompts 16–30 of 34.');
    const third = await press(second, 'Next');
    expect(wordsIn(third)).toContain('Prompts 31–34 of 34.');
    expect(wordsIn(third)).toContain('- `p33`');
    expect(first).not.toHaveProperty('instead');
    expect(second).toHaveProperty('instead', true);
    expect(wordsIn(await press(third, 'Previous'))).toBe(wordsIn(second));
  });

  it('the buttons are for the one who asked, and work for nobody else', async () => {
    for (let at = 0; at < 16; at++) await makePrompt(world, { command: `p${at}` });
    const answer = await prompts('list');
    expect(wordsIn(await pressIn(world, answer, 'Next', 'Bob'))).toContain('for the person who asked');
  });

  it('finds a word in their text and shows where', async () => {
    await makePrompt(world, { command: 'boats', content: 'Count the boats in the harbour at dawn' });
    const words = wordsIn(await prompts('search harbour'));
    expect(words).toContain('`boats`');
    expect(words).toContain('boats in the harbour at dawn');
    expect(wordsIn(await prompts('search nowhere'))).toBe('No prompt fits.');
  });

  it('shows one, with what it asks for, and runs it', async () => {
    await makePrompt(world, { command: 'greet', content: '```\nHello {{who | text:required}}\n```', tags: ['polite'] });
    const answer = await prompts('show greet');
    expect(wordsIn(answer)).toContain('````\n```\nHello {{who | text:required}}\n```\n````');
    expect(wordsIn(answer)).toContain('It asks for:\n- `who` a short text, must be filled in');
    expect(wordsIn(answer)).toContain('Tags: polite.');
    expect(formIn(await press(answer, 'Run it')).fields.map(({ label }) => label)).toEqual(['who']);
    expect(wordsIn(await prompts('tags'))).toBe('Tags: `polite`');
  });

  it('says field types in plain words, and which names are filled in by themselves', async () => {
    const content =
      '{{USER_NAME}} on {{CURRENT_DATE}}: {{notes | textarea}} {{tone | select:options=["calm","bold"]}} {{n | number:min=1:max=5}} {{CLIPBOARD}}';
    await makePrompt(world, { command: 'long', content });
    const words = wordsIn(await prompts('show long'));
    expect(words).toContain('- `notes` a long text\n- `tone` one of a list (calm, bold)\n- `n` a number from 1 to 5');
    expect(words).toContain('- `CLIPBOARD` a ');
    expect(words).toContain('Filled in by itself: `USER_NAME`, `CURRENT_DATE`.');
    expect(words).not.toContain('textarea**');
  });

  it('runs one by its button, for everybody to see', async () => {
    await makePrompt(world, { command: 'plain', content: 'Be brief.' });
    expect(await press(await prompts('show plain'), 'Run it')).toEqual({ do: 'none' });
    await vi.waitFor(() => expect(world.plain.standing()).toContain('Admin ran plain'));
    await vi.waitFor(() => expect(world.openWebUI.asked).toHaveLength(1));
  });

  it('says which second word was meant', async () => {
    expect(wordsIn(await prompts('lsit'))).toContain('Did you mean `/prompts list`?');
    expect(wordsIn(await prompts('show gret'))).toContain('There is no prompt called “gret”');
  });
});
