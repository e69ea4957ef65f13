import { afterEach, describe, expect, it, vi } from 'vitest';
import { person } from '../person.ts';
import { answer, refuses, says } from '../servers/openwebui/script.ts';
import { DIRECT, openWorld, THREAD, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

async function ask(text: string, by = 'Ann'): Promise<void> {
  await world.host.accept(world.message(text, { by }));
  await vi.waitFor(() => expect(world.buttons()).toContainEqual(expect.stringMatching(/^Re/)), { timeout: 5_000 });
}

describe('after the first answer', () => {
  it('the question gets an emoji, the conversation a title, the answer follow-ups', async () => {
    world = await openWorld({ emoji: true, titles: true, followUps: true });
    world.openWebUI.next(says('Bread needs time.'));
    world.openWebUI.nextTask('emoji', '🍞');
    world.openWebUI.nextTask('title', '{"title":"🥖 Baking bread"}');
    world.openWebUI.nextTask('follow_up', '{"follow_ups":["Which flour?","How long?","What oven?","And rye?"]}');
    await ask('How do I bake bread?');
    await vi.waitFor(() =>
      expect(world.buttons()).toEqual([
        'Regenerate',
        'Good answer',
        'Bad answer',
        'Which flour?',
        'How long?',
        'What oven?',
      ]),
    );
    expect(world.plain.reactions).toEqual(['+🍞 Q1']);
    expect(world.plain.titles).toEqual(['🥖 Baking bread']);
    await vi.waitFor(() => expect(world.openWebUI.chats()[0]?.title).toBe('🥖 Baking bread'));
    expect(world.plain.standing()).toEqual(['Bread needs time.']);
  });

  it('a follow-up is asked in the name of whoever pressed it', async () => {
    world = await openWorld({ followUps: true });
    world.openWebUI.nextTask('follow_up', '{"follow_ups":["Which flour?"]}');
    world.openWebUI.next(says('Bread.'));
    await ask('Bread?');
    await vi.waitFor(() => expect(world.buttons()).toContain('Which flour?'));
    world.openWebUI.next(says('Rye.'));
    expect(await world.press('Which flour?', 'Ben')).toEqual({ do: 'none' });
    await vi.waitFor(() => expect(world.plain.standing()).toContain('Rye.'));
    expect(world.plain.standing()).toContain('Ben asked: Which flour?');
    expect(world.openWebUI.asked[1]?.messages.at(-1)?.text).toBe('Ben: Which flour?');
  });

  it('each can be switched off', async () => {
    world = await openWorld();
    world.openWebUI.next(says('Bread.'));
    await ask('Bread?');
    await vi.waitFor(() => expect(JSON.stringify(world.openWebUI.chats())).toContain('Bread.'));
    expect(world.openWebUI.seen({ path: /^\/api\/v1\/tasks\// })).toEqual([]);
  });

  it('malformed and failing tasks are left out, and the answer stands', async () => {
    world = await openWorld({ emoji: true, titles: true, followUps: true });
    world.openWebUI.nextTask('emoji', 'no emoji here');
    world.openWebUI.nextTask('title', '{"title":""}');
    world.openWebUI.fault({ path: '/api/v1/tasks/follow_up/completions' }, { status: 500, body: 'boom' });
    world.openWebUI.next(says('Bread.'));
    await ask('Bread?');
    await vi.waitFor(() =>
      expect(world.openWebUI.seen({ path: '/api/v1/tasks/follow_up/completions' })).toHaveLength(1),
    );
    expect(world.plain.reactions).toEqual([]);
    expect(world.plain.titles).toEqual([]);
    expect(world.plain.standing()).toEqual(['Bread.']);
  });

  it('a person’s title stays', async () => {
    world = await openWorld({ titles: true });
    let named = false;
    world.openWebUI.next(answer(['Bread', () => named, '.']));
    const asked = ask('Bread?');
    await vi.waitFor(() => expect(world.plain.standing()[0]).toMatch(/^Bread/));
    await world.host.accept({ type: 'renamed', key: 'r1', place: THREAD, title: 'My bread' });
    world.openWebUI.nextTask('title', '{"title":"Not this"}');
    named = true;
    await asked;
    await vi.waitFor(() => expect(world.openWebUI.chats()[0]?.title).toBe('My bread'));
    expect(world.plain.titles).toEqual([]);
  });

  it('nothing follows an answer that failed', async () => {
    world = await openWorld({ emoji: true, titles: true, followUps: true });
    world.openWebUI.next(refuses(500, { error: { message: 'boom' } }));
    await ask('Bread?');
    await vi.waitFor(() => expect(JSON.stringify(world.openWebUI.chats())).toContain('"done":true'));
    expect(world.openWebUI.seen({ path: /^\/api\/v1\/tasks\// })).toEqual([]);
  });
});

describe('commands', () => {
  it('help lists every command, in private', async () => {
    world = await openWorld();
    const answer = await world.host.accept(world.command('help'));
    expect(answer).toMatchObject({ do: 'say', private: true });
    for (const name of ['ask', 'model', 'new', 'stop', 'retry', 'title', 'status'])
      expect(JSON.stringify(answer)).toContain(`/${name}`);
  });

  it('an unknown one offers the nearest', async () => {
    world = await openWorld();
    expect(await world.host.accept(world.command('parley', 'hlep'))).toMatchObject({
      body: { markdown: expect.stringContaining('`/help`') },
    });
  });

  it('ask leaves a line and answers below it', async () => {
    world = await openWorld();
    world.openWebUI.next(says('42.'));
    expect(await world.host.accept(world.command('ask', 'What is it?'))).toEqual({ do: 'work', private: false });
    await vi.waitFor(() => expect(world.plain.standing()).toEqual(['Ann asked: What is it?', '42.']));
  });

  it('ask without a question opens a form, and the form asks it', async () => {
    world = await openWorld();
    const opened = await world.host.accept(world.command('ask'));
    if (opened.do !== 'form') throw new Error('no form');
    expect(opened.form.fields.slice(0, 2).map(({ name, type, required }) => ({ name, type, required }))).toEqual([
      { name: 'text', type: 'longText', required: true },
      { name: 'model', type: 'choice', required: false },
    ]);
    const { trigger, author, place } = world.command('x');
    const sent = { type: 'form', trigger, author, place, form: opened.form.id } as const;
    const empty = await world.host.accept({ ...sent, key: 'f1', values: new Map([['text', '']]) });
    expect(empty).toEqual({ do: 'errors', fields: { text: 'Please fill this in.' } });
    world.openWebUI.next(says('Yes.'));
    expect(await world.host.accept({ ...sent, key: 'f2', values: new Map([['text', 'Really?']]) })).toEqual({
      do: 'work',
      private: false,
    });
    await vi.waitFor(() => expect(world.plain.standing()).toContain('Yes.'));
    expect(await world.host.accept({ ...sent, key: 'f3', values: new Map([['text', 'Again?']]) })).toMatchObject({
      do: 'say',
      private: true,
    });
  });

  it('model chooses who answers here', async () => {
    world = await openWorld();
    const other = world.openWebUI.asked.length === 0 ? await world.host.accept(world.command('model')) : null;
    const ids = [...JSON.stringify(other).matchAll(/- `([^`]+)`/g)].map((match) => match[1] ?? '');
    const wanted = ids[1] ?? '';
    expect(await world.host.accept(world.command('model', wanted))).toMatchObject({
      body: { markdown: expect.stringContaining('from now on') },
    });
    await ask('Who are you?');
    expect(world.openWebUI.asked[0]?.model).toBe(wanted);
    expect(await world.host.accept(world.command('model', 'nonesuch'))).toMatchObject({
      body: { markdown: expect.stringContaining('no model called') },
    });
  });

  it('stop, typed alone after a mention, stops; with more words it is a question', async () => {
    world = await openWorld();
    world.openWebUI.next(answer(['Once', { hold: true }]));
    await world.host.accept(world.message('Tell me a story'));
    await vi.waitFor(() => expect(world.buttons()).toEqual(['Stop']));
    expect(await world.host.accept(world.message('stop'))).toMatchObject({
      do: 'say',
      body: { markdown: expect.stringContaining('Stopped') },
    });
    await vi.waitFor(() => expect(world.last()?.text).toBe('Once\n\n*Stopped.*'));
    await world.host.accept(world.message('stop talking like a pirate'));
    await vi.waitFor(() => expect(world.openWebUI.asked).toHaveLength(2));
  });

  it('new begins a new chat in a direct conversation', async () => {
    world = await openWorld();
    world.openWebUI.next(says('One.'));
    await world.host.accept(world.message('1', { place: DIRECT, addressed: 'direct' }));
    await vi.waitFor(() => expect(JSON.stringify(world.openWebUI.chats())).toContain('One.'));
    await world.host.accept(world.command('new', '', { place: DIRECT }));
    world.openWebUI.next(says('Two.'));
    await world.host.accept(world.message('2', { place: DIRECT, addressed: 'direct' }));
    await vi.waitFor(() => expect(world.plain.standing().at(-1)).toBe('Two.'));
    expect(world.openWebUI.asked[1]?.messages).toHaveLength(1);
    expect(world.openWebUI.chats()).toHaveLength(2);
  });

  it('suggests models from memory while Open WebUI is down', async () => {
    world = await openWorld();
    await vi.waitFor(() =>
      expect(
        world.host.suggest({
          command: 'model',
          option: 'name',
          typed: '',
          author: person('Ann'),
          place: THREAD,
        }).length,
      ).toBeGreaterThan(0),
    );
    await world.openWebUI.down();
    const query = {
      command: 'ask',
      option: 'model',
      typed: '',
      author: person('Ann'),
      place: THREAD,
    };
    expect(world.host.suggest(query).length).toBeGreaterThan(0);
  });
});
