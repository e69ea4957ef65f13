import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/chat/clock.ts';
import type { MessageEvent } from '../../src/chat/events.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createVault } from '../../src/store/vault.ts';
import { closeAfter } from '../close-after.ts';
import { answer, says, silence } from '../servers/openwebui/script.ts';
import { startScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import { createPlain } from '../servers/plain.ts';
import { CHANNEL, DIRECT, openWorld, THREAD, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

async function open(given: Parameters<typeof openWorld>[0] = {}): Promise<void> {
  world = await openWorld(given);
}

/** What outlives Parley: its server, its store and the platform. */
async function makeLasting() {
  const openWebUI = await startScriptedOpenWebUI();
  closeAfter(() => openWebUI.close());
  const store = openSqlite(':memory:', { vault: createVault(null) });
  closeAfter(() => store.close());
  return { openWebUI, store, plain: createPlain({ clock: systemClock }) };
}

/** Asks and waits until nothing is left to be done. */
async function ask(text: string, more: Parameters<World['message']>[1] = {}): Promise<MessageEvent> {
  const event = world.message(text, more);
  await world.host.accept(event);
  await vi.waitFor(async () => {
    const job = await world.store.jobs.byKey(event.key);
    expect((await world.store.jobs.byKey(`after:${job?.id}`))?.state).toBe('done');
  });
  return event;
}

async function remove({ message: { ref }, key }: MessageEvent): Promise<void> {
  await world.host.accept({ type: 'deleted', key: `deleted:${key}`, ref });
}

const withdrawn = async ({ key }: MessageEvent) => (await world.store.jobs.byKey(`withdraw:${key}`))?.state;

describe('a question that is deleted', () => {
  it('takes its answer along, with all the messages it stands in', async () => {
    await open({ plain: createPlain({ clock: systemClock, max: 60 }) });
    world.openWebUI.next(says('One sentence after the other, so that it needs several messages. '.repeat(4)));
    const event = await ask('Long?');
    expect(world.plain.standing().length).toBeGreaterThan(3);
    await remove(event);
    await vi.waitFor(() => expect(world.plain.standing()).toEqual([]));
    await vi.waitFor(async () => expect(await withdrawn(event)).toBe('done'));
    expect(world.plain.files).toEqual([]);
    // What is in Open WebUI is the person's own.
    expect(world.openWebUI.chats()).toHaveLength(1);
  });

  it('ends the answer that is being written, and takes away what stood', async () => {
    await open();
    world.openWebUI.next(answer(['It begins', silence]));
    const event = world.message('Endless?');
    await world.host.accept(event);
    await vi.waitFor(() => expect(world.last()?.text).toContain('It begins'));
    await remove(event);
    await vi.waitFor(() => expect(world.plain.standing()).toEqual([]));
    await vi.waitFor(async () => expect(await withdrawn(event)).toBe('done'));
    expect(world.openWebUI.streams.open).toBe(0);
  });

  it('is not answered at all while it still waits in line, and the one before it is', async () => {
    await open();
    world.openWebUI.next(answer(['First', silence]));
    await world.host.accept(world.message('One?'));
    await vi.waitFor(() => expect(world.last()?.text).toContain('First'));
    const second = world.message('Two?');
    await world.host.accept(second);
    await remove(second);
    await vi.waitFor(async () => expect(await withdrawn(second)).toBe('done'));
    await world.host.accept(world.command('stop'));
    await vi.waitFor(() => expect(world.plain.standing()).toEqual([expect.stringContaining('Stopped')]));
    expect(world.openWebUI.asked).toHaveLength(1);
  });

  it('takes along what was answered anew, and cannot be asked again', async () => {
    await open();
    world.openWebUI.next(says('First.'));
    const event = await ask('What?');
    world.openWebUI.next(says('Second.'));
    await world.press('Regenerate');
    await vi.waitFor(() => expect(world.plain.standing()).toEqual(['Second.']));
    await vi.waitFor(() => expect(world.buttons()).toContain('Regenerate'));
    await remove(event);
    await vi.waitFor(() => expect(world.plain.standing()).toEqual([]));
    const again = await world.host.accept(world.command('retry'));
    expect(again).toMatchObject({ body: { markdown: 'That question was deleted. Please ask again below.' } });
    expect(world.openWebUI.asked).toHaveLength(2);
  });

  it('leaves the other answers of its conversation, their title and their buttons', async () => {
    await open();
    world.openWebUI.next(says('First.'));
    const first = await ask('One?');
    world.openWebUI.next(says('Second.'));
    await ask('Two?');
    await remove(first);
    await vi.waitFor(() => expect(world.plain.standing()).toEqual(['Second.']));
    expect(world.buttons()).toContain('Regenerate');
    expect(world.plain.titles).toEqual([]);
    expect((await world.store.conversations.get('plain:T1:C1:H1'))?.title).toBe('One?');
  });

  it('lets a thread of its own bear another name, and the store forget the one it had', async () => {
    await open();
    const thread = { ...THREAD, thread: 'thread-of-Q1' };
    world.openWebUI.next(says('In a thread.'));
    const event = await ask('My secret plan?', { place: CHANNEL, conversation: thread, id: 'Q1' });
    await remove(event);
    await vi.waitFor(() => expect(world.plain.titles).toEqual(['Deleted question']));
    expect(await world.store.conversations.get('plain:T1:C1:thread-of-Q1')).toMatchObject({
      title: null,
      newest: null,
    });
  });

  it('takes its answer along at once, though its thread was named a moment ago and may not be again for minutes', async () => {
    await open({ titles: true });
    world.openWebUI.next(says('In a thread.'));
    world.openWebUI.nextTask('title', '{"title":"A plan"}');
    const event = await ask('My plan?', {
      place: CHANNEL,
      conversation: { ...THREAD, thread: 'thread-of-Q1' },
      id: 'Q1',
    });
    await vi.waitFor(() => expect(world.plain.titles).toEqual(['A plan']));
    await remove(event);
    await vi.waitFor(() => expect(world.plain.standing()).toEqual([]));
    await vi.waitFor(async () => expect(await withdrawn(event)).toBe('done'));
  });

  it('keeps its answer where that is the setting, and still ends what is being written', async () => {
    await open({ deletedQuestions: 'keep' });
    world.openWebUI.next(says('It stays.'));
    await remove(await ask('One?'));
    world.openWebUI.next(answer(['It begins', silence]));
    const event = world.message('Two?');
    await world.host.accept(event);
    await vi.waitFor(() => expect(world.last()?.text).toContain('It begins'));
    await remove(event);
    await vi.waitFor(() => expect(world.plain.standing()).toEqual(['It stays.', 'It begins\n\n*Stopped.*']));
  });

  it('takes its answer along after a restart, also where the platform would not at first', async () => {
    const lasting = await makeLasting();
    const { openWebUI, plain } = lasting;
    await open(lasting);
    openWebUI.next(says('Before the restart.'));
    const event = await ask('Then?', { place: DIRECT, addressed: 'direct' });
    await world.close();
    await open(lasting);
    plain.fail('remove', 'busy', 'unreachable');
    await remove(event);
    await vi.waitFor(() => expect(plain.standing()).toEqual([]), { timeout: 10_000 });
    await vi.waitFor(async () => expect(await withdrawn(event)).toBe('done'));
  });

  it('takes its answer along where the process ended between the two', async () => {
    const lasting = await makeLasting();
    const { openWebUI, plain } = lasting;
    await open(lasting);
    openWebUI.next(says('Still here.'));
    const event = await ask('Then?');
    plain.fail('remove', 'unreachable');
    await remove(event);
    // Looked at closely: a second try follows soon.
    await vi.waitFor(() => expect(plain.calls.get('remove')).toBe(1), { interval: 1 });
    await world.close();
    expect(await withdrawn(event)).not.toBe('done');
    expect(plain.standing()).toEqual(['Still here.']);
    const later = { now: () => systemClock.now() + 3_600_000, after: systemClock.after };
    await open({ ...lasting, clock: later });
    await vi.waitFor(async () => expect(await withdrawn(event)).toBe('done'));
    expect(plain.standing()).toEqual([]);
  });

  it('of which nothing is known does nothing', async () => {
    await open();
    const talk = world.message('Only talk', { addressed: 'ambient' });
    await world.host.accept(talk);
    await remove(talk);
    await remove(world.message('never seen', { id: '__proto__' }));
    expect(await withdrawn(talk)).toBeUndefined();
  });
});
