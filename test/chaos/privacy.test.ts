import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Clock, systemClock } from '../../src/chat/clock.ts';
import type { ChatEvent, MessageEvent } from '../../src/chat/events.ts';
import { demoModel } from '../../src/demo/openwebui/answers/demo-model.ts';
import type { Ask } from '../../src/demo/openwebui/model.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createVault } from '../../src/store/vault.ts';
import { openWorld, type World } from '../flow/world.ts';
import { says } from '../servers/openwebui/script.ts';
import { type ScriptedOpenWebUI, startScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import { createPlain } from '../servers/plain.ts';
import { mortal, TABLES } from './mortal.ts';

// A process that dies while a question is taken back or edited: what must go is gone in the end, what must stand stands once.

/** A clock by which every lease of the first process has ended, and every wait. */
const later: Clock = { now: () => systemClock.now() + 60_000, after: systemClock.after };
const OFFER = 'Answer the edited question';
const soon = { timeout: 5_000, interval: 5 };

let openWebUI: ScriptedOpenWebUI;
beforeAll(async () => {
  const demo = demoModel({ seed: 1, pace: 'instant' });
  const answer = ({ messages }: Ask) =>
    says(messages.at(-1)?.text.includes('tide') ? 'About tides.' : 'About something.');
  openWebUI = await startScriptedOpenWebUI({ model: { ...demo, answer } });
});
afterAll(() => openWebUI.close());

async function settled(store: Store, key: string): Promise<void> {
  await vi.waitFor(async () => {
    const job = await store.jobs.byKey(key);
    expect((await store.jobs.byKey(`after:${job?.id}`))?.state).toBe('done');
  }, soon);
}

/** What happens to an answered question, and what must come of it, told by whether it is so already. */
interface Scene {
  act(world: World, question: MessageEvent): Promise<unknown>;
  /** The events that a platform tells once more when they were not acknowledged. */
  again(question: MessageEvent): readonly ChatEvent[];
  /** Brings it to its end, by the second process. */
  end(world: World, question: MessageEvent): Promise<void>;
  readonly standing: readonly string[];
}

const deleted = ({ key, message }: MessageEvent): ChatEvent => ({
  type: 'deleted',
  key: `deleted:${key}`,
  ref: message.ref,
});
const edited = ({ key, message }: MessageEvent): ChatEvent => ({
  type: 'edited',
  key: `${key}:1`,
  message: { ...message, text: 'What is a tide?' },
});

const SCENES: Record<string, Scene> = {
  'a question that is deleted': {
    act: (world, question) => world.host.accept(deleted(question)),
    again: (question) => [deleted(question)],
    end: (world, { key }) =>
      vi.waitFor(async () => expect((await world.store.jobs.byKey(`withdraw:${key}`))?.state).toBe('done'), soon),
    standing: [],
  },
  'a question that is edited and answered anew': {
    async act(world, question) {
      await world.host.accept(edited(question));
      await vi.waitFor(() => expect(world.buttons()).toContain(OFFER), soon);
      await world.press(OFFER);
    },
    again: (question) => [edited(question)],
    async end(world, { key }) {
      const first = await world.store.jobs.byKey(key);
      const pressed = () => world.store.jobs.byKey(`edited:${first?.id}`);
      if (!(await pressed())) {
        await vi.waitFor(() => expect(world.buttons()).toContain(OFFER), soon);
        await world.press(OFFER);
      }
      await vi.waitFor(async () => expect((await pressed())?.state).toBe('done'), soon);
    },
    standing: ['About tides.'],
  },
};

async function crash(scene: Scene, dieAt: number): Promise<{ steps: number; lived: boolean; standing: string[] }> {
  const store = openSqlite(':memory:', { vault: createVault(null) });
  const plain = createPlain({ clock: systemClock });
  const calm = await openWorld({ store, openWebUI, plain });
  const question = calm.message('What is it?', { id: 'Q' });
  await calm.host.accept(question);
  await settled(store, question.key);
  await calm.close();
  const life = mortal(dieAt, true);
  const first = await openWorld({
    ...{ openWebUI, plain, store: life.wrap(store, TABLES) },
    wrap: (adapter) => life.wrap(adapter),
  });
  const acted = scene.act(first, question).then(() => scene.end({ ...first, store }, question));
  acted.catch(() => undefined);
  const lived = await Promise.race([life.death.then(() => false), acted.then(() => true)]);
  const steps = life.steps();
  first.parley.stop(0).catch(() => undefined);
  if (!lived) {
    const second = await openWorld({ store, openWebUI, plain, clock: later });
    for (const event of scene.again(question)) await second.host.accept(event);
    await scene.end(second, question);
    await second.close();
  }
  await store.close();
  return { steps, lived, standing: plain.standing() };
}

describe('a process that dies with', () => {
  it.each(Object.entries(SCENES))(
    '%s leaves what it was to leave, wherever it dies',
    async (_name, scene) => {
      const calm = await crash(scene, Number.POSITIVE_INFINITY);
      expect(calm).toMatchObject({ lived: true, standing: scene.standing });
      expect(calm.steps).toBeGreaterThan(8);
      for (let dieAt = 1; dieAt <= calm.steps; dieAt++)
        expect({ dieAt, ...(await crash(scene, dieAt)) }).toMatchObject({ dieAt, standing: scene.standing });
    },
    600_000,
  );
});
