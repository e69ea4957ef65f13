import { afterEach, describe, expect, it, vi } from 'vitest';
import { profiles } from '../../src/demo/nextcloud/profile.ts';
import { person } from '../person.ts';
import { quickClock } from '../quick-clock.ts';
import { type CloudWorld, openCloudWorld } from './nextcloud-world.ts';
import { formIn, pressIn, send, wordsIn } from './prompt-world.ts';
import { CHANNEL, DIRECT, openWorld, THREAD } from './world.ts';

const quickly: typeof openCloudWorld = (given = {}) => openCloudWorld({ clock: quickClock(), ...given });

let world: CloudWorld;
afterEach(() => world?.close());

const quick = { server: { held: false, pace: 'instant' } } as const;
const soon = { timeout: 8_000, interval: 20 };
const shown = (text: RegExp | string) => vi.waitFor(() => expect(world.results().join('\n')).toMatch(text), soon);
const run = (line: string, more: Parameters<CloudWorld['command']>[2] = {}) =>
  world.host.accept(world.command('nextcloud', line, more));

describe('a summary', () => {
  it.each(profiles)(
    'by command, on Nextcloud %s, with a line that others see and a thread for the result',
    async (profile) => {
      world = await quickly({ server: { ...quick.server, profile } });
      expect(await run('summarize The cat sat on the mat. It was happy.', { place: CHANNEL })).toEqual({
        do: 'work',
        private: false,
      });
      await shown(/./);
      const [line, result] = world.plain.messages;
      expect(line?.text).toMatch(/^Ann ran Nextcloud: summarize/);
      expect(result?.place.thread).toBe(`thread-of-${line?.id}`);
    },
  );

  it('of a message it was used on, and of the whole conversation', async () => {
    const history = async () => [
      {
        ref: { place: THREAD, id: 'old' },
        author: person('Ben'),
        text: 'We ship on Friday.',
        files: [],
        at: 0,
        ours: false,
      },
    ];
    world = await quickly({ ...quick, wrap: (adapter) => ({ ...adapter, history }) });
    const target = {
      ref: { place: THREAD, id: 'M' },
      author: person('Ben'),
      text: 'Bread needs time.',
      files: [],
      at: 0,
      ours: false,
    };
    await run('summarize', { target });
    await run('summarize on=thread');
    const inputs = () => world.cloud.world.book.all().map((task) => task.input.input);
    await vi.waitFor(() => expect(inputs()).toEqual(['Bread needs time.', 'Ben: We ship on Friday.']), soon);
  });

  it('of nothing asks for the text with a form, and takes it from there', async () => {
    world = await quickly(quick);
    const form = formIn(await run('summarize'));
    expect(form.fields.map((field) => field.type)).toContain('longText');
    const [field] = form.fields;
    if (!field) throw new Error('no field');
    const sent = await send(world, form, { [field.label]: 'A long story in short.' });
    expect(sent).toEqual({ do: 'work', private: false });
    await shown(/./);
  });

  it('that is private is for the asker alone', async () => {
    world = await quickly(quick);
    expect(await run('summarize private=yes Something secret.')).toEqual({ do: 'work', private: true });
    await shown(/./);
    expect(world.plain.standing().join('\n')).not.toContain('ran Nextcloud');
  });

  it('typed as a message is answered in the thread on it', async () => {
    world = await quickly(quick);
    await world.host.accept(world.message('/nextcloud summarize Rain again.', { place: DIRECT, addressed: 'direct' }));
    await shown(/./);
    expect(world.plain.standing()).toHaveLength(1);
  });
});

