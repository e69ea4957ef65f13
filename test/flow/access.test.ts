import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Adapter, Answer } from '../../src/chat/adapter.ts';
import type { Person } from '../../src/chat/messages.ts';
import { type Place, placeKey } from '../../src/chat/places.ts';
import { createNextButtons } from '../../src/inbox/next-buttons.ts';
import type { Store } from '../../src/store/port.ts';
import { readControlId } from '../../src/turn/control-id.ts';
import { person } from '../person.ts';
import { says } from '../servers/openwebui/script.ts';
import { type Entry, type Fate, type Left, RULES, WHAT, WHERE, WHO } from './access-cells.ts';
import { openWorld, type World } from './world.ts';

// Who × where × what. A first Parley lets everybody in, so that there is something to press; a second one, on what it left, has the rules.

const REFUSED = /I do not answer|I only answer members|I am not open to you|I do not take direct/;

let before: World;
let world: World;
const left = new Map<string, Left>();
/** Writes that something coming in could have caused. */
const writes: string[] = [];

const nameOf = (who: Person, place: Place) => `${who.name} ${JSON.stringify(place)}`;
const around = (adapter: Adapter): Adapter => ({
  ...adapter,
  around: (place) => (place.channel === 'C-cat' ? ['K-no'] : []),
});

beforeAll(async () => {
  const open = { allow: [], deny: [], directMessages: true, guests: true, strangers: true };
  before = await openWorld({ access: open, followUps: true, wrap: around });
  for (const { person: who } of WHO) for (const { place } of WHERE) await leave(who, place(who));
  // All that follows the answers is over: else the second Parley would take it up, and write while nobody may.
  await vi.waitFor(async () => {
    const next = await Promise.all([before.store.jobs.nextAt('turn'), before.store.jobs.nextAt('after')]);
    expect(next).toEqual([null, null]);
  }, PATIENTLY);
  await before.parley.stop(0);
  world = await openWorld({
    access: RULES,
    store: watched(before.store),
    vault: before.vault,
    openWebUI: before.openWebUI,
    plain: before.plain,
    wrap: around,
  });
  await vi.waitFor(() =>
    expect(
      world.host.suggest({ command: 'ask', option: 'model', typed: '', author: person('Ann'), place: at('C1') }),
    ).not.toEqual([]),
  );
});
afterAll(async () => {
  await world.close();
  await before.close();
});

function at(channel: string): Place {
  return { platform: 'plain', team: 'T1', channel, thread: null, kind: 'public' };
}

/** A machine that runs other tests too takes its time. */
const PATIENTLY = { timeout: 10_000 };

/** An answer with its buttons, a form that is open, and buttons under words: all theirs. */
async function leave(given: Person, place: Place): Promise<void> {
  // Programs leave nothing: they try what is Ann's.
  const author = given.bot ? person('Ann') : given;
  const event = before.message('Bread?', { author, place, addressed: place.kind === 'direct' ? 'direct' : 'mention' });
  const conversation =
    place.thread === null && place.kind !== 'direct' ? { ...place, thread: event.message.ref.id } : place;
  const older = before.last();
  before.openWebUI.next(says('Bread needs time.'));
  before.openWebUI.nextTask('follow_up', '{"follow_ups":["Which flour?"]}');
  await before.host.accept({ ...event, conversation });
  const ids = await vi.waitFor(() => {
    const answer = before.last();
    const buttons = answer === older ? [] : (answer?.controls?.buttons ?? []);
    const follow = buttons.find((button) => button.label === 'Which flour?');
    const again = buttons.find((button) => button.label === 'Regenerate');
    if (!follow || !again) throw new Error('not yet');
    return { job: readControlId(again.id)?.job ?? '', after: readControlId(follow.id)?.job ?? '' };
  }, PATIENTLY);
  const asked = await before.host.accept(before.command('ask', '', { author, place }));
  if (asked.do !== 'form') throw new Error('no form');
  const next = createNextButtons(before.store.forms, { now: Date.now, after: () => () => undefined });
  const body = await next.under(
    { markdown: '', controls: null },
    [{ label: 'Help', style: 'plain', command: 'help', options: {} }],
    { author: author.ref, place, conversation },
  );
  const button = readControlId(body.controls?.buttons[0]?.id ?? '')?.job ?? '';
  left.set(nameOf(given, place), { ...ids, form: asked.form.id, next: button });
}

/** The store, with what is written into it noted. */
function watched(store: Store): Store {
  const noted = <Args extends readonly unknown[], Result>(name: string, act: (...args: Args) => Result) => {
    return (...args: Args): Result => {
      writes.push(name);
      return act(...args);
    };
  };
  const { jobs, forms, settings } = store;
  return {
    ...bound(store),
    jobs: {
      ...bound(jobs),
      accept: noted('accept', jobs.accept.bind(jobs)),
      cancel: noted('cancel', jobs.cancel.bind(jobs)),
    },
    forms: {
      ...bound(forms),
      put: noted('form', forms.put.bind(forms)),
      delete: noted('close', forms.delete.bind(forms)),
    },
    settings: {
      ...bound(settings),
      set: noted('set', settings.set.bind(settings)),
      delete: noted('unset', settings.delete.bind(settings)),
    },
  };
}

