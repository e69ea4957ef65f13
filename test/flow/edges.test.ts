import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/chat/clock.ts';
import type { Message } from '../../src/chat/messages.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createVault } from '../../src/store/vault.ts';
import { person } from '../person.ts';
import { answer, says } from '../servers/openwebui/script.ts';
import { startScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import { createPlain } from '../servers/plain.ts';
import { CHANNEL, DIRECT, openWorld, THREAD, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

async function answered(count = 1): Promise<void> {
  await vi.waitFor(() => expect(world.logged.filter((line) => line.includes('"turn over"'))).toHaveLength(count), {
    timeout: 5_000,
  });
}

const chat = () => JSON.stringify(world.openWebUI.chats());
const line = 'plain:T1:C1:H1';

describe('an answer that nobody can be shown', () => {
  it('of a platform that is no longer connected ends, and holds nothing up', async () => {
    const store = openSqlite(':memory:', { vault: createVault(null) });
    const gone = createPlain({ clock: systemClock, name: 'gone' });
    world = await openWorld({ store, plain: gone, wrap: (adapter) => ({ ...adapter, name: 'other' }) });
    await world.host.accept(world.message('Hello?', { place: { ...THREAD, platform: 'gone' } }));
    await answered();
    // The log says so a moment before the store does.
    const state = async () => (await store.jobs.latest('turn', 'gone:T1:C1:H1', 1))[0]?.state;
    await vi.waitFor(async () => expect(await state()).toBe('done'));
  });

  it('because another process has the turn now is not said to be lost', async () => {
    world = await openWorld();
    let lost = false;
    world.openWebUI.next(answer(['Once', () => lost, ' more']));
    await world.host.accept(world.message('Tell me'));
    await vi.waitFor(() => expect(world.last()?.text).toBe('Once'));
    world.store.outbox.put = async () => false;
    lost = true;
    await vi.waitFor(() => expect(world.openWebUI.streams.open).toBe(0));
    await vi.waitFor(() => expect(world.logged.join('')).toContain('lease lost'));
    await world.parley.stop(0);
    expect(world.plain.told).toEqual([]);
    expect(await world.store.jobs.pending('turn', line)).toHaveLength(1);
  });
});

describe('a restart in good order', () => {
  it('gives unfinished answers back at once, so that the next process need not wait for their leases', async () => {
    const store = openSqlite(':memory:', { vault: createVault(null) });
    const plain = createPlain({ clock: systemClock });
    world = await openWorld({ store, plain });
    world.openWebUI.next(answer(['Half an', { hold: true }]));
    await world.host.accept(world.message('Tell me'));
    await vi.waitFor(() => expect(world.last()?.text).toBe('Half an'));
    await world.parley.stop(0);
    expect(plain.told).toEqual([]);
    const { openWebUI } = world;
    openWebUI.next(says('The whole answer.'));
    const next = await openWorld({ store, plain, openWebUI });
    await vi.waitFor(() => expect(plain.standing()).toEqual(['The whole answer.']), { timeout: 5_000 });
    await next.close();
    await store.close();
  });
});

describe('asking again', () => {
  it('when people have written since posts anew, and takes the buttons off the old answer', async () => {
    const later: Message[] = [];
    world = await openWorld({ wrap: (adapter) => ({ ...adapter, history: async () => later }) });
    world.openWebUI.next(says('One.'));
    const question = world.message('1');
    await world.host.accept(question);
    await answered();
    later.push({ ...question.message, ref: { place: THREAD, id: 'X1' }, author: person('Ben'), at: Date.now() });
    world.openWebUI.next(says('Two.'));
    await world.press('Regenerate');
    await answered(2);
    expect(world.plain.standing()).toEqual(['One.', 'Two.']);
    await vi.waitFor(() => expect(world.plain.messages[0]?.controls).toBeNull());
  });

  it('with a shorter answer deletes the messages that are left over', async () => {
    world = await openWorld({ plain: createPlain({ clock: systemClock, max: 200 }) });
    world.openWebUI.next(says('word '.repeat(100), { units: 50 }));
    await world.host.accept(world.message('1'));
    await answered();
    expect(world.plain.standing().length).toBeGreaterThan(2);
    await vi.waitFor(() => expect(chat()).toContain('word word'));
    world.openWebUI.next(says('Short.'));
    await world.press('Regenerate');
    await answered(2);
    await vi.waitFor(() => expect(world.plain.standing()).toEqual(['Short.']));
  });

  it('after the thread could not be made makes it then', async () => {
    let refuse = true;
    world = await openWorld({
      wrap: (adapter) => ({
        ...adapter,
        thread: (origin, name) => {
          if (refuse) world.plain.fail('thread', 'forbidden');
          return adapter.thread(origin, name);
        },
      }),
    });
    const thread = { ...CHANNEL, thread: 'thread-of-Q1' };
    await world.host.accept(world.message('Hello?', { place: CHANNEL, conversation: thread }));
    await answered();
    expect(world.buttons()).toEqual(['Retry']);
    refuse = false;
    world.openWebUI.next(says('Here.'));
    expect(await world.press('Retry')).toEqual({ do: 'none' });
    await answered(2);
    expect(world.plain.messages.findLast((one) => one.text === 'Here.')?.place).toEqual(thread);
  });

  it('gives the first question its emoji, when the first try had failed', async () => {
    world = await openWorld({ emoji: true });
    world.openWebUI.next(answer([]));
    await world.host.accept(world.message('Bread?'));
    await vi.waitFor(() => expect(world.buttons()).toEqual(['Retry']));
    world.openWebUI.nextTask('emoji', '🍞');
    world.openWebUI.next(says('Bread.'));
    await world.press('Retry');
    await vi.waitFor(() => expect(world.plain.reactions).toEqual(['+🍞 Q1']));
  });

  it('and deleting the question then stops it too', async () => {
    world = await openWorld();
    world.openWebUI.next(says('One.'));
    const event = world.message('1');
    await world.host.accept(event);
    await answered();
    await vi.waitFor(() => expect(chat()).toContain('One.'));
    world.openWebUI.next(answer(['Two', { hold: true }]));
    await world.press('Regenerate');
    await vi.waitFor(() => expect(world.last()?.text).toBe('Two'));
    await world.host.accept({ type: 'deleted', key: 'd1', ref: event.message.ref });
    await vi.waitFor(() => expect(world.last()?.text).toBe('Two\n\n*Stopped.*'));
  });
});

describe('an answer edited in Open WebUI', () => {
  it('keeps the edit when its follow-ups are saved', async () => {
    world = await openWorld({ followUps: true });
    const asked = Promise.withResolvers<void>();
    const checkpoint = world.store.jobs.checkpoint;
    world.store.jobs.checkpoint = async (lease, json) => {
      const done = await checkpoint(lease, json);
      if (json.includes('Which flour?')) await asked.promise;
      return done;
    };
    world.openWebUI.nextTask('follow_up', '{"follow_ups":["Which flour?"]}');
    world.openWebUI.next(says('Bread.'));
    await world.host.accept(world.message('Bread?'));
    await answered();
    await vi.waitFor(() =>
      expect(world.openWebUI.seen({ path: '/api/v1/tasks/follow_up/completions' })).toHaveLength(1),
    );
    await vi.waitFor(() => expect(chat()).toContain('"done":true'));
    const [only] = world.openWebUI.chats();
    const url = `${world.openWebUI.url}/api/v1/chats/${only?.id}`;
    const headers = { authorization: `Bearer ${world.openWebUI.key}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ chat: only?.chat }).replaceAll('"Bread."', '"Rye bread."');
    await fetch(url, { method: 'POST', headers, body });
    asked.resolve();
    await vi.waitFor(() => expect(chat()).toContain('Which flour?'));
    expect(chat()).toContain('"Rye bread."');
  });
});

describe('what there is nothing to answer in', () => {
  it('an empty direct message is met with a hint', async () => {
    world = await openWorld();
    await world.host.accept(world.message('Hi', { place: DIRECT, addressed: 'direct' }));
    await answered();
    expect(
      await world.host.accept(world.message(' \u200b\u0000', { place: DIRECT, addressed: 'direct' })),
    ).toMatchObject({
      do: 'say',
      body: { markdown: expect.stringMatching(/^Hello!/) },
    });
  });

  it('an empty message in a conversation, not addressed to anybody, is left alone', async () => {
    world = await openWorld();
    await world.host.accept(world.message('Hi'));
    await answered();
    expect(await world.host.accept(world.message(' ', { addressed: 'ambient' }))).toEqual({ do: 'none' });
  });

  it('a question by command is as long as any may be', async () => {
    world = await openWorld();
    expect(await world.host.accept(world.command('ask', 'x'.repeat(100_001)))).toMatchObject({
      do: 'say',
      body: { markdown: expect.stringMatching(/100,001 characters.*file/) },
    });
  });

  it('a line of nothing but Parley’s own name does no harm', async () => {
    world = await openWorld();
    const answer = await world.host.accept(world.message(`/${'parley '.repeat(14_000)}`));
    expect(['say', 'work']).toContain(answer.do);
  });

  it('a title without a letter, or of a whole page, is refused in words', async () => {
    world = await openWorld();
    await world.host.accept(world.message('Hi'));
    await answered();
    expect(await world.host.accept(world.command('title', 'x'.repeat(5_000)))).toMatchObject({
      body: { markdown: expect.stringContaining('100 characters') },
    });
    const { options, ...named } = world.command('title');
    expect(await world.host.accept({ ...named, options: { ...options, text: ' \n ' } })).toMatchObject({
      body: { markdown: expect.stringContaining('fill this in') },
    });
  });
});

describe('a guest', () => {
  it('is told once, when asking, and not at every word afterwards', async () => {
    world = await openWorld();
    await world.host.accept(world.message('Hi'));
    await answered();
    const guest = person('Gus', { guest: true });
    await world.host.accept(world.message('Me too', { author: guest }));
    await vi.waitFor(() => expect(world.plain.told).toHaveLength(1));
    await world.host.accept(world.message('Hello?', { author: guest, addressed: 'ambient' }));
    expect(world.plain.told).toMatchObject([
      { user: guest.ref, body: { markdown: expect.stringContaining('guests') } },
    ]);
  });
});

describe('preparing that takes long', () => {
  it('shows a status with Stop after ten seconds, also before the model is asked', async () => {
    const ready = Promise.withResolvers<void>();
    let now = 0;
    const timers: { at: number; task: () => void }[] = [];
    world = await openWorld({
      clock: {
        now: () => Date.now() + now,
        after(ms, task) {
          const timer = { at: Date.now() + now + ms, task };
          timers.push(timer);
          const cancel = systemClock.after(ms, task);
          return () => {
            cancel();
            timers.splice(timers.indexOf(timer), 1);
          };
        },
      },
      wrap: (adapter) => ({
        ...adapter,
        async download() {
          await ready.promise;
          return { name: 'a.txt', type: 'text/plain', bytes: new Uint8Array() };
        },
      }),
    });
    const file = { platform: 'plain', id: 'F', name: 'a.txt', type: 'text/plain', size: 1, token: 'a' };
    await world.host.accept(world.message('Read this', { files: [file] }));
    await vi.waitFor(() => expect(world.plain.states).toEqual(['thinking…']));
    now += 11_000;
    for (const timer of [...timers]) if (timer.at <= Date.now() + now) timer.task();
    await vi.waitFor(() => expect(world.last()?.part.status).toBe('Still working on it…'));
    expect(world.buttons()).toEqual(['Stop']);
    ready.resolve();
    await answered();
    await vi.waitFor(() => expect(world.plain.states.at(-1)).toBeNull());
  });
});

describe('a model chosen in a channel, outside of any thread', () => {
  it('answers the questions asked there from then on', async () => {
    world = await openWorld();
    const listed = JSON.stringify(await world.host.accept(world.command('model', '', { place: CHANNEL })));
    const wanted = [...listed.matchAll(/- `([^`]+)`/g)][1]?.[1] ?? '';
    expect(await world.host.accept(world.command('model', wanted, { place: CHANNEL }))).toMatchObject({
      body: { markdown: expect.stringContaining('in this channel') },
    });
    await world.host.accept(
      world.message('Who are you?', { place: CHANNEL, conversation: { ...CHANNEL, thread: 'thread-of-Q1' } }),
    );
    await answered();
    expect(world.openWebUI.asked[0]?.model).toBe(wanted);
  });
});

describe('a title', () => {
  it('given by a person before there is a chat is the chat’s title too', async () => {
    const ready = Promise.withResolvers<void>();
    world = await openWorld({
      wrap: (adapter) => ({
        ...adapter,
        async download() {
          await ready.promise;
          return { name: 'a.txt', type: 'text/plain', bytes: new Uint8Array() };
        },
      }),
    });
    const file = { platform: 'plain', id: 'F', name: 'a.txt', type: 'text/plain', size: 1, token: 'a' };
    await world.host.accept(world.message('Read this', { files: [file] }));
    await vi.waitFor(() => expect(world.plain.states).toEqual(['thinking…']));
    await world.host.accept({ type: 'renamed', key: 'r1', place: THREAD, title: 'My reading' });
    ready.resolve();
    await answered();
    expect(world.openWebUI.chats()[0]?.title).toBe('My reading');
  });

  it('typed as a command is answered at once, however slow the platform is to show it', async () => {
    world = await openWorld({ wrap: (adapter) => ({ ...adapter, title: () => new Promise(() => undefined) }) });
    await world.host.accept(world.message('Hi'));
    await answered();
    expect(await world.host.accept(world.command('title', 'Bread'))).toMatchObject({
      body: { markdown: expect.stringContaining('“Bread”') },
    });
    await vi.waitFor(() => expect(world.openWebUI.chats()[0]?.title).toBe('Bread'));
  });

  it('from the model reaches Open WebUI although it was down in that moment', async () => {
    world = await openWorld({ titles: true });
    const rename = { method: 'POST', path: /^\/api\/v1\/chats\/(?!new)[^/]+$/ };
    world.openWebUI.nextTask('title', () => {
      world.openWebUI.fault(rename, { status: 503, body: 'down' });
      return '{"title":"Baking"}';
    });
    await world.host.accept(world.message('Bread?'));
    await answered();
    await vi.waitFor(() => expect(world.openWebUI.chats()[0]?.title).toBe('Baking'), { timeout: 8_000 });
  });
});

describe('Open WebUI that is down when Parley starts', () => {
  it('does not keep it from starting, and is asked as soon as it is back', async () => {
    const openWebUI = await startScriptedOpenWebUI();
    await openWebUI.down();
    world = await openWorld({ openWebUI });
    expect(await world.parley.unready()).toMatchObject({ store: null });
    await openWebUI.up();
    openWebUI.next(says('Good morning.'));
    await world.host.accept(world.message('Hello?'));
    await answered();
    expect(world.plain.standing()).toEqual(['Good morning.']);
    await openWebUI.close();
  });
});

describe('a connection', () => {
  it('whose commands could not be published still counts as connected', async () => {
    world = await openWorld({
      wrap: (adapter) => ({ ...adapter, publish: () => Promise.reject(new Error('later')) }),
    });
    expect((await world.parley.unready()).plain ?? null).toBeNull();
    expect(world.logged.join('')).toContain('commands');
  });
});