describe('other kinds of task', () => {
  it('an image is made once and posted below', async () => {
    world = await quickly(quick);
    await run('image A red cat on a wall');
    await vi.waitFor(() => expect(world.plain.files).toHaveLength(1), soon);
    expect(world.plain.files[0]?.name).toMatch(/\.(png|jpe?g|svg|webp|bmp)$/);
    expect(world.results()).toEqual(['The image stands below.']);
    expect(world.cloud.world.book.all()[0]?.input).toMatchObject({ numberOfImages: 1 });
  });

  it('speech is made and posted below', async () => {
    world = await quickly(quick);
    await run('run core:text2speech Good morning.');
    await vi.waitFor(() => expect(world.plain.files).toHaveLength(1), soon);
    expect(world.plain.files[0]?.name).toMatch(/\.wav$/);
    expect(world.results()).toEqual(['The recording stands below.']);
  });

  it('a recording is transcribed, put into Nextcloud for that and taken away again; its text can be summed up by a button', async () => {
    world = await quickly(quick);
    await run('transcribe', { files: [world.file('voice.ogg', 'audio/ogg')] });
    await shown(/./);
    expect(world.buttons()).toEqual(['Summarise']);
    await vi.waitFor(() => expect(world.cloud.seen({ method: 'DELETE', path: /dav\/files/ })).toHaveLength(1), soon);
    expect(world.cloud.seen({ method: 'PUT', path: /dav\/files/ })).toHaveLength(1);
    const [transcript] = world.results();
    expect(await world.press('Summarise', 'Ben')).toEqual({ do: 'none' });
    await vi.waitFor(() => expect(world.results()).toHaveLength(2), soon);
    const [, summary] = world.cloud.world.book.all();
    expect(summary).toMatchObject({ type: 'core:text2text:summary', input: { input: transcript } });
    expect(await world.press('Summarise')).toMatchObject({ body: { markdown: expect.stringMatching(/already/) } });
  });

  it('a voice message that somebody wants summed up is transcribed first', async () => {
    world = await quickly(quick);
    const files = [world.file('voice.m4a', 'audio/mp4')];
    const target = { ref: { place: THREAD, id: 'M' }, author: person('Ben'), text: '', files, at: 0, ours: false };
    await run('summarize', { target });
    await vi.waitFor(() => expect(world.results()).toHaveLength(2), soon);
    expect(world.cloud.world.book.all().map((task) => task.type)).toEqual([
      'core:audio2text',
      'core:text2text:summary',
    ]);
  });

  it('a translation asks for the language, knows it by name, and finds out the one it is from', async () => {
    world = await quickly(quick);
    const form = formIn(await run('translate Guten Tag'));
    const target = form.fields.find((field) => field.type === 'choice' && field.required);
    expect(target?.choices.length).toBeGreaterThan(1);
    expect(form.fields.find((field) => field.type === 'longText')?.initial).toBe('Guten Tag');
    const [first] = target?.choices ?? [];
    await run(`translate to=English Guten Tag`);
    await vi.waitFor(() => expect(world.cloud.world.book.all()).toHaveLength(1), soon);
    expect(world.cloud.world.book.all()[0]?.input).toMatchObject({ target_language: first?.value, input: 'Guten Tag' });
    expect(world.plain.standing()[0]).toMatch(/^Ann ran Nextcloud: translate to /);
    expect(wordsIn(await run('translate to=Klingon Guten Tag'))).toMatch(/no language called “Klingon”/);
  });

  it('what a server does not have is said with what it has', async () => {
    world = await quickly({ server: { ...quick.server, profile: '27' } });
    expect(wordsIn(await run('transcribe'))).toMatch(/does not offer `transcribe`.*`\/nextcloud summarize`/);
    expect(wordsIn(await run('types'))).toMatch(/\/nextcloud summarize/);
    expect(wordsIn(await run('run nonsense'))).toMatch(/no task called “nonsense”/);
  });

  it('any kind can be run with a form of its own shape, the rest folded away', async () => {
    world = await quickly(quick);
    const listed = wordsIn(await run('types'));
    expect(listed).not.toMatch(/contextagent/);
    const form = formIn(await run('run core:text2text'));
    expect(form.fields.map((field) => field.name)).toContain('more');
    const more = formIn(await send(world, form, { 'More options': true, [form.fields[0]?.label ?? '']: 'Hello' }));
    expect(more.fields.length).toBeGreaterThan(form.fields.length - 1);
    expect(more.fields[0]?.initial).toBe('Hello');
    expect(await send(world, more, {})).toEqual({ do: 'work', private: false });
    await shown(/./);
  });

  it('a chat begins without a history', async () => {
    world = await quickly(quick);
    const form = formIn(await run('run chat Hello'));
    const history = form.fields.find((field) => field.label === 'Chat history');
    expect([history?.required, history?.hint]).toEqual([false, expect.stringMatching(/^One on each line\. /)]);
    expect(await send(world, form, { 'System prompt': 'Be kind.' })).toEqual({ do: 'work', private: false });
    await vi.waitFor(() => expect(world.cloud.world.book.all()[0]?.input).toMatchObject({ history: [] }), soon);
  });

  it('a form asks again for what the kind has come to need while it stood open', async () => {
    world = await quickly(quick);
    const form = formIn(await run('run core:text2text:reformulation'));
    const inputShape = {
      input: { name: 'Text', description: '', type: 'Text' },
      tone: { name: 'Tone', description: '', type: 'Text' },
      style: { name: 'Style', description: '', type: 'Enum' },
    };
    const shapes = { inputShape, inputShapeEnumValues: { style: [] }, outputShape: {} };
    const types = { 'core:text2text:reformulation': { name: 'Reformulate', description: '', ...shapes } };
    const body = { ocs: { meta: { status: 'ok', statuscode: 200, message: 'OK' }, data: { types } } };
    world.cloud.fault({ path: /taskprocessing\/tasktypes$/ }, { status: 200, body }, 99);
    const offered = async () => formIn(await run('run core:text2text:reformulation')).fields;
    await vi.waitFor(async () => expect(await offered()).toHaveLength(3), { timeout: 15_000, interval: 250 });
    const [asked] = form.fields;
    const again = formIn(await send(world, form, { [asked?.label ?? '']: 'Some words.' }));
    expect(again.fields.map(({ label, type: kind }) => [label, kind])).toEqual([
      ['Text', 'longText'],
      ['Tone', 'longText'],
      ['Style', 'longText'],
    ]);
    expect(again.fields[0]?.initial).toBe('Some words.');
  });

  it('a wrong file, an empty one and none are said before anything is scheduled', async () => {
    world = await quickly(quick);
    expect(wordsIn(await run('transcribe', { files: [world.file('cat.png', 'image/png')] }))).toMatch(
      /“cat.png” is not a recording/,
    );
    expect(wordsIn(await run('summarize', { files: [world.file('cat.png', 'image/png')] }))).toMatch(
      /cannot read text/,
    );
    const two = [world.file('one.ogg', 'audio/ogg'), world.file('two.ogg', 'audio/ogg')];
    expect(wordsIn(await run('transcribe', { files: two }))).toMatch(/one file at a time/);
    expect(formIn(await run('transcribe')).fields.map((field) => [field.type, field.max])).toContainEqual(['file', 1]);
    await run('transcribe', { files: [world.file('empty.ogg', 'audio/ogg', new Uint8Array())] });
    await shown(/That file is empty/);
    expect(world.cloud.seen({ method: 'POST', path: /schedule$/ })).toEqual([]);
  });

  it('a text file is read, and one that is too long is said to be', async () => {
    world = await quickly({ server: { ...quick.server, profile: '28' } });
    await run('summarize', { files: [world.file('notes.txt', 'text/plain', Buffer.from('Notes of today.'))] });
    await vi.waitFor(
      () => expect(world.cloud.seen({ path: /schedule$/ })[0]?.body).toMatchObject({ input: 'Notes of today.' }),
      soon,
    );
    expect(wordsIn(await run(`summarize ${'a '.repeat(33_000)}`))).toMatch(/66 kB.*64 kB/);
    const long = world.file('long.txt', 'text/plain', Buffer.alloc(70_000, 'a'));
    expect(wordsIn(await run('summarize', { files: [long] }))).toMatch(/64 kB/);
  });
});

