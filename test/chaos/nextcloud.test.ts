import type { Dispatcher } from 'undici';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/chat/clock.ts';
import type { CommandEvent } from '../../src/chat/events.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { lastingVault } from '../flow/linked.ts';
import { type CloudWorld, openCloudWorld } from '../flow/nextcloud-world.ts';
import { CHANNEL } from '../flow/world.ts';
import { quickClock } from '../quick-clock.ts';
import { type FaultyNextcloud, startFaultyNextcloud } from '../servers/nextcloud/server.ts';
import { type ScriptedOpenWebUI, startScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import { createPlain } from '../servers/plain.ts';
import { mortal, TABLES } from './mortal.ts';

let openWebUI: ScriptedOpenWebUI;
let cloud: FaultyNextcloud;
beforeAll(async () => {
  openWebUI = await startScriptedOpenWebUI();
  cloud = await startFaultyNextcloud({ held: false, pace: 'instant', settings: { rateLimit: 10_000 } });
});
afterAll(async () => {
  await openWebUI.close();
  await cloud.close();
});

/** Deaths that are tried at the same time: each has a store and a platform of its own. */
const TOGETHER = 8;

interface Scene {
  event(world: CloudWorld): CommandEvent;
  /** Texts and files that must stand in the end. */
  readonly standing: readonly RegExp[];
  readonly files: number;
  /** Tasks that Nextcloud has been given. */
  readonly tasks: number;
}

const SCENES: Record<string, Scene> = {
  'a summary': {
    event: (world) => world.command('nextcloud', 'summarize Once only.', { place: CHANNEL, key: 'the-command' }),
    standing: [/^Ann ran Nextcloud: summarize/, /^Once only\.$/],
    files: 0,
    tasks: 1,
  },
  'an image': {
    event: (world) => world.command('nextcloud', 'image A cat', { place: CHANNEL, key: 'the-command' }),
    standing: [/^Ann ran Nextcloud: image/, /^The image stands below\.$/],
    files: 1,
    tasks: 1,
  },
  'a recording': {
    event: (world) =>
      world.command('nextcloud', 'transcribe', {
        place: CHANNEL,
        key: 'the-command',
        files: [world.file('v.ogg', 'audio/ogg')],
      }),
    standing: [/^Ann ran Nextcloud: transcribe/, /./],
    files: 0,
    tasks: 1,
  },
};

/** The agent of a process: each call to Nextcloud is a step, too. */
function mortalAgent(agent: Dispatcher, life: ReturnType<typeof mortal>): Dispatcher {
  return new Proxy(agent, {
    get(target, name) {
      if (name !== 'dispatch') return Reflect.get(target, name, target);
      const dispatch: Dispatcher['dispatch'] = (options, handler) => {
        void life.step('call', async () => target.dispatch(options, handler));
        return true;
      };
      return dispatch;
    },
  });
}

/** Waits until all is done, or nobody wants to know any more. */
async function settled(store: Store, givenUp = () => false): Promise<void> {
  await vi.waitFor(
    async () => {
      if (givenUp()) return;
      const job = await store.jobs.byKey('the-command');
      const tidy = job && (await store.jobs.byKey(`tidy:${job.id}`));
      expect({ job: job?.state, tidy: tidy?.state ?? 'done' }).toEqual({ job: 'done', tidy: 'done' });
    },
    { timeout: 10_000, interval: 10 },
  );
}

/** Plays a scene, lets the process die at a step, starts another on what is left, and gives what then stands. */
async function crash(scene: Scene, dieAt: number, done: boolean) {
  const vault = lastingVault();
  const store = openSqlite(':memory:', { vault });
  const plain = createPlain({ clock: systemClock });
  const life = mortal(dieAt, done);
  const shared = { cloud, openWebUI, plain, vault };
  const first = await openCloudWorld({
    ...shared,
    store: life.wrap(store, TABLES),
    clock: quickClock(),
    wrap: (adapter) => life.wrap(adapter),
    agent: (agent) => mortalAgent(agent, life),
  });
  const event = scene.event(first);
  const accepted = first.host.accept(event);
  let dead = false;
  const over = settled(store, () => dead);
  const ended = await Promise.race([life.death.then(() => 'died'), over.then(() => 'lived')]);
  first.parley.stop(0).catch(() => undefined);
  const steps = life.steps();
  if (ended === 'died') {
    dead = true;
    await over;
    const second = await openCloudWorld({ ...shared, store, files: first.files, clock: quickClock(120_000) });
    // An event that was not acknowledged comes again.
    await Promise.race([accepted, second.host.accept(event)]);
    await settled(store);
    await second.close();
  }
  const job = await store.jobs.byKey('the-command');
  await store.close();
  return {
    ended,
    steps,
    last: life.last(),
    standing: plain.standing(),
    files: plain.files.length,
    tasks: cloud.world.book.all().filter((task) => task.customId === job?.id).length,
  };
}

describe('a process that dies while Nextcloud works', () => {
  it.each(Object.entries(SCENES))(
    '%s: the task is scheduled once and its result stands once, wherever it dies',
    async (_name, scene) => {
      const wanted = {
        standing: scene.standing.map((text) => expect.stringMatching(text)),
        files: scene.files,
        tasks: scene.tasks,
      };
      const calm = await crash(scene, Number.POSITIVE_INFINITY, true);
      expect(calm).toMatchObject({ ended: 'lived', ...wanted });
      expect(calm.steps).toBeGreaterThan(15);
      // What is durable when a step was done is mostly the same as when the next was not, but for calls whose answer is lost.
      const deaths = Array.from({ length: calm.steps * 2 }, (_, index) => ({
        dieAt: Math.floor(index / 2) + 1,
        done: index % 2 === 1,
      }));
      for (let from = 0; from < deaths.length; from += TOGETHER) {
        const some = deaths.slice(from, from + TOGETHER);
        const results = await Promise.all(some.map(({ dieAt, done }) => crash(scene, dieAt, done)));
        for (const [index, result] of results.entries())
          expect({ ...some[index], ...result }).toMatchObject({ ...some[index], ...wanted });
      }
      // What was put there for a task is taken away again, once for each.
      expect(cloud.world.files.inside('alice', 'Parley')).toEqual([]);
    },
    600_000,
  );
});
