import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Adapter, Answer } from '../../src/chat/adapter.ts';
import { Secret } from '../../src/chat/secret.ts';
import { connect, disconnect } from '../../src/openwebui/connection.ts';
import { findPeople } from '../../src/openwebui/principals.ts';
import type { Prompt } from '../../src/openwebui/prompt-rows.ts';
import { listPrompts, pagePrompts, updatePrompt } from '../../src/openwebui/prompts.ts';
import { person } from '../person.ts';
import { startScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import { formIn, makePrompt, pressIn, send, wordsIn } from './prompt-world.ts';
import { CHANNEL, openWorld, type World } from './world.ts';

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

const ADMIN = person('Admin');
const FILE = { platform: 'plain', id: 'F1', name: 'prompts.json', type: 'application/json', size: 1, token: 't' };

const prompts = (line: string, more = {}) =>
  world.host.accept(world.command('prompts', line, { author: ADMIN, ...more }));
const press = (answer: Answer, label: string) => pressIn(world, answer, label, 'Admin');

async function onServer(): Promise<readonly Prompt[]> {
  const server = connect({ url: world.openWebUI.url, key: new Secret(world.openWebUI.key) });
  const found = await pagePrompts(server, {});
  await disconnect(server);
  return found.items;
}

async function people() {
  const server = connect({ url: world.openWebUI.url, key: new Secret(world.openWebUI.key) });
  const found = await findPeople(server, '');
  await disconnect(server);
  return found;
}

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
    expect(await onServer()).toMatchObject([{ command: 'greet', content: 'Hello {{who}}', active: true }]);
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
    expect(await onServer()).toContainEqual(expect.objectContaining({ command: 'new', tags: ['a', 'b'] }));
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
    expect(await onServer()).toMatchObject([{ content: 'Mine', tags: ['kept'] }]);
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
    expect(await onServer()).toMatchObject([{ name: 'Say hello', tags: ['a', 'b'], grants: [], active: true }]);
  });

  it('shares by names, and leaves everything as it is when one of them is nobody’s', async () => {
    await makePrompt(world, { command: 'greet' });
    const groups = [{ id: 'g-1', name: 'Sales Team' }];
    world.openWebUI.fault({ path: '/api/v1/groups/' }, { status: 200, body: groups }, 20);
    const [one] = await people();
    if (!one) throw new Error('nobody is there');
    expect(wordsIn(await prompts(`share greet ${one.name}:write, sales team, everyone`))).toContain(
      `Shared with ${one.name} (may change it), the group Sales Team, everyone.`,
    );
    const grants = (await onServer())[0]?.grants ?? [];
    expect(grants).toEqual(
      expect.arrayContaining([
        { to: 'user', id: one.id, may: 'write' },
        { to: 'group', id: 'g-1', may: 'read' },
        { to: 'user', id: '*', may: 'read' },
      ]),
    );
    const wrong = wordsIn(await prompts('share greet Sales Taem'));
    expect(wrong).toContain('no person or group called “Sales Taem”. Did you mean `Sales Team`?');
    expect(wrong).toContain('Nothing was changed.');
    expect(wordsIn(await prompts('share greet'))).toContain('everyone');
    expect((await onServer())[0]?.grants).toEqual(grants);
    expect(wordsIn(await prompts('share greet with=""'))).toContain('Only its owner can use it.');
  });

  it('offers people and groups while somebody types, after those named already', async () => {
    world.openWebUI.fault({ path: '/api/v1/groups/' }, { status: 200, body: [{ id: 'g', name: 'Sales' }] }, 20);
    const suggest = (typed: string) =>
      world.host.suggest({ command: 'prompts share', option: 'with', typed, author: ADMIN, place: CHANNEL });
    await vi.waitFor(() => expect(suggest('sal')).toEqual([{ label: 'Sales', value: 'group:Sales', hint: 'group' }]));
    expect(suggest('Ann, ev')).toMatchObject([{ value: 'Ann, everyone' }]);
  });

  it('shows versions and what changed, and brings one back', async () => {
    await makePrompt(world, { command: 'greet', content: 'one\ntwo\nthree' });
    await prompts('edit greet message=Change one\nTWO\nthree');
    const history = wordsIn(await prompts('history greet'));
    const ids = [...history.matchAll(/- `([0-9a-f]{8})`/g)].map((match) => match[1]);
    expect(ids).toHaveLength(2);
    expect(history).toMatch(/Change \*\*\(live\)\*\*/);
    expect(wordsIn(await prompts('diff greet'))).toContain('@@ -1 +1 @@\n one\n-two\n+TWO\n three');
    const old = await prompts(`entry greet ${ids[1]}`);
    expect(wordsIn(old)).toContain('one\ntwo\nthree');
    expect(wordsIn(await press(old, 'Bring it back'))).toContain('is as it was');
    expect(await onServer()).toMatchObject([{ content: 'one\ntwo\nthree' }]);
    expect(wordsIn(await press(await prompts(`delete-entry greet ${ids[0]}`), 'Delete it'))).toContain('is deleted');
    expect(wordsIn(await prompts(`delete-entry greet ${ids[0]}`))).toContain('No single version');
  });

  it('turns the pages of a history', async () => {
    const { id } = await makePrompt(world, { command: 'greet', content: 'text 0' });
    const server = connect({ url: world.openWebUI.url, key: new Secret(world.openWebUI.key) });
    for (let at = 1; at <= 24; at += 1)
      await updatePrompt(server, id, {
        command: 'greet',
        name: 'greet',
        content: `text ${at}`,
        message: `change ${at}.`,
      });
    await disconnect(server);
    const first = await prompts('history greet');
    expect(wordsIn(first)).toContain('change 24. **(live)**');
    expect(wordsIn(first)).toContain('change 5.');
    expect(wordsIn(first)).not.toContain('change 4.');
    const older = await press(first, 'Older');
    expect(wordsIn(older)).toContain('change 4.');
    expect(older).toHaveProperty('instead', true);
    expect(wordsIn(await press(older, 'Newer'))).toBe(wordsIn(first));
    const oldest = [...wordsIn(older).matchAll(/- `([0-9a-f]{8})`/g)].at(-1)?.[1];
    expect(wordsIn(await prompts(`diff greet from=${oldest}`))).toContain('-text 0\n+text 24');
    expect(wordsIn(await prompts(`version greet ${oldest}`))).toContain('is as it was');
    expect(await onServer()).toMatchObject([{ content: 'text 0' }]);
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
    expect(await onServer()).toContainEqual(expect.objectContaining({ command: 'hail', tags: [] }));
  });

  it('deletes after asking, one or several', async () => {
    for (const command of ['a1', 'b2', 'c3']) await makePrompt(world, { command });
    const answer = await prompts('delete a1');
    expect(await onServer()).toHaveLength(3);
    expect(wordsIn(await press(answer, 'Delete it'))).toBe('`a1` is deleted.');
    const many = await prompts('delete-many b2 c3 zz');
    expect(wordsIn(many)).toContain('there is no such prompt');
    expect(await onServer()).toHaveLength(2);
    expect(wordsIn(await press(many, 'Delete 2'))).toBe('- `b2`: deleted\n- `c3`: deleted');
    expect(await onServer()).toEqual([]);
  });
});

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
    expect(await onServer()).toContainEqual(expect.objectContaining({ command: 'there', content: 'New' }));
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

describe('an Open WebUI before 0.8', () => {
  it('runs and changes prompts, and says what it cannot do', async () => {
    await world.close();
    const openWebUI = await startScriptedOpenWebUI({ profile: '0.7' });
    world = await openWorld({ openWebUI, wrap: withFiles });
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
    attached = JSON.stringify([{ command: 'fresh', name: 'Fresh', content: 'Hello' }]);
    expect(wordsIn(await prompts('import', { files: [FILE] }))).toContain('1 of 1 prompts are in.');
    const many = await prompts('delete-many fresh');
    expect(wordsIn(await press(many, 'Delete 1'))).toBe('- `fresh`: deleted');
    const server = connect({ url: openWebUI.url, key: new Secret(openWebUI.key) });
    expect(await listPrompts(server)).toMatchObject([{ command: 'greet', name: 'Greeting', content: 'Bye {{who}}' }]);
    await disconnect(server);
    await world.close();
    await openWebUI.close();
    world = await openWorld();
  });
});
