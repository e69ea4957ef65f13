import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Message } from '../../src/chat/messages.ts';
import type { Place } from '../../src/chat/places.ts';
import { controlId } from '../../src/turn/control-id.ts';
import { person } from '../person.ts';
import { says } from '../servers/openwebui/script.ts';
import { lastingVault, link } from './linked.ts';
import { wordsIn } from './prompt-world.ts';
import { DIRECT, openWorld, THREAD, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

const SECRET = 'The merger is on Monday.';
const PRIVATE: Place = { ...THREAD, channel: 'G1', kind: 'private' };

async function open(given: Parameters<typeof openWorld>[0] = {}): Promise<void> {
  world = await openWorld({ vault: lastingVault(), ...given });
}

/** Asks and waits until nothing is left to be done; the job. */
async function ask(text: string, by: string, place: Place, words = 'Noted.'): Promise<string> {
  world.openWebUI.next(says(words));
  const event = world.message(text, { by, place, addressed: place.kind === 'direct' ? 'direct' : 'mention' });
  await world.host.accept(event);
  let id = '';
  await vi.waitFor(async () => {
    id = (await world.store.jobs.byKey(event.key))?.id ?? '';
    expect((await world.store.jobs.byKey(`after:${id}`))?.state).toBe('done');
  });
  return id;
}

const run = async (name: string, place: Place, by = 'Ann') =>
  wordsIn(await world.host.accept(world.command(name, '', { author: person(by), place })));

describe('direct messages', () => {
  /** Only what stands in the place that is read. */
  const histories = new Map<string, Message[]>();
  const reads: string[] = [];

  async function openWithHistory(): Promise<void> {
    histories.clear();
    reads.length = 0;
    await open({
      titles: true,
      followUps: true,
      wrap: (adapter) => ({
        ...adapter,
        history: async (place) => {
          reads.push(place.channel);
          return histories.get(place.channel) ?? [];
        },
      }),
    });
  }

  it('never inform a channel: not what is asked there, its title, its summary, its prompts, nor what others are told', async () => {
    await openWithHistory();
    const ref = { place: DIRECT, id: 'd1' };
    const said = { author: person('Ann'), files: [], at: 1, ours: false };
    histories.set('D1', [{ ...said, ref, text: SECRET }]);
    histories.set('C1', [{ ...said, ref: { place: THREAD, id: 'c1' }, text: 'Good morning, everybody.' }]);
    await ask(SECRET, 'Ann', DIRECT, 'I will keep it: Monday.');
    // What follows the answer goes to its own chat, and is over before anybody asks in the channel.
    await vi.waitFor(() => expect(world.openWebUI.chats().map((chat) => chat.title)).toEqual(['Merger is on Monday']));
    const before = world.openWebUI.requests.length;
    await ask('What do you know?', 'Ann', THREAD);
    await ask('And what did Ann tell you?', 'Ben', THREAD);
    world.openWebUI.next(says('A summary.'));
    await world.host.accept(world.command('summarise', '', { author: person('Ben'), place: THREAD }));
    await vi.waitFor(() => expect(world.plain.standing()).toContain('A summary.'));
    for (const name of ['status', 'help', 'model', 'whoami']) expect(await run(name, THREAD)).not.toContain('Monday');
    const channelOnly = world.openWebUI.requests.slice(before).map((one) => JSON.stringify(one.body ?? ''));
    expect(channelOnly.filter((body) => body.includes('Monday'))).toEqual([]);
    expect(reads).toContain('C1');
    expect(reads).not.toContain('D1');
  });

  it('and channels stand in chats of their own, also on the team’s account', async () => {
    await openWithHistory();
    await ask(SECRET, 'Ann', DIRECT);
    await ask('Hello?', 'Ann', THREAD);
    const chats = world.openWebUI.chats().map((chat) => JSON.stringify(chat));
    expect(chats).toHaveLength(2);
    expect(chats.filter((chat) => chat.includes('Monday'))).toHaveLength(1);
  });
});

describe('who can read this', () => {
  it.each([
    [DIRECT, 'only you read what I write'],
    [PRIVATE, 'everybody in this closed group'],
    [THREAD, 'everybody in the team'],
  ])('is said for the place it is asked in (%#)', async (place, words) => {
    await open();
    const said = await run('help', place);
    expect(said).toContain(words);
    expect(said).toContain('in the team’s account');
    expect(said).toContain('Admins of Open WebUI may be able to read');
    expect(said).toContain('30 days');
    const only = wordsIn(await world.host.accept(world.command('help', 'privacy', { place })));
    expect(said).toContain(only);
  });

  it('names whose account holds the chat', async () => {
    await open();
    await link(world, 'Ann');
    expect(await run('help', THREAD)).toContain('in your own account');
    await ask('Mine?', 'Ann', THREAD);
    expect(await run('help', THREAD)).toContain('in your own account');
    expect(await run('help', THREAD, 'Ben')).toContain('in the account of the person who began it');
  });
});

describe('a button’s id', () => {
  /** Presses what nobody was shown. */
  async function forge(control: string, by = 'Ben', place: Place = { ...THREAD, channel: 'C9' }) {
    const author = person(by);
    const { trigger } = world.command('x', '', { author, place });
    const on = { place, id: 'M1' };
    return world.host.accept({ type: 'button', key: trigger.id, trigger, author, place, control, value: null, on });
  }

  const actions = ['stop', 'retry', 'regenerate', 'share', 'edited', 'good', 'bad', 'still', 'drop'] as const;

  it.each(actions)('%s of a private conversation, stolen, does nothing and tells nothing of it', async (action) => {
    await open();
    const job = await ask(SECRET, 'Ann', DIRECT, 'I will keep it: Monday.');
    const asked = world.openWebUI.asked.length;
    const answer = await forge(controlId(action, job));
    expect(answer).toMatchObject({ do: 'say', private: true });
    expect(JSON.stringify(answer)).not.toContain('Monday');
    expect(world.openWebUI.asked).toHaveLength(asked);
    expect(world.plain.standing()).toEqual(['I will keep it: Monday.']);
  });

  it('of an answer for one person alone is of no use to an admin either', async () => {
    await open();
    world.openWebUI.next(says('I will keep it: Monday.'));
    const event = world.command('ask', SECRET, { options: { private: 'yes' } });
    await world.host.accept(event);
    await vi.waitFor(() => expect(world.buttons()).toContain('Share here'));
    const job = (await world.store.jobs.byKey(event.key))?.id ?? '';
    for (const action of ['regenerate', 'retry', 'share', 'edited', 'good'] as const)
      expect(JSON.stringify(await forge(controlId(action, job), 'admin', THREAD))).toContain('Only Ann');
    expect(world.openWebUI.asked).toHaveLength(1);
  });

  it('of a follow-up question, stolen from a private conversation, asks nothing elsewhere', async () => {
    await open({ followUps: true });
    const job = await ask(SECRET, 'Ann', DIRECT);
    const after = await world.store.jobs.byKey(`after:${job}`);
    const asked = world.openWebUI.asked.length;
    expect(JSON.stringify(await forge(controlId('follow', after?.id ?? '')))).toContain('another conversation');
    expect(world.openWebUI.asked).toHaveLength(asked);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', '-', 'x'.repeat(64)])(
    'that was made up (%s) is met with a kind word, whatever it is to do',
    async (id) => {
      await open();
      for (const action of [...actions, 'follow', 'fill', 'next', 'cancel', 'rerun', 'chain'] as const)
        expect(await forge(controlId(action, id))).toMatchObject({ do: 'say', private: true });
      for (const control of ['', '__proto__', '__proto__:x:0', 'stop', 'stop:', `stop:${id}:-1`, `stop:${id}:0:0`])
        expect(await forge(control)).toMatchObject({ do: 'say', private: true });
    },
  );

  it('that comes twice is acted on once', async () => {
    await open();
    const job = await ask('Hello?', 'Ann', THREAD);
    world.openWebUI.next(says('Again.'));
    const author = person('Ann');
    const { trigger } = world.command('x', '', { author });
    const on = { place: THREAD, id: 'M1' };
    const control = controlId('regenerate', job);
    const press = { type: 'button', key: 'click-1', trigger, author, place: THREAD, control, value: null, on } as const;
    await Promise.all([
      world.host.accept(press),
      world.host.accept(press),
      world.host.accept({ ...press, key: 'click-2' }),
    ]);
    await vi.waitFor(() => expect(world.plain.standing()).toEqual(['Again.']));
    expect(world.openWebUI.asked).toHaveLength(2);
  });
});

describe('names of JavaScript’s own', () => {
  it.each(['__proto__', 'constructor', 'toString'])(
    '%s may be a person, a channel, a message and a form',
    async (name) => {
      await open();
      const ref = { platform: 'plain', team: name, id: name };
      const author = { ...person(name), ref };
      const place: Place = { platform: 'plain', team: name, channel: name, thread: name, kind: 'public' };
      world.openWebUI.next(says('Hello to you.'));
      await world.host.accept({
        ...world.message('Hi!', { place, id: name }),
        message: { ...world.message('Hi!', { place, id: name }).message, author },
      });
      await vi.waitFor(() => expect(world.plain.standing()).toEqual(['Hello to you.']));
      const { trigger, key } = world.command('x', '', { author, place });
      const form = await world.host.accept({
        type: 'form',
        key,
        trigger,
        author,
        place,
        form: name,
        values: new Map([[name, name]]),
      });
      expect(form).toMatchObject({ do: 'say', private: true });
      expect(wordsIn(await world.host.accept(world.command('forget', '', { author, place })))).toContain(
        'Shall I forget you?',
      );
    },
  );
});
