import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Clock, systemClock } from '../../src/chat/clock.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createVault } from '../../src/store/vault.ts';
import { openWorld } from '../flow/world.ts';
import { says } from '../servers/openwebui/script.ts';
import { type ScriptedOpenWebUI, startScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import { createPlain } from '../servers/plain.ts';

/** A minute later than it is: a clock by which every lease of the first process has ended. */
const later: Clock = { now: () => systemClock.now() + 60_000, after: systemClock.after };

const ANSWER = 'The whole answer, from the first word to the last.';

/**
 * A process that dies at its n-th step: the step is done or not, and from then on nothing of it moves any more. Steps are the
 * calls of the store and of the platform.
 */
function mortal(dieAt: number, done: boolean) {
  let steps = 0;
  let dead = false;
  let last = '';
  const death = Promise.withResolvers<void>();
  const never = new Promise<never>(() => undefined);

  async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
    if (dead) return never;
    steps += 1;
    last = name;
    if (steps !== dieAt) return work();
    dead = true;
    if (done) await work();
    death.resolve();
    return never;
  }

  /** Every method of the object becomes a step; objects in it are wrapped too. */
  function wrap<T extends object>(target: T, inside: readonly PropertyKey[] = []): T {
    return new Proxy(target, {
      get(object, name) {
        const value: unknown = Reflect.get(object, name);
        if (inside.includes(name) && typeof value === 'object' && value !== null) return wrap(value);
        if (typeof value !== 'function' || SYNCHRONOUS.has(name)) return value;
        return (...given: unknown[]) =>
          step(String(name), async () => {
            const result: unknown = await Reflect.apply(value, object, given);
            return isSurface(result) ? wrap(result) : result;
          });
      },
    });
  }
  return { wrap, death: death.promise, steps: () => steps, last: () => last };
}

const SYNCHRONOUS = new Set<PropertyKey>(['render', 'openScopes', 'scopes', 'name', 'limits', 'start', 'stop', 'then']);
const TABLES = ['jobs', 'conversations', 'settings', 'outbox', 'forms', 'links'];

function isSurface(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'put' in value;
}

let openWebUI: ScriptedOpenWebUI;
beforeAll(async () => {
  openWebUI = await startScriptedOpenWebUI();
});
afterAll(() => openWebUI.close());

/** Asks one question, lets the process die at a step, starts another on what is left, and gives what then stands. */
async function crash(dieAt: number, done: boolean) {
  const store: Store = openSqlite(':memory:', { vault: createVault(null) });
  const plain = createPlain({ clock: systemClock });
  const life = mortal(dieAt, done);
  const chatsBefore = new Set(openWebUI.chats().map((chat) => chat.id));
  const model = () => says(ANSWER, { units: 10, everyMs: 1 });
  openWebUI.next(model);
  openWebUI.next(model);
  const first = await openWorld({
    store: life.wrap(store, TABLES),
    openWebUI,
    plain,
    wrap: (adapter) => life.wrap(adapter),
  });
  const event = first.message('What is the answer?');
  const accepted = first.host.accept(event);
  const over = vi.waitFor(
    async () => {
      const job = await store.jobs.byKey(event.key);
      const after = job && (await store.jobs.byKey(`after:${job.id}`));
      expect(after?.state).toBe('done');
    },
    { timeout: 5_000, interval: 10 },
  );
  const ended = await Promise.race([life.death.then(() => 'died'), over.then(() => 'lived')]);
  first.parley.stop(0).catch(() => undefined);
  const steps = life.steps();
  if (ended === 'died') {
    over.catch(() => undefined);
    const second = await openWorld({ store, openWebUI, plain, clock: later });
    // An event that was not acknowledged comes again.
    await Promise.race([accepted, second.host.accept(event)]);
    await vi.waitFor(
      async () => {
        const job = await store.jobs.byKey(event.key);
        const after = job && (await store.jobs.byKey(`after:${job.id}`));
        expect({ died: life.last(), turn: job?.state, after: after?.state }).toMatchObject({
          turn: 'done',
          after: 'done',
        });
      },
      { timeout: 5_000, interval: 10 },
    );
    await second.close();
  }
  const chats = openWebUI.chats().filter((chat) => !chatsBefore.has(chat.id) && JSON.stringify(chat).includes(ANSWER));
  await store.close();
  return { ended, steps, standing: plain.standing(), chats };
}

describe('a process that dies while it answers', () => {
  it('leaves every question with one whole answer, wherever it dies', async () => {
    const calm = await crash(Number.POSITIVE_INFINITY, true);
    expect(calm).toMatchObject({ ended: 'lived', standing: [ANSWER] });
    expect(calm.steps).toBeGreaterThan(15);
    for (let dieAt = 1; dieAt <= calm.steps; dieAt++) {
      for (const done of [false, true]) {
        const result = await crash(dieAt, done);
        expect({ dieAt, done, standing: result.standing }).toEqual({ dieAt, done, standing: [ANSWER] });
        expect({ dieAt, done, chats: result.chats.length }).toEqual({ dieAt, done, chats: 1 });
      }
    }
  }, 120_000);
});
