import { afterEach, describe, expect, it, vi } from 'vitest';
import { Secret } from '../../src/chat/secret.ts';
import { quickClock } from '../quick-clock.ts';
import type { Fault } from '../servers/faulty.ts';
import { startFaultyNextcloud } from '../servers/nextcloud/server.ts';
import { type CloudWorld, openCloudWorld } from './nextcloud-world.ts';
import { pressIn, wordsIn } from './prompt-world.ts';

// Every bad answer of our reference (nextcloud 2 to 5) in each place of a task's life: one clear sentence, and nothing lost.

const quickly: typeof openCloudWorld = (given = {}) => openCloudWorld({ clock: quickClock(), ...given });

let world: CloudWorld;
afterEach(() => world?.close());

const soon = { timeout: 10_000, interval: 20 };
const instant = { server: { held: false, pace: 'instant' } } as const;
const run = (line: string) => world.host.accept(world.command('nextcloud', line));
const shown = (text: RegExp) => vi.waitFor(() => expect(world.results().join('\n')).toMatch(text), soon);
const schedule = /taskprocessing\/schedule$/;
const ocs = (statuscode: number, meta: string, message?: string) => ({
  ocs: { meta: { status: 'failure', statuscode, message: meta }, data: message === undefined ? [] : { message } },
});

const LOCKED = '429 of the brute-force guard';

/** What the server answers to `schedule`, and what the person reads. */
const REFUSED: Record<string, readonly [Fault, RegExp]> = {
  '412, the type is switched off': [
    { status: 412, body: ocs(412, '', 'The given provider is not available') },
    /does not offer this kind of task/,
  ],
  '400 with a reason': [
    { status: 400, body: ocs(400, '', 'Failed to validate input key "input": Wrong value') },
    /did not accept what was put in/,
  ],
  '400, too long': [
    { status: 400, body: ocs(400, '', 'Failed to validate input key "input": Text is too long') },
    /longer than Nextcloud takes/,
  ],
  '400 with an empty body': [{ status: 400, body: null }, /did not accept this request/],
  '401 with a message, which is a file': [
    { status: 401, body: ocs(401, '', 'User does not have access to the files') },
    /may not read the file/,
  ],
  '400 as a web page: an untrusted domain': [
    { status: 400, body: '<html>Access through untrusted domain</html>' },
    /trusted domains/,
  ],
  '405 with an empty body': [{ status: 405, body: null }, /cannot do that/],
  '404 of a route that is not there': [{ status: 404, body: ocs(998, 'Invalid query') }, /cannot do that/],
  '412 as a bare message': [{ status: 412, body: { message: 'CSRF check failed' } }, /drops a header/],
  '200 as a web page': [{ status: 200, body: '<html>Welcome</html>' }, /something else than Nextcloud/],
  [LOCKED]: [{ status: 429, body: ocs(429, 'Reached maximum delay') }, /locked me out/],
};

describe('a task that Nextcloud refuses', () => {
  it.each(Object.entries(REFUSED))(
    '%s: is said in one sentence, with Retry where that helps',
    async (name, [fault, words]) => {
      world = await quickly(instant);
      world.cloud.fault({ path: schedule }, fault, 10);
      await run('summarize Hello.');
      await shown(words);
      expect(world.plain.messages.at(-1)?.text).not.toMatch(/4\d\d|ocs|http/i);
      // Of these only a lock passes by itself.
      expect(world.buttons()).toEqual(name === LOCKED ? ['Retry'] : []);
    },
  );
});

/** What passes by itself. */
const PASSES: Record<string, Fault> = {
  '500': { status: 500, body: ocs(996, 'Internal Server Error') },
  '503 of maintenance': { status: 503, body: ocs(503, 'Service unavailable') },
  '502 of a proxy': { status: 502, body: '<html>Bad gateway</html>' },
  '503 in XML': { status: 503, body: '<?xml version="1.0"?><ocs><meta><statuscode>503</statuscode></meta></ocs>' },
  'a broken connection': { reset: true },
  'an answer that is lost': { lost: true },
};

