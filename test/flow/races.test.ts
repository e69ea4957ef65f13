import { afterEach, describe, expect, it, vi } from 'vitest';
import { answer, says } from '../servers/openwebui/script.ts';
import { heldFile } from './held-file.ts';
import { CHANNEL, DIRECT, openWorld, THREAD, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

async function answered(count = 1): Promise<void> {
  await vi.waitFor(() => expect(world.logged.filter((line) => line.includes('"turn over"'))).toHaveLength(count), {
    timeout: 5_000,
  });
}

/** Everything that stands in the only chat, as text. */
const chat = () => JSON.stringify(world.openWebUI.chats());

describe('a question by command in a channel', () => {
  const thread = { ...CHANNEL, thread: 'thread-of-M1' };

  it('keeps its place in the line of its thread: the next question there waits', async () => {
    world = await openWorld();
    world.openWebUI.next(answer(['First', { hold: true }]));
    await world.host.accept(world.command('ask', 'What is it?', { place: CHANNEL }));
    await vi.waitFor(() => expect(world.last()?.text).toBe('First'));
    expect(world.last()?.place.thread).toBe('thread-of-M1');
    await world.host.accept(world.message('And then?', { place: thread }));
    world.openWebUI.next(says('Second.'));
    expect(await world.host.accept(world.message('stop', { place: thread }))).toMatchObject({
      body: { markdown: expect.stringContaining('Stopped') },
    });
    await answered(1);
    expect(world.plain.standing()).toEqual(['Ann asked: What is it?', 'First\n\n*Stopped.*']);
  });

  it('is what the next question in its thread builds on, although it could not be saved yet', async () => {
    world = await openWorld();
    const save = { method: 'POST', path: /^\/api\/v1\/chats\/(?!new)[^/]+$/ };
    const back = world.openWebUI.fault(save, { status: 503, body: 'down' }, 3);
    world.openWebUI.next(says('First.'));
    await world.host.accept(world.command('ask', 'What is it?', { place: CHANNEL }));
    await answered(1);
    await vi.waitFor(() => expect(world.openWebUI.seen(save).length).toBeGreaterThan(0));
    back();
    world.openWebUI.next(says('Second.'));
    await world.host.accept(world.message('Why?', { place: thread }));
    await answered(2);
    expect(world.openWebUI.asked[1]?.messages.map((one) => one.text)).toEqual([
      'Ann: What is it?',
      'First.',
      'Ann: Why?',
    ]);
  });

  it('can be asked again from its thread', async () => {
    world = await openWorld();
    world.openWebUI.next(says('First.'));
    await world.host.accept(world.command('ask', 'What is it?', { place: CHANNEL }));
    await answered(1);
    world.openWebUI.next(says('Better.'));
    await world.host.accept(world.message('retry', { place: thread }));
    await answered(2);
    expect(world.plain.standing()).toEqual(['Ann asked: What is it?', 'Better.']);
  });
});

describe('stopping', () => {
  it('ends what is being written, not only what waits behind it', async () => {
    world = await openWorld();
    world.openWebUI.next(answer(['Once', { hold: true }]));
    await world.host.accept(world.message('Tell me a story'));
    await vi.waitFor(() => expect(world.last()?.text).toBe('Once'));
    await world.host.accept(world.message('Me too', { by: 'Ben' }));
    world.openWebUI.next(says('For Ben.'));
    await world.host.accept(world.message('stop'));
    await answered(2);
    expect(world.plain.standing()).toEqual(['Once\n\n*Stopped.*', 'For Ben.']);
  });

  it('while the thread is being made waits for the thread, and says so there', async () => {
    const made = Promise.withResolvers<void>();
    world = await openWorld({
      wrap: (adapter) => ({
        ...adapter,
        async thread(origin, name) {
          await made.promise;
          return adapter.thread(origin, name);
        },
      }),
    });
    const event = world.message('Hello?', { place: CHANNEL, conversation: { ...CHANNEL, thread: 'thread-of-Q1' } });
    await world.host.accept(event);
    const stopped = await world.host.accept(
      world.message('/stop', { place: CHANNEL, conversation: { ...CHANNEL, thread: 'thread-of-Q1' } }),
    );
    expect(stopped).toMatchObject({ body: { markdown: expect.stringContaining('Stopped') } });
    made.resolve();
    await answered(1);
    expect(world.plain.messages.map(({ place, text }) => [place.thread, text])).toEqual([
      ['thread-of-Q1', '*Stopped.*'],
    ]);
    expect(world.openWebUI.asked).toHaveLength(0);
  });

  it('a turn that has only just been taken from the queue is not missed', async () => {
    const claimed = Promise.withResolvers<void>();
    world = await openWorld();
    const held = world.store.jobs.claim;
    world.store.jobs.claim = async (...given) => {
      const job = await held(...given);
      if (job?.kind === 'question') await claimed.promise;
      return job;
    };
    await world.host.accept(world.message('Hello?'));
    await vi.waitFor(async () =>
      expect((await world.store.jobs.pending('turn', 'plain:T1:C1:H1'))[0]?.state).toBe('running'),
    );
    expect(await world.host.accept(world.message('stop'))).toMatchObject({
      body: { markdown: expect.stringContaining('Stopped') },
    });
    claimed.resolve();
    await answered(1);
    expect(world.openWebUI.asked).toHaveLength(0);
  });
});

describe('pressing twice', () => {
  it('asks a follow-up once', async () => {
    world = await openWorld({ followUps: true });
    world.openWebUI.nextTask('follow_up', '{"follow_ups":["Which flour?"]}');
    world.openWebUI.next(says('Bread.'));
    await world.host.accept(world.message('Bread?'));
    await vi.waitFor(() => expect(world.buttons()).toContain('Which flour?'));
    world.openWebUI.nextTask('follow_up', '{}');
    world.openWebUI.next(says('Rye.'));
    await Promise.all([world.press('Which flour?'), world.press('Which flour?', 'Ben')]);
    await answered(2);
    await vi.waitFor(() => expect(chat()).toContain('Rye.'));
    expect(world.openWebUI.asked).toHaveLength(2);
  });

  it('regenerates once', async () => {
    world = await openWorld();
    world.openWebUI.next(says('One.'));
    await world.host.accept(world.message('Go'));
    await answered(1);
    await vi.waitFor(() => expect(chat()).toContain('One.'));
    await Promise.all([world.press('Regenerate'), world.press('Regenerate')]);
    await answered(2);
    await world.store.jobs.pending('turn', 'plain:T1:C1:H1');
    expect(world.openWebUI.asked).toHaveLength(2);
  });

  it('sends a form in once', async () => {
    world = await openWorld();
    const opened = await world.host.accept(world.command('ask'));
    if (opened.do !== 'form') throw new Error('no form');
    const { trigger, author, place } = world.command('x');
    const values = new Map([['text', 'Really?']]);
    const sent = { type: 'form', trigger, author, place, form: opened.form.id, values } as const;
    await Promise.all([world.host.accept({ ...sent, key: 'f1' }), world.host.accept({ ...sent, key: 'f2' })]);
    await answered(1);
    expect(world.openWebUI.asked).toHaveLength(1);
  });

  it('a command told twice by the platform runs and answers once', async () => {
    world = await openWorld();
    const event = world.message('help');
    const answers = await Promise.all([world.host.accept(event), world.host.accept(event)]);
    expect(answers.map((one) => one.do)).toEqual(['say', 'none']);
  });
});

describe('what follows an answer', () => {
  it('does not put buttons back on an answer that is no longer the newest', async () => {
    world = await openWorld({ followUps: true });
    const found = Promise.withResolvers<void>();
    const save = /^\/api\/v1\/chats\/(?!new)[^/]+$/;
    world.openWebUI.nextTask('follow_up', '{"follow_ups":["Which flour?"]}');
    world.openWebUI.next(says('One.'));
    // The second question begins while the first one's follow-ups are being saved.
    let saves = 0;
    const checkpoint = world.store.jobs.checkpoint;
    world.store.jobs.checkpoint = async (lease, json) => {
      const done = await checkpoint(lease, json);
      if (json.includes('Which flour?') && saves++ === 0) await found.promise;
      return done;
    };
    await world.host.accept(world.message('1'));
    await answered(1);
    await vi.waitFor(() => expect(saves).toBe(1));
    world.openWebUI.next(says('Two.'));
    world.openWebUI.nextTask('follow_up', '{}');
    await world.host.accept(world.message('2'));
    await answered(2);
    found.resolve();
    await vi.waitFor(() => expect(chat()).toContain('Two.'));
    await vi.waitFor(async () => expect(await world.store.jobs.pending('after', 'plain:T1:C1:H1')).toEqual([]));
    expect(world.openWebUI.seen({ path: save }).length).toBeGreaterThan(0);
    expect(world.plain.messages[0]?.controls).toBeNull();
  });

  it('a late save does not turn the conversation back to an older branch', async () => {
    world = await openWorld();
    const save = { method: 'POST', path: /^\/api\/v1\/chats\/(?!new)[^/]+$/ };
    world.openWebUI.next(says('First.'));
    const first = world.openWebUI.fault(save, { status: 503, body: 'down' }, 2);
    await world.host.accept(world.message('1', { place: DIRECT, addressed: 'direct' }));
    await answered(1);
    await vi.waitFor(() => expect(world.openWebUI.seen(save).length).toBeGreaterThan(0));
    world.openWebUI.next(says('Second.'));
    await world.host.accept(world.message('2', { place: DIRECT, addressed: 'direct' }));
    await answered(2);
    first();
    await vi.waitFor(() => expect(chat()).toContain('First.'), { timeout: 5_000 });
    await vi.waitFor(() => expect(chat()).toContain('Second.'), { timeout: 5_000 });
    await vi.waitFor(async () => expect(await world.store.jobs.pending('after', 'plain:T1:D1:')).toEqual([]));
    world.openWebUI.next(says('Third.'));
    await world.host.accept(world.message('3', { place: DIRECT, addressed: 'direct' }));
    await answered(3);
    expect(world.openWebUI.asked[2]?.messages.map((one) => one.text)).toContain('Second.');
  });
});

describe('a new conversation', () => {
  it('asked for while a question is being prepared is not undone by it', async () => {
    const held = heldFile();
    world = await openWorld({
      wrap: held.wrap,
    });
    world.openWebUI.next(says('One.'));
    await world.host.accept(world.message('1', { place: DIRECT, addressed: 'direct' }));
    await answered(1);
    await vi.waitFor(() => expect(chat()).toContain('One.'));
    world.openWebUI.next(says('Two.'));
    await world.host.accept(world.message('2', { place: DIRECT, addressed: 'direct', files: [held.file] }));
    await vi.waitFor(async () =>
      expect((await world.store.jobs.pending('turn', 'plain:T1:D1:'))[0]?.checkpoint).toContain('gathering'),
    );
    await world.host.accept(world.command('new', '', { place: DIRECT }));
    held.arrive();
    await answered(2);
    world.openWebUI.next(says('Three.'));
    await world.host.accept(world.message('3', { place: DIRECT, addressed: 'direct' }));
    await answered(3);
    expect(world.openWebUI.asked[2]?.messages.map((one) => one.text)).toEqual(['3']);
  });

  it('in a thread does not read the thread in again', async () => {
    const written: string[] = [];
    world = await openWorld({
      wrap: (adapter) => ({
        ...adapter,
        async history(_place, around) {
          written.push(around.after ? `after ${around.after.id}` : `before ${around.before?.id}`);
          return [];
        },
      }),
    });
    await world.host.accept(world.message('1'));
    await answered(1);
    await world.host.accept(world.command('new', '', { place: THREAD }));
    await world.host.accept(world.message('2'));
    await answered(2);
    expect(written).toEqual(['before Q1', 'after Q1']);
  });
});