describe('without a Nextcloud', () => {
  it('says kindly what whoever runs it can set, and has nothing to suggest', async () => {
    const bare = await openWorld();
    for (const line of ['', 'summarize Hello.', 'list', 'connect', 'run x'])
      expect(wordsIn(await bare.host.accept(bare.command('nextcloud', line)))).toMatch(/can set NEXTCLOUD_URL/);
    const query = { command: 'nextcloud', option: 'type', typed: '', author: person('Ann'), place: THREAD };
    expect(bare.host.suggest(query)).toEqual([]);
    await bare.close();
  });
});

describe('what is private', () => {
  it('stays so through retries and summaries', async () => {
    world = await quickly(quick);
    const files = [world.file('voice.ogg', 'audio/ogg')];
    expect(await run('transcribe private=yes', { files })).toEqual({ do: 'work', private: true });
    await vi.waitFor(() => expect(world.buttons()).toEqual(['Summarise']), soon);
    expect(await world.press('Summarise', 'Ben')).toMatchObject({
      body: { markdown: 'Only Ann, who asked, can do that.' },
    });
    expect(await world.press('Summarise')).toEqual({ do: 'work', private: true });
    await vi.waitFor(() => expect(world.cloud.world.book.all()).toHaveLength(2), soon);
    expect(world.plain.standing().join('\n')).not.toContain('ran Nextcloud');
  });

  it('and comes by a message needs the slash command, since a message has no way back to one alone', async () => {
    world = await quickly(quick);
    expect(wordsIn(await world.host.accept(world.message('/nextcloud summarize private=yes Hello.')))).toMatch(
      /slash command/,
    );
  });
});