describe('what passes by itself', () => {
  it.each(Object.entries(PASSES))('%s when it is scheduled: it is done once', async (_name, fault) => {
    world = await quickly(instant);
    world.cloud.fault({ path: schedule }, fault, 1);
    await run('summarize Hello.');
    await shown(/Hello/);
    expect(world.cloud.world.book.all()).toHaveLength(1);
    expect(world.results()).toHaveLength(1);
  });

  it.each(Object.entries(PASSES))('%s while it runs: it is waited for', async (_name, fault) => {
    world = await quickly();
    world.cloud.fault({ path: /taskprocessing\/task\/\d+$/ }, fault, 2);
    await run('summarize Hello.');
    await vi.waitFor(() => expect(world.cloud.newest()).toBeGreaterThan(0), soon);
    world.cloud.work();
    await shown(/Hello/);
    expect(world.results()).toHaveLength(1);
  });

  it('a server that goes away in mid-task and comes back', async () => {
    world = await quickly();
    await run('summarize Hello.');
    await vi.waitFor(() => expect(world.cloud.newest()).toBeGreaterThan(0), soon);
    await world.cloud.down();
    await vi.waitFor(() => expect(world.logged.join('')).toMatch(/Nextcloud did not do it/), soon);
    await world.cloud.up();
    world.cloud.work();
    await shown(/Hello/);
  });
});

describe('a server that was moved, so that numbers are other tasks’', () => {
  it('shows nobody another’s result, stops no other task, and deletes none', async () => {
    world = await quickly();
    await run('summarize What Ann asked.');
    await vi.waitFor(() => expect(world.cloud.newest()).toBeGreaterThan(0), soon);
    await world.parley.stop(0);
    const { store, plain, openWebUI } = world;
    const first = world;
    const cloud = await startFaultyNextcloud({});
    const headers = {
      authorization: `Basic ${Buffer.from(`${cloud.user}:${cloud.password}`).toString('base64')}`,
      ...{ 'ocs-apirequest': 'true', 'content-type': 'application/json' },
    };
    const input = { input: 'What somebody else asked.' };
    const order = JSON.stringify({ type: 'core:text2text:summary', appId: 'other', customId: '', input });
    await fetch(`${cloud.url}/ocs/v2.php/taskprocessing/schedule?format=json`, {
      ...{ method: 'POST', headers, body: order },
    });
    const [other] = cloud.world.book.all();
    // The clock of the first ran ahead of the machine's; the second begins when its leases and waits are over.
    world = await quickly({ clock: quickClock(120_000), store, plain, openWebUI, cloud });
    await shown(/no longer has this task/);
    cloud.work();
    expect(wordsIn(await pressIn(world, await run(`delete ${other?.id}`), 'Delete it'))).toMatch(/is deleted/);
    expect(cloud.world.book.all()).toHaveLength(1);
    expect(cloud.seen({ path: /cancel$/ })).toEqual([]);
    expect(world.results().join()).not.toContain('somebody else');
    await world.close();
    await first.close();
    await cloud.close();
  });
});

describe('a task that ends badly', () => {
  async function begun(profile: '27' | '28' | '32' | '34' = '34'): Promise<number> {
    world = await quickly({ server: { profile } });
    await run('summarize Hello.');
    await vi.waitFor(() => expect(world.cloud.newest()).toBeGreaterThan(0), soon);
    return world.cloud.newest();
  }

  it('with a reason says it', async () => {
    world = await quickly();
    await run('summarize Hello.');
    await vi.waitFor(() => expect(world.cloud.newest()).toBeGreaterThan(0), soon);
    world.cloud.fail(world.cloud.newest(), 'The quota of the provider is used up');
    await shown(/could not do this: The quota of the provider is used up\./);
    expect(world.buttons()).toEqual(['Retry']);
  });

  it.each(['27', '28', '32', '34'] as const)(
    'without a reason says so on %s, and can be done again',
    async (profile) => {
      world = await quickly({ server: { profile } });
      await run('summarize Hello.');
      await vi.waitFor(() => expect(world.cloud.newest()).toBeGreaterThan(0), soon);
      world.cloud.fail(world.cloud.newest(), null);
      await shown(/did not say why; the server’s log does/);
      world.cloud.release();
      expect(await world.press('Retry', 'Ben')).toMatchObject({
        body: { markdown: 'Only Ann, who asked, can do that.' },
      });
      expect(await world.press('Retry')).toEqual({ do: 'none' });
      await vi.waitFor(() => expect(world.results()).toHaveLength(2), soon);
      expect(world.results().at(-1)).not.toMatch(/could not/);
      expect(await world.press('Retry')).toMatchObject({ body: { markdown: expect.stringMatching(/again already/) } });
    },
  );

  it('deleted in Nextcloud meanwhile', async () => {
    const id = await begun();
    world.cloud.fault({ path: /taskprocessing\/task\/\d+$/ }, { status: 404, body: ocs(404, '', 'Task not found') }, 1);
    await shown(/no longer has this task/);
    expect(id).toBeGreaterThan(0);
  });

  it('called off in Nextcloud itself', async () => {
    const id = await begun();
    const { user, password, url } = world.cloud;
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    const headers = { authorization, 'ocs-apirequest': 'true' };
    await fetch(`${url}/ocs/v2.php/taskprocessing/tasks/${id}/cancel?format=json`, { method: 'POST', headers });
    await shown(/Cancelled in Nextcloud/);
  });
});

