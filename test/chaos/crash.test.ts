import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Clock, systemClock } from '../../src/chat/clock.ts';
import type { CommandEvent, MessageEvent } from '../../src/chat/events.ts';
import { demoModel } from '../../src/demo/openwebui/answers/demo-model.ts';
import type { Ask } from '../../src/demo/openwebui/model.ts';
import { branch, chatTree } from '../../src/openwebui/chat-tree.ts';
import type { Job, Store } from '../../src/store/port.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { lastingVault, link, newKeyFor } from '../flow/linked.ts';
import { CHANNEL, openWorld, type World } from '../flow/world.ts';
import { defectsOf } from '../openwebui/tree-defects.ts';
import { says } from '../servers/openwebui/script.ts';
import { type ScriptedOpenWebUI, startScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import { createPlain } from '../servers/plain.ts';
import { mortal, TABLES } from './mortal.ts';

/** A minute later than it is: a clock by which every lease of the first process has ended. */
const later: Clock = { now: () => systemClock.now() + 60_000, after: systemClock.after };

const ANSWER = 'The whole answer, from the first word to the last.';
const BEFORE = 'Before that, this.';

let openWebUI: ScriptedOpenWebUI;
beforeAll(async () => {
  const demo = demoModel({ seed: 1, pace: 'instant' });
  const answer = ({ messages }: Ask) =>
    says(messages.at(-1)?.text.includes('Before?') ? BEFORE : ANSWER, { units: 10, everyMs: 1 });
  openWebUI = await startScriptedOpenWebUI({ model: { ...demo, answer } });
});
afterAll(() => openWebUI.close());

/** What is asked of the process that dies, and what must stand in the end. */
interface Scene {
  /** A question was asked and answered before, by a process that lived. */
  readonly second?: boolean;
  readonly command?: boolean;
  /** The conversation is Ann's, whose key is dead; when all is over she links again. */
  readonly away?: boolean;
  event(world: World): MessageEvent | CommandEvent;
  readonly standing: readonly string[];
}

/** The job that answers an event: a question by command goes on in the line of its thread. */
async function answering(store: Store, key: string): Promise<Job | null> {
  const job = await store.jobs.byKey(key);
  return job && ((await store.jobs.byKey(`announced:${job.id}`)) ?? job);
}

async function settled(store: Store, key: string, died: () => string): Promise<void> {
  await vi.waitFor(
    async () => {
      const job = await answering(store, key);
      const after = job && (await store.jobs.byKey(`after:${job.id}`));
      expect({ died: died(), turn: job?.state, after: after?.state }).toMatchObject({ turn: 'done', after: 'done' });
    },
    { timeout: 5_000, interval: 10 },
  );
}

/** Plays a scene, lets the process die at a step, starts another on what is left, and gives what then stands. */
async function crash(scene: Scene, dieAt: number, done: boolean) {
  const vault = lastingVault();
  const store: Store = openSqlite(':memory:', { vault });
  const plain = createPlain({ clock: systemClock });
  const life = mortal(dieAt, done);
  const chatsBefore = new Set(openWebUI.chats().map((chat) => chat.id));
  if (scene.second) {
    const calm = await openWorld({ store, vault, openWebUI, plain });
    if (scene.away) await link(calm, 'Ann');
    const event = calm.message('Before?', { id: 'before' });
    await calm.host.accept(event);
    await settled(store, event.key, () => 'never');
    await calm.close();
    if (scene.away) newKeyFor(openWebUI, 'Ann');
  }
  const first = await openWorld({
    store: life.wrap(store, TABLES),
    vault,
    openWebUI,
    plain,
    wrap: (adapter) => life.wrap(adapter),
  });
  const event = scene.event(first);
  const accepted = first.host.accept(event);
  const over = settled(store, event.key, () => 'never');
  const ended = await Promise.race([life.death.then(() => 'died'), over.then(() => 'lived')]);
  first.parley.stop(0).catch(() => undefined);
  const steps = life.steps();
  if (ended === 'died') {
    over.catch(() => undefined);
    const second = await openWorld({ store, vault, openWebUI, plain, clock: later });
    // An event that was not acknowledged comes again.
    await Promise.race([accepted, second.host.accept(event)]);
    await settled(store, event.key, life.last);
    await second.close();
  }
  // One that was begun and forgotten would be among them.
  const mine = () => openWebUI.chats().filter((chat) => !chatsBefore.has(chat.id));
  if (scene.away) {
    const last = await openWorld({ store, vault, openWebUI, plain, clock: later });
    await link(last, 'Ann');
    await vi.waitFor(() => expect(JSON.stringify(mine()), life.last()).toContain(ANSWER));
    await last.close();
  }
  const chats = mine();
  await store.close();
  const trees = chats.map((chat) => chatTree.parse(chat.chat));
  return {
    ended,
    steps,
    standing: plain.standing(),
    chats: trees.map((tree) => ({ said: branch(tree).map((turn) => turn.text), defects: defectsOf(tree) })),
  };
}

const SCENES: Record<string, Scene> = {
  'the first question': { event: (world) => world.message('What is the answer?'), standing: [ANSWER] },
  'the next question': {
    second: true,
    event: (world) => world.message('What is the answer?'),
    standing: [BEFORE, ANSWER],
  },
  'a question in a conversation whose owner is away': {
    second: true,
    away: true,
    event: (world) => world.message('What is the answer?', { by: 'Ben' }),
    standing: [BEFORE, ANSWER],
  },
  'a question by command': {
    command: true,
    event: (world) => world.command('ask', 'What is the answer?', { place: CHANNEL }),
    standing: ['Ann asked: What is the answer?', ANSWER],
  },
};

describe('a process that dies while it answers', () => {
  it.each(Object.entries(SCENES))(
    '%s: it is left with one whole answer, wherever it dies',
    async (_name, scene) => {
      const calm = await crash(scene, Number.POSITIVE_INFINITY, true);
      expect(calm).toMatchObject({ ended: 'lived', standing: scene.standing, chats: [{ defects: [] }] });
      expect(calm.steps).toBeGreaterThan(15);
      for (let dieAt = 1; dieAt <= calm.steps; dieAt++) {
        // What is durable when a step was done is the same as when the next was not: both ways are tried once.
        for (const done of scene.second || scene.command ? [true] : [false, true]) {
          const { standing, chats } = await crash(scene, dieAt, done);
          expect({ dieAt, done, standing, chats }).toEqual({
            dieAt,
            done,
            standing: scene.standing,
            chats: calm.chats,
          });
        }
      }
    },
    300_000,
  );
});
