import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import type { Answer } from '../../src/chat/adapter.ts';
import { Secret } from '../../src/chat/secret.ts';
import { connect, disconnect, type OpenWebUI } from '../../src/openwebui/connection.ts';
import { json } from '../../src/openwebui/request.ts';
import { says, sources, answer as steps } from '../servers/openwebui/script.ts';
import { formIn, narrow, send, wordsIn } from './prompt-world.ts';
import { CHANNEL, DIRECT, openWorld, THREAD, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const ask = (text: string, more = {}): Promise<Answer> => world.host.accept(world.command('ask', text, more));

/** The body of the newest question that reached the model, once there are so many. */
async function body(count = 1): Promise<Record<string, unknown>> {
  await vi.waitFor(() => expect(world.openWebUI.seen(COMPLETION)).toHaveLength(count));
  return z.record(z.string(), z.unknown()).parse(world.openWebUI.seen(COMPLETION).at(-1)?.body);
}

const COMPLETION = { method: 'POST', path: '/api/chat/completions' };
/** Resolves when so many answers are whole. */
const settled = (count = 1) =>
  vi.waitFor(() => expect(world.logged.filter((line) => line.includes('"turn over"'))).toHaveLength(count), {
    timeout: 5_000,
  });

async function onServer<Result>(act: (server: OpenWebUI) => Promise<Result>): Promise<Result> {
  const server = connect({ url: world.openWebUI.url, key: new Secret(world.openWebUI.key) });
  const result = await act(server);
  await disconnect(server);
  return result;
}

const makeKnowledge = (name: string) =>
  onServer((server) =>
    json(
      server,
      { method: 'POST', path: '/api/v1/knowledge/create', about: 'server', body: { name, description: '' } },
      z.looseObject({ id: z.string() }),
    ),
  );

describe('/ask', () => {
  it('sends an ordinary question with nothing beside it', async () => {
    await ask('What is new?');
    const sent = await body();
    for (const name of ['tool_ids', 'files', 'features', 'params']) expect(sent).not.toHaveProperty(name);
  });

  it('names tools, so that the server runs them', async () => {
    await ask('tools=clock What time is it?');
    expect(await body()).toMatchObject({ tool_ids: ['demo_clock'] });
  });

  it('has tools run before the answer where no chat is kept, since nothing else can run them then', async () => {
    await ask('tools=clock temporary=yes What time is it?');
    expect(await body()).toMatchObject({ tool_ids: ['demo_clock'], params: { function_calling: 'legacy' } });
  });

  it('searches a collection, and so do the next questions of the conversation', async () => {
    const { id } = await makeKnowledge('House rules');
    await ask('knowledge="house rules" May I smoke?', { place: CHANNEL });
    const file = { type: 'collection', id, name: 'House rules' };
    expect((await body()).files).toEqual([file]);
    await settled();
    const chat = world.openWebUI.chats()[0];
    expect(JSON.stringify(chat)).toContain('House rules');
    const place = world.plain.messages.at(-1)?.place ?? THREAD;
    await world.host.accept(world.message('And on the roof?', { place }));
    expect((await body(2)).files).toEqual([file]);
  });

  it('says which tool or collection there is not, with the names that come near', async () => {
    await makeKnowledge('House rules');
    expect(wordsIn(await ask('tools=clok What time is it?'))).toBe(
      'There is no tool called “clok” that I may use. Did you mean `Clock`?\n\nYou wrote:\n\n> What time is it?',
    );
    expect(wordsIn(await ask('knowledge="Hause rules" x'))).toContain('Did you mean `House rules`?');
    expect(wordsIn(await ask('tools=clock,hammer x'))).toContain('There is no tool called “hammer”');
    expect(wordsIn(await ask('model=lama x'))).toContain('There is no model called “lama”');
    expect(world.openWebUI.seen(COMPLETION)).toEqual([]);
  });

  it('searches the web where the account may, and says so where it may not', async () => {
    expect(wordsIn(await ask('web=yes What happened today?'))).toContain('may not search the web');
    const permissions = { status: 200, body: { features: { web_search: true } } };
    world.openWebUI.fault({ path: '/api/v1/users/permissions' }, permissions, 2);
    world.openWebUI.next(steps([sources({ name: 'News', url: 'https://news.example' }), 'Much.']));
    await ask('web=yes What happened today?');
    expect(await body()).toMatchObject({ features: { web_search: true }, params: { function_calling: 'legacy' } });
    await settled();
    expect(world.last()?.text).toBe('Much.');
    await world.close();
    world = await openWorld();
    world.openWebUI.fault({ path: '/api/v1/users/permissions' }, permissions, 1);
    world.openWebUI.next(says('I do not know.'));
    await ask('web=yes What happened today?');
    await vi.waitFor(() => expect(world.last()?.text).toContain('The web search brought no page'));
  });

  it('puts the chat into a folder, which it makes once', async () => {
    for (const [count, text] of ['One?', 'Two?'].entries()) {
      await ask(`folder="Spring plans" ${text}`, { place: CHANNEL });
      await vi.waitFor(() => expect(world.openWebUI.chats().filter((chat) => chat.folder_id)).toHaveLength(count + 1));
    }
    const [one, two] = world.openWebUI.chats();
    expect(one?.folder_id).toBe(two?.folder_id);
    expect(world.openWebUI.seen({ method: 'POST', path: '/api/v1/folders/' })).toHaveLength(1);
  });

  it('answers all the same where folders are switched off, and says so', async () => {
    world.openWebUI.fault({ path: '/api/v1/folders/' }, { status: 403, body: { detail: 'no' } }, 5);
    await ask('folder=Plans One?');
    await vi.waitFor(() => expect(world.last()?.text).toContain('I could not put the chat into the folder “Plans”.'));
  });

  it('keeps nothing of a temporary question, and says so under the answer', async () => {
    world.openWebUI.next(says('Forty-two.'));
    await ask('temporary=yes What is it?', { place: CHANNEL });
    await settled();
    expect(world.last()?.text).toMatch(/^Forty-two\.\n\n\*Temporary: Open WebUI keeps nothing/);
    expect(world.buttons()).toEqual(['Regenerate']);
    expect(world.openWebUI.chats()).toEqual([]);
    const place = world.last()?.place ?? THREAD;
    world.openWebUI.next(says('Indeed.'));
    await world.host.accept(world.message('Is it?', { place }));
    const next = await body(2);
    // A later ordinary question begins without it.
    expect(JSON.stringify(next.messages)).not.toContain('Forty-two');
    await vi.waitFor(() => expect(world.openWebUI.chats()).toHaveLength(1));
    expect(JSON.stringify(world.openWebUI.chats())).not.toContain('Forty-two');
  });

  it('knows the temporary turns before it when it is temporary itself, also when it is asked again', async () => {
    world.openWebUI.next(says('Forty-two.'));
    await ask('temporary=yes What is it?');
    await settled();
    world.openWebUI.next(says('As I said.'));
    await ask('temporary=yes Say it again');
    expect(JSON.stringify((await body(2)).messages)).toContain('Forty-two');
    await vi.waitFor(() => expect(world.last()?.text).toContain('As I said.'));
    await world.press('Regenerate');
    const again = JSON.stringify((await body(3)).messages);
    expect(again).toContain('Forty-two');
    expect(again).not.toContain('As I said');
    expect(world.openWebUI.chats()).toEqual([]);
  });

  it('cannot be put in a folder and be temporary', async () => {
    expect(wordsIn(await ask('temporary=yes folder=x y'))).toContain('Leave out one of the two');
  });

  it('asks for all of it in a form, where empty fields are options that were not given', async () => {
    const form = formIn(await ask(''));
    expect(form.fields.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'text longText',
      'model choice',
      'private toggle',
      'tools multi',
      'knowledge multi',
      'web toggle',
      'folder choice',
      'temporary toggle',
      'files file',
    ]);
    const typed = { Text: 'Hi', Model: '', Private: false, Tools: ['Clock'], Knowledge: [], Web: false, Folder: '' };
    expect(await send(world, form, { ...typed, Temporary: true, Files: [] })).toEqual({ do: 'work', private: false });
    expect(await body()).toMatchObject({ tool_ids: ['demo_clock'] });
  });

  it('complains in the form at the field that will not do, and gives back what was typed where there is none', async () => {
    const form = formIn(await ask('tools="clock, hammer"'));
    expect(form.fields.find(({ name }) => name === 'tools')?.initial).toEqual(['clock', 'hammer']);
    const complaint = await send(world, form, { Text: 'A long thought' });
    expect(complaint).toMatchObject({ do: 'errors', fields: { tools: expect.stringContaining('hammer') } });
    expect(await send(world, form, { Text: 'A long thought', Tools: [] })).toEqual({ do: 'work', private: false });
    expect(await body()).not.toHaveProperty('tool_ids');
    expect(wordsIn(await ask('web=perhaps Another thought'))).toContain('> Another thought');
    const down = world.openWebUI.fault({ path: '/api/v1/tools/' }, { status: 500, body: {} }, 20);
    expect(wordsIn(await ask('tools=wrench A third'))).toContain('> A third');
    down();
    await world.close();
    world = await openWorld({ wrap: narrow });
    const few = formIn(await ask('folder=x temporary=yes'));
    expect(wordsIn(await send(world, few, { Text: 'A fourth' }))).toMatch(/Leave out one of the two.*> A fourth/s);
  });

  it('asks in one step where a platform shows few fields: the rest can be typed as options', async () => {
    await world.close();
    world = await openWorld({ wrap: narrow });
    const form = formIn(await ask(''));
    expect(form.fields.map(({ name }) => name)).toEqual(['text', 'model', 'private', 'tools', 'knowledge']);
    expect(form.submit).toBe('Send');
    expect(await send(world, form, { Text: 'Hi' })).toEqual({ do: 'work', private: false });
  });

  it('suggests what the account may use, after those named already', async () => {
    await ask('folder=Plans x');
    await vi.waitFor(() => expect(world.openWebUI.chats().some((chat) => chat.folder_id)).toBe(true));
    await makeKnowledge('House rules');
    const suggest = (option: string, typed: string) =>
      world.host.suggest({ command: 'ask', option, typed, author: world.command('x').author, place: THREAD });
    await vi.waitFor(() => expect(suggest('tools', 'cl')).toMatchObject([{ label: 'Clock', value: 'Clock' }]));
    expect(suggest('tools', 'weather, c')).toMatchObject([{ value: 'weather, Clock' }]);
    await vi.waitFor(() => expect(suggest('knowledge', 'rules')).toMatchObject([{ value: 'House rules' }]));
    await vi.waitFor(() =>
      expect(suggest('folder', 'pl')).toMatchObject([{ value: 'Plans' }, { hint: 'a new folder' }]),
    );
  });
});