describe('a Nextcloud that is not as it should be', () => {
  const set = async (more: Parameters<typeof openCloudWorld>[0]) => {
    world = await quickly({ ...instant, ...more });
  };

  it('a wrong app password is said, and sent once only', async () => {
    await set({ nc: { password: new Secret('wrong') } });
    expect(wordsIn(await run('summarize Hello.'))).toMatch(/no longer accepts the team’s app password/);
    await run('types');
    await run('list');
    expect(world.cloud.requests.filter((one) => one.headers.authorization)).toHaveLength(1);
  });

  it('one in a folder works', async () => {
    world = await quickly({ server: { ...instant.server, path: '/nextcloud' } });
    await run('summarize Hello.');
    await shown(/Hello/);
  });

  it('one before 27.1 says so', async () => {
    await set({});
    world.cloud.fault({ path: /tasktypes$/ }, { status: 404, body: ocs(998, 'Invalid query') }, 20);
    world.cloud.fault(
      { path: /cloud\/capabilities$/ },
      {
        status: 200,
        body: {
          ocs: {
            meta: { status: 'ok', statuscode: 200, message: 'OK' },
            data: { version: { major: 26, minor: 0, micro: 1, string: '26.0.1' }, capabilities: {} },
          },
        },
      },
      20,
    );
    expect(wordsIn(await run('types'))).toMatch(/too old for AI tasks/);
  });

  it('one without a provider says what its administrator can do', async () => {
    world = await quickly({ server: { ...instant.server, settings: { offers: [] } } });
    expect(wordsIn(await run('summarize Hello.'))).toMatch(/offers this account no AI tasks/);
  });

  it('one that is away is said at once where nothing is known yet', async () => {
    await set({});
    await world.cloud.down();
    expect(wordsIn(await run('types'))).toMatch(/cannot reach Nextcloud/);
    await world.cloud.up();
  });
});

describe('a task whose thread was deleted', () => {
  it('gives its result to its asker alone, so that it is not lost', async () => {
    world = await quickly();
    await run('summarize Hello.');
    await vi.waitFor(() => expect(world.status()).toMatch(/Waiting in Nextcloud/), soon);
    const shownThere = world.plain.messages.at(-1);
    if (!shownThere) throw new Error('nothing was shown');
    shownThere.deleted = true;
    world.cloud.work();
    await vi.waitFor(() => expect(world.plain.told).toHaveLength(1), soon);
    expect(world.plain.told[0]?.user.id).toBe('ann');
    expect(world.plain.told[0]?.body.markdown).toMatch(
      /^I could not show the result where you asked for it\. .*\n\nHello\.$/s,
    );
  });
});

describe('a task that waits to be taken up again after a restart', () => {
  it('is not called off in the store alone, and goes on', async () => {
    world = await quickly();
    await run('summarize Hello.');
    await vi.waitFor(() => expect(world.status()).toMatch(/Waiting in Nextcloud/), soon);
    await world.parley.stop(0);
    // The process that let go of it still hears a last click.
    expect(wordsIn(await run('cancel'))).toMatch(/just taking that task up again/);
    const first = world;
    const { store, plain, cloud, openWebUI } = first;
    world = await quickly({ store, plain, cloud, openWebUI });
    await vi.waitFor(async () => expect(wordsIn(await run('cancel'))).toMatch(/calling it off/), soon);
    await shown(/\*Cancelled\.\*/);
    expect(wordsIn(await run('list'))).toMatch(/cancelled/);
    expect(cloud.seen({ path: /cancel$/ })).toHaveLength(1);
    await world.close();
    world = first;
  });
});
