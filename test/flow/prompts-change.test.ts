import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../src/chat/adapter.ts';
import { Secret } from '../../src/chat/secret.ts';
import { connect, disconnect } from '../../src/openwebui/connection.ts';
import { updatePrompt } from '../../src/openwebui/prompts.ts';
import { person } from '../person.ts';
import { formIn, makePrompt, pressIn, promptsOn, send, wordsIn } from './prompt-world.ts';
import { openWorld, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const prompts = (line: string, more = {}) =>
  world.host.accept(world.command('prompts', line, { author: person('Admin'), ...more }));
const press = (answer: Answer, label: string) => pressIn(world, answer, label, 'Admin');

describe('changing prompts', () => {
  it('is for admins where everybody shares one account', async () => {
    await makePrompt(world, { command: 'greet' });
    for (const line of [
      'create command=x text',
      'edit greet new',
      'delete greet',
      'toggle greet',
      'share greet everyone',
    ])
      expect(wordsIn(await prompts(line, { author: person('Ann') }))).toContain('only admins');
    expect(await promptsOn(world.openWebUI)).toMatchObject([
      { command: 'greet', content: 'Hello {{who}}', active: true },
    ]);
  });

  it('makes one in a form, which stays open until it is right', async () => {
    await makePrompt(world, { command: 'taken' });
    const form = formIn(await prompts('create'));
    expect(form.errors).toEqual({});
    const typed = { Command: 'two words', Name: 'New', Text: 'Hello {{who}}', Tags: 'a, b' };
    expect(await send(world, form, typed, 'Admin')).toEqual({
      do: 'errors',
      fields: { command: 'Please use letters, digits and hyphens only.' },
    });
    expect(await send(world, form, { ...typed, Command: '/taken' }, 'Admin')).toEqual({
      do: 'errors',
      fields: { command: 'Another prompt has that command already.' },
    });
    expect(wordsIn(await send(world, form, { ...typed, Command: '/new' }, 'Admin'))).toContain(
      '`/prompt new` is there',
    );
    expect(await promptsOn(world.openWebUI)).toContainEqual(
      expect.objectContaining({ command: 'new', tags: ['a', 'b'] }),
    );
  });

  it('changes one in a form, and notices that somebody else did meanwhile', async () => {
    const { id } = await makePrompt(world, { command: 'greet', tags: ['kept'] });
    const form = formIn(await prompts('edit greet'));
    const server = connect({ url: world.openWebUI.url, key: new Secret(world.openWebUI.key) });
    await updatePrompt(server, id, { command: 'greet', name: 'greet', content: 'Theirs' });
    await disconnect(server);
    const again = formIn(await send(world, form, { Text: 'Mine', 'What you changed': 'Shorter' }, 'Admin'));
    expect(again.intro).toContain('Somebody changed this prompt meanwhile');
    expect(again.fields.find(({ name }) => name === 'content')?.initial).toBe('Mine');
    expect(wordsIn(await send(world, again, {}, 'Admin'))).toContain('`greet` is changed');
    expect(await promptsOn(world.openWebUI)).toMatchObject([{ content: 'Mine', tags: ['kept'] }]);
    expect(wordsIn(await prompts('history greet'))).toContain('Shorter');
  });

  it('renames, tags, switches and shares', async () => {
    await makePrompt(world, { command: 'greet' });
    expect(wordsIn(await prompts('meta greet name="Say hello" tags=a,b'))).toBe('`greet` is changed.');
    expect(wordsIn(await prompts('toggle greet'))).toBe('`greet` is switched off.');
    expect(wordsIn(await prompts('toggle greet'))).toBe('`greet` is switched on.');
    expect(wordsIn(await prompts('share greet'))).toBe('`greet`: Only its owner can use it.');
    expect(wordsIn(await prompts('share greet everyone group:g1:write'))).toContain(
      'Shared with everyone, group `g1` (may change it).',
    );
    expect(wordsIn(await prompts('share greet nobody'))).toContain('Only its owner can use it.');
    expect(await promptsOn(world.openWebUI)).toMatchObject([
      { name: 'Say hello', tags: ['a', 'b'], grants: [], active: true },
    ]);
  });

  it('asks for name, command and tags in a form where none is given', async () => {
    await makePrompt(world, { command: 'greet', tags: ['a'] });
    const form = formIn(await prompts('meta greet'));
    expect(form.fields.map(({ name, initial }) => `${name}=${initial}`)).toEqual([
      'command=greet',
      'name=greet',
      'tags=a',
    ]);
    await makePrompt(world, { command: 'taken' });
    expect(await send(world, form, { Command: 'taken' }, 'Admin')).toMatchObject({ do: 'errors' });
    expect(wordsIn(await send(world, form, { Command: 'hail', Tags: '' }, 'Admin'))).toBe('`hail` is changed.');
    expect(await promptsOn(world.openWebUI)).toContainEqual(expect.objectContaining({ command: 'hail', tags: [] }));
  });

  it('deletes after asking, one or several', async () => {
    for (const command of ['a1', 'b2', 'c3']) await makePrompt(world, { command });
    const answer = await prompts('delete a1');
    expect(await promptsOn(world.openWebUI)).toHaveLength(3);
    expect(wordsIn(await press(answer, 'Delete it'))).toBe('`a1` is deleted.');
    const many = await prompts('delete-many b2 c3 zz');
    expect(wordsIn(many)).toContain('there is no such prompt');
    expect(await promptsOn(world.openWebUI)).toHaveLength(2);
    expect(wordsIn(await press(many, 'Delete 2'))).toBe('- `b2`: deleted\n- `c3`: deleted');
    expect(await promptsOn(world.openWebUI)).toEqual([]);
  });
});
