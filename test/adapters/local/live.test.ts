import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ToPage } from '../../../adapters/local/protocol.ts';
import { Failure } from '../../../src/chat/errors.ts';
import { type Client, come, join, mine, n, refusal, say } from './client.ts';
import { write } from './host.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let ann: Client;

beforeEach(async () => {
  world = await openWorld();
  ann = await come(world, 'Ann');
});
afterEach(() => world.close());

describe('messages', () => {
  it('name their conversation by the first of them, without a key that stands in it', async () => {
    const thread = await say(ann, mine, 'mine: sk-1234567890abcdef1234567890abcdef');
    const { conversation } = await ann.next('conversation', (frame) => frame.conversation.id === thread);
    expect(conversation.preview).toBe('mine: [a key, left out]');
  });

  it('are direct in private, a mention where they begin a shared thread or name the bot, else ambient', async () => {
    await say(ann, mine, 'Private');
    const thread = await say(ann, 'team', 'Hello all');
    await say(ann, thread, 'Nice weather');
    await say(ann, thread, '@parley is it?');
    await say(ann, thread, 'write to me@parley.example');
    const told = world.host.events.map((event) =>
      event.type === 'message' ? [event.message.text, event.addressed] : [],
    );
    expect(told).toEqual([
      ['Private', 'direct'],
      ['Hello all', 'mention'],
      ['Nice weather', 'ambient'],
      ['is it?', 'mention'],
      ['write to me@parley.example', 'ambient'],
    ]);
  });

  it('happen once, however often the page sends them', async () => {
    const request = n();
    await say(ann, mine, 'Once', request);
    await say(ann, mine, 'Once', request);
    expect(world.host.events).toHaveLength(1);
  });

  it('that the host does not take are not there, and keep their key for another try', async () => {
    const request = n();
    const keys: string[] = [];
    world.host.answer = (event) => {
      keys.push(event.key);
      throw new Failure({ kind: 'busy', retry: { when: 'later' }, say: 'The disk is full.', detail: '' });
    };
    expect(await refusal(ann, { type: 'send', n: request, to: mine, text: 'Hello', files: [] } as const)).toBe(
      'The disk is full.',
    );
    ann.send({ type: 'look', conversation: mine });
    expect((await ann.next('page')).messages).toEqual([]);
    world.host.answer = (event) => {
      keys.push(event.key);
      return { do: 'none' };
    };
    await say(ann, mine, 'Hello', request);
    expect(keys[0]).toBe(keys[1]);
    ann.send({ type: 'look', conversation: mine });
    expect((await ann.next('page')).messages).toHaveLength(1);
  });

  it('can be changed and deleted by their author alone', async () => {
    const thread = await say(ann, 'team', 'First');
    const bob = await come(world, 'Bob');
    const edit = { type: 'edit', message: thread, text: 'Second' } as const;
    expect(await refusal(bob, { ...edit, n: n() })).toContain('your own');
    expect(await refusal(bob, { type: 'delete', n: n(), message: thread } as const)).toContain('your own');
    ann.send({ ...edit, n: n() });
    expect(await world.host.next('edited')).toMatchObject({ message: { text: 'Second', ref: { id: thread } } });
    ann.send({ type: 'delete', n: n(), message: thread });
    expect(await world.host.next('deleted')).toMatchObject({ ref: { id: thread } });
  });

  it('of a private conversation are nobody else’s business', async () => {
    await say(ann, mine, 'A secret');
    const { message } = await world.host.next('message');
    const bob = await come(world, 'Bob');
    bob.send({ type: 'look', conversation: mine });
    expect(await refusal(bob, { type: 'send', n: n(), to: mine, text: 'Hi', files: [] } as const)).toBeTruthy();
    expect(await refusal(bob, { type: 'rename', n: n(), conversation: mine, title: 'Mine' } as const)).toBeTruthy();
    expect(
      await refusal(bob, { type: 'press', n: n(), message: message.ref.id, control: 'x', value: null } as const),
    ).toBeTruthy();
    expect(JSON.stringify(bob.frames)).not.toContain('A secret');
  });

  it('hold 200,000 characters, and a frame beyond that ends the connection', async () => {
    await say(ann, mine, 'x'.repeat(200_000));
    ann.send({ type: 'send', n: n(), to: mine, text: 'x'.repeat(200_001), files: [] });
    expect(await ann.closed).toBe(1007);
  });
});