describe('a private /ask', () => {
  it('is known to be private before it runs, however it is written', () => {
    const { host } = world;
    expect(host.isPrivate('ask', 'x')).toBe(false);
    expect(host.isPrivate('ask', 'private=yes x')).toBe(true);
    expect(host.isPrivate('ask', '', { private: 'yes', text: 'x' })).toBe(true);
    expect(host.isPrivate('ask', '', { private: 'no', text: 'x' })).toBe(false);
    expect(host.isPrivate('parley', 'ask private=yes x')).toBe(true);
    // Typed where the usage shows it: rather unseen than seen by all.
    expect(host.isPrivate('ask', 'x private=yes')).toBe(true);
    expect(host.isPrivate('ask', 'what does private=yes do')).toBe(false);
  });

  it('is answered through its trigger, under a line that tells the asker what they asked, with a button to share', async () => {
    world.openWebUI.next(says('Between us.'));
    expect(await ask('private=yes A secret?', { place: CHANNEL })).toEqual({ do: 'work', private: true });
    await settled();
    expect(world.buttons()).toEqual(['Regenerate', 'Share here', 'Good answer', 'Bad answer']);
    expect(world.plain.standing()).toEqual(['> Ann asked: A secret?\n\nBetween us.']);
  });

  it('names its chat, and not the thread of the others that it was asked in', async () => {
    await world.close();
    world = await openWorld({ titles: true });
    world.openWebUI.nextTask('title', '{"title":"A secret plan"}');
    await ask('private=yes A secret?', { place: THREAD });
    await vi.waitFor(() => expect(world.openWebUI.chats()[0]?.title).toBe('A secret plan'), { timeout: 5_000 });
    expect(world.plain.titles).toEqual([]);
  });

  it('wished for in the form is as private', async () => {
    const form = formIn(await ask('', { place: CHANNEL }));
    expect(await send(world, form, { Text: 'A secret?', Private: true })).toEqual({ do: 'work', private: true });
    await settled();
    expect(world.plain.standing()).toEqual([expect.stringMatching(/^> Ann asked: A secret\?\n\n/)]);
  });

  it('is refused in a message that others read, which has no way back to one person', async () => {
    const answer = await world.host.accept(world.message('/ask private=yes A secret?'));
    expect(wordsIn(answer)).toContain('needs the slash command');
    expect(world.openWebUI.seen(COMPLETION)).toEqual([]);
    const direct = world.message('/ask private=yes A secret?', { place: DIRECT, addressed: 'direct' });
    await world.host.accept(direct);
    await settled();
    expect(world.buttons()).not.toContain('Share here');
  });
});

