import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCheckpoints } from '../../src/store/checkpoints.ts';
import type { Job, Store } from '../../src/store/port.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createVault } from '../../src/store/vault.ts';

let store: Store;
let job: Job;
beforeEach(async () => {
  store = openSqlite(':memory:', { vault: createVault(null) });
  const times = { notBefore: 0, expiresAt: 1_000_000 };
  await store.jobs.accept({ key: 'k', lane: 'task', conversation: null, kind: 'task', payload: '{}', ...times }, 1);
  const claimed = await store.jobs.claim('task', 2, 1_000);
  if (!claimed) throw new Error('nothing was claimed');
  job = claimed;
});
afterEach(() => store.close());

function runner(jobs: Parameters<typeof createCheckpoints>[0] = store.jobs) {
  const heard: unknown[] = [];
  const hears = { lost: () => heard.push('lost'), failed: (error: unknown) => heard.push(error) };
  return { heard, checkpoints: createCheckpoints(jobs, job, hears) };
}

describe('what a runner leaves of its job', () => {
  it('is the last state, as it was when it was left', async () => {
    const { checkpoints, heard } = runner();
    const state = { step: 1 };
    checkpoints.leave(state);
    state.step = 2;
    await checkpoints.written();
    expect((await store.jobs.get(job.id))?.checkpoint).toBe('{"step":1}');
    for (let step = 3; step < 20; step += 1) checkpoints.leave({ step });
    await checkpoints.written();
    expect((await store.jobs.get(job.id))?.checkpoint).toBe('{"step":19}');
    expect(heard).toEqual([]);
  });

  it('is nothing once the job is another’s', async () => {
    const { checkpoints, heard } = runner();
    await store.jobs.claim('task', 5_000, 1_000);
    checkpoints.leave({ step: 1 });
    await checkpoints.giveBack(6_000);
    expect(heard).toEqual(['lost']);
    expect(await store.jobs.get(job.id)).toMatchObject({ state: 'running', checkpoint: null });
  });

  it('is told of where the store does not take it, and the next is tried all the same', async () => {
    const full = new Error('the disk is full');
    let failing = true;
    const { checkpoints, heard } = runner({
      ...store.jobs,
      checkpoint: async (lease, json) => {
        if (failing) throw full;
        return store.jobs.checkpoint(lease, json);
      },
    });
    checkpoints.leave({ step: 1 });
    await checkpoints.written();
    failing = false;
    checkpoints.leave({ step: 2 });
    await checkpoints.written();
    expect(heard).toEqual([full]);
    expect((await store.jobs.get(job.id))?.checkpoint).toBe('{"step":2}');
  });

  it('stands there before the job is given back, for whoever comes next', async () => {
    const { checkpoints } = runner();
    checkpoints.leave({ step: 1 });
    await checkpoints.giveBack(10);
    expect(await store.jobs.claim('task', 11, 1_000)).toMatchObject({ checkpoint: '{"step":1}', attempts: 2 });
  });
});