describe('the socket', () => {
  it.each(['nonsense', '{}', '{"type":"send"}', '[]', '{"type":"look","conversation":"../x"}'])(
    'ends at the frame %s',
    async (text) => {
      ann.send(JSON.parse(text.startsWith('n') ? '"nonsense"' : text));
      expect(await ann.closed).toBe(1007);
    },
  );

  it('ends at a flood', async () => {
    for (let i = 0; i < 200; i += 1) ann.send({ type: 'look', conversation: 'team' });
    expect(await ann.closed).toBe(4003);
  });

  it('ends for somebody with a wrong key', async () => {
    const eve = await join(world, { id: ann.me.id, name: 'Ann', key: 'wrong' });
    expect(await eve.closed).toBe(4001);
  });
});

describe('an answer', () => {
  it('grows by what was added, and is whole at the end', async () => {
    await say(ann, mine, 'Question');
    const { conversation } = await world.host.next('message');
    ann.send({ type: 'look', conversation: mine });
    await ann.next('page');
    const writing = await write(world.local, conversation, 'One');
    const begun = await ann.next('message', (frame) => frame.message.live);
    await writing.show('One two');
    await writing.show('One two three');
    const added = [await ann.next('grow'), await ann.next('grow')];
    expect(added.map((frame) => [frame.from, frame.text])).toEqual([
      [3, ' two'],
      [7, ' three'],
    ]);
    await writing.finish('One, two, three.');
    const end = await ann.next('message', (frame) => frame.message.id === begun.message.id && !frame.message.live);
    expect(end.message.text).toBe('One, two, three.');
  });

  it('takes the sign of work away when it begins', async () => {
    world.host.answer = () => ({ do: 'work', private: false });
    await say(ann, mine, 'Question');
    const { conversation } = await world.host.next('message');
    expect(await ann.next('busy')).toMatchObject({ status: 'thinking…' });
    await write(world.local, conversation, 'One');
    expect(await ann.next('busy')).toMatchObject({ status: null });
  });
});

describe('coming back', () => {
  it('brings exactly what was missed, in its newest form', async () => {
    const thread = await say(ann, 'team', 'Before');
    const { conversation } = await world.host.next('message');
    const bob = await come(world, 'Bob');
    bob.send({ type: 'look', conversation: thread });
    await bob.next('page');
    const deleted = await world.local.open(
      conversation,
      world.local.render(
        { markdown: 'soon gone', index: 0, last: true, status: null, note: null, sources: [] },
        { live: false, controls: null },
      ),
      'k1',
      null,
    );
    await bob.next('message', (frame) => frame.message.text === 'soon gone');
    const seq = Math.max(...bob.frames.map((frame) => ('seq' in frame ? frame.seq : 0)));
    const book = bob.frames.find((frame) => frame.type === 'ready')?.book ?? '';
    bob.close();

    const writing = await write(world.local, conversation, 'One');
    for (let i = 0; i < 30; i += 1) await writing.show(`One ${'more '.repeat(i)}`);
    await writing.finish('All of it');
    await deleted.remove();
    await world.local.title?.(conversation, 'Named meanwhile', 'model');

    const back = await join(world, bob.me, { seen: { book, seq }, holds: [thread] });
    const ready = await back.next('ready');
    expect(ready.fresh).toBe(false);
    expect(ready.conversations).toMatchObject([{ id: thread, title: 'Named meanwhile' }]);
    const page = await back.next('page');
    expect(page).toMatchObject({ as: 'changed', gone: [deleted.ref.id] });
    expect(page.messages.map((message) => [message.text, message.live])).toEqual([['All of it', false]]);
  });

  it('after too much brings the conversation whole', async () => {
    const thread = await say(ann, 'team', 'Begin');
    const { conversation } = await world.host.next('message');
    const ready = ann.frames.find((frame): frame is Extract<ToPage, { type: 'ready' }> => frame.type === 'ready');
    for (let i = 0; i < 210; i += 1) await write(world.local, conversation, `Message ${i}`);
    const back = await join(world, ann.me, {
      seen: { book: ready?.book ?? '', seq: ready?.seq ?? 0 },
      holds: [thread],
    });
    const page = await back.next('page');
    expect(page).toMatchObject({ as: 'whole', more: true });
    expect(page.messages.at(-1)?.text).toBe('Message 209');
    back.send({ type: 'older', n: 'o', conversation: thread, before: page.messages[0]?.id ?? '' });
    const older = await back.next('page', (frame) => frame.as === 'older');
    expect(older.messages.at(-1)?.text).toBe(`Message ${209 - page.messages.length}`);
  });

  it('after the server’s restart brings everything', async () => {
    const thread = await say(ann, 'team', 'Before');
    const { message, conversation } = await world.host.next('message');
    await (await write(world.local, conversation, 'x')).finish('The answer');
    await world.local.react(message.ref, '🌊', true);
    await world.restart();
    const back = await join(world, ann.me, { holds: [thread] });
    expect((await back.next('ready')).conversations).toMatchObject([{ id: thread, emoji: '🌊' }]);
    expect((await back.next('page')).messages.map((one) => one.text)).toEqual(['Before', 'The answer']);
  });
});

