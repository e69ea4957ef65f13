import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Clock, systemClock } from '../../src/chat/clock.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { lastingVault, link } from '../flow/linked.ts';
import { openWorld } from '../flow/world.ts';
import { says } from '../servers/openwebui/script.ts';
import { type ScriptedOpenWebUI, startScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import { createPlain } from '../servers/plain.ts';
import { mortal, TABLES } from './mortal.ts';

/** A minute later than it is: a clock by which every lease of the first process has ended. */
const later: Clock = { now: () => systemClock.now() + 60_000, after: systemClock.after };

let openWebUI: ScriptedOpenWebUI;
beforeAll(async () => {
  openWebUI = await startScriptedOpenWebUI();
});
afterAll(() => openWebUI.close());

/** A question waits for Ann's link; the process dies at a step of what she links it with, and another starts. */
async function crash(dieAt: number, done: boolean) {
  const vault = lastingVault();
  const store = openSqlite(':memory:', { vault });
  const plain = createPlain({ clock: systemClock });
  const calm = await openWorld({ store, vault, openWebUI, plain, unlinked: 'require' });
  const question = calm.message('What is the answer?', { id: 'Q' });
  await calm.host.accept(question);
  await calm.close();
  const asked = openWebUI.asked.length;
  openWebUI.next(() => says('Forty-two.'));
  const life = mortal(dieAt, done);
  // It answers nothing: what it is about ends with the question in the queue.
  const idle = { ...store, jobs: { ...store.jobs, claim: async () => null } };
  const first = await openWorld({ store: life.wrap(idle, TABLES), vault, openWebUI, plain, unlinked: 'require' });
  const before = life.steps();
  const linked = link(first, 'Ann').then(() => true);
  linked.catch(() => undefined);
  const lived = await Promise.race([life.death.then(() => false), linked]);
  const steps = life.steps();
  const stopped = first.parley.stop(0).catch(() => undefined);
  if (lived) await Promise.race([stopped, life.death]);
  const second = await openWorld({ store, vault, openWebUI, plain, unlinked: 'require', clock: later });
  const isLinked = (await store.links.list('openwebui')).length > 0;
  // Whoever was told nothing tries again, where the link is not there.
  if (!isLinked) await link(second, 'Ann');
  await vi.waitFor(async () => expect((await store.jobs.byKey(question.key))?.state).toBe('done'));
  const waits = await store.forms.list('waiting question', 0);
  await second.close();
  await store.close();
  return { before, steps, lived, standing: plain.standing(), waits, asked: openWebUI.asked.length - asked };
}

describe('a question that waits for a link', () => {
  it.each([true, false])(
    'is asked once, wherever the process dies while it is linked (step done: %s)',
    async (done) => {
      const { before, steps, lived } = await crash(Number.POSITIVE_INFINITY, done);
      expect(lived).toBe(true);
      expect(steps - before).toBeGreaterThan(6);
      for (let dieAt = before + 1; dieAt <= steps; dieAt += 1)
        expect({ dieAt, ...(await crash(dieAt, done)) }).toMatchObject({
          dieAt,
          standing: ['Forty-two.'],
          waits: [],
          asked: 1,
        });
    },
    600_000,
  );
});