describe('one’s own tasks', () => {
  it('are called off when the message that asked for them is deleted', async () => {
    world = await quickly();
    const event = world.message('/nextcloud summarize One.');
    await world.host.accept(event);
    await vi.waitFor(() => expect(world.cloud.newest()).toBeGreaterThan(0), soon);
    await world.host.accept({ type: 'deleted', key: 'gone', ref: event.message.ref });
    await shown(/\*Cancelled\.\*/);
    expect(world.cloud.seen({ path: /cancel$/ })).toHaveLength(1);
  });

  it('that an old server does within the call are told to be under way', async () => {
    world = await quickly({ server: { profile: '28' } });
    world.cloud.fault({ path: /schedule$/ }, { hang: true }, 1);
    await run('summarize One.');
    await vi.waitFor(() => expect(world.status()).toMatch(/^Handed to Nextcloud · \d+ s$/), soon);
    expect(world.buttons()).toEqual(['Cancel']);
  });

  it('on a server that cannot stop them are no longer waited for, and taken off its list', async () => {
    world = await quickly({ server: { profile: '28' } });
    await run('summarize One.');
    await vi.waitFor(() => expect(world.buttons()).toEqual(['Stop waiting']), soon);
    expect(wordsIn(await run('list'))).toMatch(/Waiting/);
    expect(wordsIn(await run('cancel'))).toMatch(/calling it off/);
    await shown(/\*Stopped waiting\.\*/);
    expect(world.cloud.seen({ method: 'DELETE', path: /textprocessing\/task/ })).toHaveLength(1);
  });

  it('can be listed, looked at, called off and deleted, and nobody else’s', async () => {
    world = await quickly();
    await run('summarize One.');
    await vi.waitFor(() => expect(world.cloud.newest()).toBeGreaterThan(0), soon);
    const id = world.cloud.newest();
    await vi.waitFor(
      async () => expect(wordsIn(await run('list'))).toMatch(new RegExp(`\\*\\*${id}\\*\\* summarize: Waiting`)),
      soon,
    );
    world.cloud.start(id);
    world.cloud.progress(id, 0.49);
    await vi.waitFor(async () => expect(wordsIn(await run(`status ${id}`))).toMatch(/Running 49 %/), soon);
    const ben = { author: person('Ben') };
    expect(wordsIn(await run('list', ben))).toMatch(/no tasks yet/);
    expect(wordsIn(await run(`status ${id}`, ben))).toBe(`You have no task ${id}. \`/nextcloud list\` shows yours.`);
    expect(wordsIn(await run(`cancel ${id}`, ben))).toMatch(/You have no task/);
    expect(wordsIn(await run(`delete ${id}`, ben))).toMatch(/You have no task/);
    expect(wordsIn(await run('status abc'))).toMatch(/by its number/);
    expect(wordsIn(await run('cancel'))).toMatch(/calling it off/);
    await shown(/\*Cancelled\.\*/);
    expect(world.cloud.seen({ path: /cancel$/ })).toHaveLength(1);
    const asked = await run(`delete ${id}`);
    expect(wordsIn(await pressIn(world, asked, 'Delete it'))).toMatch(/is deleted/);
    expect(world.cloud.world.book.all()).toEqual([]);
    expect(wordsIn(await run(`status ${id}`))).toMatch(/You have no task/);
  });
});