/** An object of its own with the methods of another, wherever those are kept. */
function bound<T extends object>(from: T): T {
  return Object.assign(Object.create(Object.getPrototypeOf(from)), from);
}

/** What came of it: words to one person are told beside the conversation or through the trigger, and no other way. */
async function fateOf(entry: Entry, who: Person, place: Place, expected: Fate, from: Place = place): Promise<Fate> {
  const { told } = world.plain;
  const before = told.length;
  const had = left.get(nameOf(who, from));
  if (!had) throw new Error('nothing was left');
  const answer: Answer = await entry.use(world, who, place, had);
  // Words beside the conversation are said in their own time: where they are to come, they are waited for.
  if (expected === 'words' && answer.do !== 'say') await vi.waitFor(() => expect(told.length).toBeGreaterThan(before));
  await vi.waitFor(() => expect(world.plain.calls.get('tell') ?? 0).toBe(told.length));
  const aside = told.slice(before);
  const said = [...aside.map((one) => one.body.markdown), ...(answer.do === 'say' ? [answer.body.markdown] : [])];
  const refusal = said.filter((words) => REFUSED.test(words));
  if (refusal.length === 0) return answer.do === 'none' && said.length === 0 ? 'nothing' : 'in';
  expect(said).toHaveLength(1);
  expect(answer.do === 'say' ? answer.private : aside[0]?.user.id).toBe(answer.do === 'say' ? true : who.ref.id);
  return 'words';
}

const cells = WHO.flatMap(
  ({ who, person: author, fate }) =>
    WHERE.flatMap(({ where, open, place }) =>
      WHAT.filter(({ only }) => !only || (only === 'direct') === (place(author).kind === 'direct')).map((entry) => {
        const isIn = fate === 'in' && open && (!author.bot || entry.forPrograms === true);
        const quiet = author.bot || entry.silent === true;
        const expected: Fate = isIn ? 'in' : quiet ? 'nothing' : 'words';
        return { title: `${who} in ${where}: ${entry.what}`, entry, author, place: place(author), expected };
      }),
    ),
  // An allowed program is heard by its messages alone; the platforms have no other way in for one.
).filter(({ author, entry }) => author.name !== 'Helper' || /mention|passing/.test(entry.what));

describe('somebody who may not', () => {
  const refused = cells.filter(({ expected }) => expected !== 'in');

  it.each(refused)('$title → $expected', async ({ entry, author, place, expected }) => {
    const asked = world.openWebUI.asked.length;
    writes.length = 0;
    expect(await fateOf(entry, author, place, expected)).toBe(expected);
    expect(writes).toEqual([]);
    expect(world.openWebUI.asked).toHaveLength(asked);
  });

  it('finds the home page closed, with the same words; a program finds none', async () => {
    for (const { person: author, fate } of WHO) {
      const place: Place = { ...at(`D-${author.name}`), kind: 'direct' };
      const answer = await world.host.accept({ type: 'home', key: `home ${author.name}`, author, place });
      const words = answer.do === 'say' ? answer.body.markdown : '';
      expect([author.name, REFUSED.test(words)]).toEqual([author.name, fate === 'words']);
      if (author.bot && fate === 'nothing') expect(answer).toEqual({ do: 'none' });
    }
  });
});

describe('what nobody in particular does', () => {
  it('is left alone where it is closed: no welcome, and no title is taken over', async () => {
    for (const { open, place } of WHERE) {
      const here = place(person('Ann'));
      const joined = await world.host.accept({
        type: 'joined',
        key: `joined ${placeKey(here)}`,
        place: here,
        by: null,
      });
      expect([placeKey(here), joined.do]).toEqual([placeKey(here), open ? 'say' : 'none']);
      if (here.thread === null) continue;
      await world.host.accept({
        type: 'renamed',
        key: `renamed ${placeKey(here)}`,
        place: here,
        title: 'Told on the platform',
      });
      const title = (await world.store.conversations.get(placeKey(here)))?.title;
      expect([placeKey(here), title === 'Told on the platform']).toEqual([placeKey(here), open]);
    }
  });
});

describe('what was begun where it is now closed', () => {
  const later = WHAT.filter(({ what }) => /retry|regenerate|follow|good|bad|fill|next|form/.test(what));
  const begun = WHERE.filter(({ open }) => !open).flatMap(({ where, place }) =>
    later.map((entry) => ({ title: `${entry.what} of ${where}`, entry, from: place(person('Ann')) })),
  );

  it.each(begun)('$title, used in private, is met with one sentence', async ({ entry, from }) => {
    writes.length = 0;
    const direct: Place = { ...at('D-Ann'), kind: 'direct' };
    expect(await fateOf(entry, person('Ann'), direct, 'words', from)).toBe('words');
    expect(writes).toEqual([]);
  });
});

describe('somebody who may', () => {
  const welcome = cells.filter(({ expected, entry }) => expected === 'in' && !/passing/.test(entry.what));

  it.each(welcome)('$title', async ({ entry, author, place }) => {
    expect(await fateOf(entry, author, place, 'in')).not.toBe('words');
  });
});
