import { describe, expect, test } from 'vitest';
import { API_KEPT_MS, apiOf } from '../../src/nextcloud/api.ts';
import { taskTypes } from '../../src/nextcloud/task-types.ts';
import { schedule } from '../../src/nextcloud/tasks.ts';
import { createTestClock } from '../clock.ts';
import { exchangeOf } from './transcript.ts';
import { early, failureOf, type Given, noRoute, ok, over, type Seen } from './wire.ts';

const older = ok({ types: [{ id: 'OCP\\TextProcessing\\SummaryTaskType', name: 'Summarize', description: '' }] });
const newer = ok({ types: {} });
const real27 = exchangeOf('textprocessing-v27', "the NEW API's task types");

/** A server that has these APIs, and the version to tell. */
function server(has: { now: readonly string[] }, major = 26): (seen: Seen) => Given | undefined {
  return ({ path }) => {
    if (path.includes('/capabilities')) return ok({ version: { major, minor: 0, micro: 1 }, capabilities: [] });
    if (path.includes('/taskprocessing/tasktypes') && has.now.includes('new')) return newer;
    if (path.includes('/textprocessing/tasktypes') && has.now.includes('old')) return older;
    if (path.includes('/schedule') && has.now.includes(path.includes('/taskprocessing/') ? 'new' : 'old')) {
      const input = path.includes('/taskprocessing/') ? { input: 'x' } : 'x';
      return ok({ task: { id: 5, type: 't', status: 1, userId: 'bob', appId: 'parley', input } });
    }
    return undefined;
  };
}

describe('which API', () => {
  test('is the newer one where it is there', async () => {
    await over(server({ now: ['new', 'old'] }), async (nc) => {
      expect(await apiOf(nc)).toBe('taskprocessing');
    });
  });

  test('is the older one where only that is there', async () => {
    await over(server({ now: ['old'] }), async (nc) => {
      expect(await apiOf(nc)).toBe('textprocessing');
    });
  });

  test('is the older one on the real 27.1.3, which says 404 where others say 998', async () => {
    await over(
      ({ path }) => {
        if (path.includes('/taskprocessing/')) return { status: 404, headers: real27.headers, body: real27.body };
        return path.includes('/textprocessing/') ? older : undefined;
      },
      async (nc) => {
        expect(await apiOf(nc)).toBe('textprocessing');
      },
    );
  });

  test('is none before 27.1, and the person hears why', async () => {
    await over(server({ now: [] }, 27), async (nc) => {
      const { reason, problem } = await failureOf(apiOf(nc));
      expect(reason).toBe('too-old');
      expect(problem).toMatchObject({ kind: 'missing', say: expect.stringContaining('27.1') });
    });
  });

  test('is none on a newer server that has lost both', async () => {
    await over(server({ now: [] }, 40), async (nc) => {
      expect((await failureOf(apiOf(nc))).reason).toBe('no-api');
    });
  });

  test('is not guessed while the server is in maintenance', async () => {
    await over(
      ({ path }) => (path.includes('/tasktypes') ? early(503, 503, 'Service unavailable') : undefined),
      async (nc) => {
        expect((await failureOf(apiOf(nc))).reason).toBe('maintenance');
        expect(nc.learnt.api).toBeNull();
      },
    );
  });

  test('is asked once, until its time is over', async () => {
    const clock = createTestClock();
    await over(
      server({ now: ['new'] }),
      async (nc, wire) => {
        await apiOf(nc);
        await apiOf(nc);
        await clock.advance(API_KEPT_MS - 1);
        await apiOf(nc);
        expect(wire.asked()).toHaveLength(1);
        await clock.advance(1);
        await apiOf(nc);
        expect(wire.asked()).toHaveLength(2);
      },
      { clock },
    );
  });

  test('changes with an upgrade from 29 to 30, by itself', async () => {
    const clock = createTestClock();
    const has = { now: ['old'] };
    await over(
      server(has),
      async (nc) => {
        expect(await apiOf(nc)).toBe('textprocessing');
        has.now = ['old', 'new'];
        await clock.advance(API_KEPT_MS);
        expect(await apiOf(nc)).toBe('taskprocessing');
      },
      { clock },
    );
  });

  test('changes at once when a call finds its API gone, and the call is made on the other', async () => {
    const has = { now: ['new'] };
    await over(server(has), async (nc, wire) => {
      await apiOf(nc);
      has.now = ['old'];
      const task = await schedule(nc, { type: 't', input: { input: 'x' }, key: 'k' });
      expect(task).toMatchObject({ api: 'textprocessing', id: 5 });
      expect(wire.seen.filter((one) => one.method === 'POST').map((one) => one.path)).toEqual([
        '/ocs/v2.php/taskprocessing/schedule?format=json',
        '/ocs/v2.php/textprocessing/schedule?format=json',
      ]);
    });
  });

  test('stays when only one call is not there: nothing is repeated for ever', async () => {
    let asked = 0;
    await over(
      ({ path }) => {
        if (!path.includes('/taskprocessing/tasktypes')) return undefined;
        asked += 1;
        return asked % 2 === 1 ? newer : noRoute;
      },
      async (nc) => {
        expect((await failureOf(taskTypes(nc))).reason).toBe('no-route');
        expect(asked).toBe(3);
      },
    );
  });
});