describe('Share here', () => {
  async function askPrivately(): Promise<void> {
    world.openWebUI.next(says('Ask @everyone at noon.'));
    await ask('private=yes When do we meet?', { place: CHANNEL });
    await settled();
  }
  const told = (answer: Answer) => wordsIn(answer);

  it('posts the answer where it was asked, in the name of the asker, once', async () => {
    await askPrivately();
    expect(told(await world.press('Share here'))).toBe('Shared with everybody who can read this place.');
    expect(world.last()).toMatchObject({
      place: CHANNEL,
      text: '> Ann shared: When do we meet?\n\nAsk @everyone at noon.',
    });
    expect(world.buttons()).toEqual([]);
    expect(told(await world.press('Share here'))).toBe('You have shared that already.');
    expect(world.plain.messages).toHaveLength(2);
  });

  it('is one answer when it is pressed twice at once', async () => {
    await askPrivately();
    await Promise.all([world.press('Share here'), world.press('Share here')]);
    expect(world.plain.standing().filter((text) => text.includes('Ann shared'))).toHaveLength(1);
  });

  it('is for the asker alone', async () => {
    await askPrivately();
    expect(told(await world.press('Share here', 'Bob'))).toContain('Only Ann');
    expect(world.plain.messages).toHaveLength(1);
  });

  it('says why when the place cannot be written in, and works later', async () => {
    await askPrivately();
    world.plain.fail('open', 'forbidden');
    expect(told(await world.press('Share here'))).toContain('I could not post it here.');
    expect(told(await world.press('Share here'))).toBe('Shared with everybody who can read this place.');
    expect(world.last()?.text).toContain('Ann shared');
  });

  it('with a made-up id says that it knows no such answer', async () => {
    await askPrivately();
    const press = {
      ...world.command('x', '', { place: CHANNEL }),
      type: 'button',
      control: 'share:nothing:0',
    } as const;
    const { key, trigger, author, place } = press;
    const on = { place, id: 'M1' };
    const answer = await world.host.accept({
      type: 'button',
      key,
      trigger,
      author,
      place,
      control: press.control,
      value: null,
      on,
    });
    expect(told(answer)).toContain('too old');
  });
});