describe('numbers of changes', () => {
  it('never go back, so that the last one seen stands for all before it', async () => {
    const thread = await say(ann, 'team', 'Begin');
    const { message, conversation } = await world.host.next('message');
    ann.send({ type: 'look', conversation: thread });
    await ann.next('page');
    const writing = await write(world.local, conversation, 'One');
    await writing.show('One two');
    await world.local.react(message.ref, '🌊', true);
    await writing.finish('One two three');
    await world.local.title?.(conversation, 'Counting', 'model');
    await say(ann, thread, 'Thanks');
    await writing.surface.remove();
    await ann.next('gone');
    const numbers = ann.frames.flatMap((frame) => ('seq' in frame ? [frame.seq] : []));
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    const back = await join(world, ann.me, { holds: [thread] });
    await back.next('ready');
    expect(back.frames.findIndex((frame) => frame.type === 'page')).toBeLessThan(
      back.frames.findIndex((frame) => frame.type === 'ready'),
    );
  });
});

describe('a page of another build', () => {
  it('is told to reload', async () => {
    expect((await ann.next('stale')).why).toContain('Reload');
  });
});

describe('after the end', () => {
  it('everything fails as stopped, as a Failure', async () => {
    await say(ann, mine, 'Question');
    const { conversation } = await world.host.next('message');
    const writing = await write(world.local, conversation, 'One');
    const old = world.local;
    await world.down();
    await expect(writing.show('Two')).rejects.toMatchObject({ name: 'Failure', problem: { kind: 'stopped' } });
    await expect(old.history(conversation, { before: null, after: null }, 1)).rejects.toBeInstanceOf(Failure);
    expect(await ann.closed).toBe(1012);
  });
});

describe('titles', () => {
  it('given by a person are told to the host and never replaced', async () => {
    await say(ann, mine, 'Question');
    const { conversation } = await world.host.next('message');
    await world.local.title?.(conversation, 'By the model', 'model');
    ann.send({ type: 'rename', n: n(), conversation: mine, title: ' By Ann ' });
    expect(await world.host.next('renamed')).toMatchObject({ title: 'By Ann', place: conversation });
    await ann.next('conversation', (frame) => frame.conversation.title === 'By Ann');
    await world.local.title?.(conversation, 'By the model again', 'model');
    const back = await join(world, ann.me);
    expect((await back.next('ready')).conversations[0]?.title).toBe('By Ann');
  });
});
