import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogue } from '../../src/demo/nextcloud/catalogue.ts';
import { profiles } from '../../src/demo/nextcloud/profile.ts';
import { createTestClock, type TestClock } from '../clock.ts';
import { type FaultyNextcloud, startFaultyNextcloud } from '../servers/nextcloud/server.ts';
import { captured, type Step, shapeOf } from './nextcloud/captured.ts';
import { Replay } from './nextcloud/replay.ts';
import { type Got, talkTo } from './nextcloud/talk.ts';

const sessions = [
  'auth-34',
  'maintenance-bruteforce-32',
  'more-34',
  'queue-34',
  'ratelimit-27',
  'ratelimit-28',
  'ratelimit-32',
  'ratelimit-34',
  'taskprocessing-32',
  'taskprocessing-34',
  'textprocessing-27',
  'textprocessing-28',
  'textprocessing-32',
  'textprocessing-34',
  'webhook-34',
];

/** Steps that cannot be sent with `fetch`, which sets `Host` itself; they have a test of their own. */
const elsewhere = ['untrusted host name'];

type Room = { server: FaultyNextcloud; replay: Replay; clock: TestClock };

const wrong = ({ server }: Room) => talkTo(server)('/ocs/v2.php/cloud/user', { password: 'wrong' });
const times = async (count: number, act: () => Promise<unknown>) => {
  for (let at = 0; at < count; at += 1) await act();
};
const schedule = (server: FaultyNextcloud, as: string, more: object = {}) =>
  talkTo(server)('/ocs/v2.php/taskprocessing/schedule', {
    as,
    body: { type: 'core:text2text', appId: 'parley', input: { input: 'x' }, ...more },
  });
const scheduleOld = (server: FaultyNextcloud, input = 'x') =>
  talkTo(server)('/ocs/v2.php/textprocessing/schedule', {
    body: { type: 'OCP\\TextProcessing\\SummaryTaskType', appId: 'parley', input, identifier: 'req-1' },
  });

/** What happened between the requests of a session, told by the title of the request that came after it. */
const before: Record<string, (room: Room) => unknown> = {
  'login flow v2: poll after the grant': ({ replay }) => replay.grant(),
  'maintenance mode: OCS': ({ server }) => {
    server.settings.maintenance = true;
  },
  'wrong password after 13 wrong ones from one address': async (room) => {
    room.server.settings.maintenance = false;
    await times(13, () => wrong(room));
  },
  'the 21st schedule within 2 minutes (v27)': ({ server }) => times(20, () => scheduleOld(server)),
  'the 21st schedule within 2 minutes (v28)': ({ server }) => times(20, () => scheduleOld(server)),
  'the 21st schedule within 2 minutes (v32)': ({ server }) => times(20, () => schedule(server, 'alice')),
  'the 20th schedule': ({ server }) => times(19, () => schedule(server, 'carol')),
  // The first of this name comes too early, the others after the window has passed.
  'schedule once the window has passed': ({ clock }) => clock.advance(60_001),
  'a user the admin has switched off': ({ server }) => {
    server.person('carol').disabled = true;
  },
};

function passwordFor({ server }: Room, step: Step): string | undefined {
  if (/^wrong password(?:, format=json)?$/.test(step.title)) return 'wrong';
  return step.title === 'app password from a real password' ? server.person('alice').secret : undefined;
}

function headersOf(got: Got): Record<string, string> {
  const names = [
    'x-request-id',
    'x-user-id',
    'www-authenticate',
    'x-nextcloud-maintenance-mode',
    'content-disposition',
    'oc-fileid',
    'etag',
    'oc-etag',
  ];
  return Object.fromEntries(
    names.flatMap((name) => (got.headers.has(name) ? [[name, got.headers.get(name) ?? '']] : [])),
  );
}

/** Headers with everything in them that is new each time replaced. */
function same(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      if (/^(?:x-request-id|etag|oc-etag)$/.test(name)) return [name, '*'];
      return [name, value.replace(/^\d{8}.*/, 'id').replace(/\d{10}-\d{5}/, 'name')];
    }),
  );
}

describe.each(sessions)('the session %s with a real server', (name) => {
  const profile = profiles.find((one) => name.endsWith(one)) ?? '34';
  const steps = captured(name).filter((step) => !elsewhere.includes(step.title));
  let room: Room;
  const got = new Map<Step, Got>();

  // The requests build on one another, so they are sent here, in order; the tests only look at what came back.
  beforeAll(async () => {
    const clock = createTestClock();
    const server = await startFaultyNextcloud({
      profile,
      clock,
      users: [{ id: 'carol' }],
      // The real servers had no provider for the internal type.
      settings: { offers: Object.keys(catalogue), ...(!name.startsWith('ratelimit') && { rateLimit: 1000 }) },
    });
    room = { server, clock, replay: new Replay(server) };
    if (name.startsWith('taskprocessing')) {
      await scheduleOld(room.server, 'A long text to sum up');
      room.replay.know(1, room.server.newest());
    }
    if (name === 'taskprocessing-32') {
      // One more of the same name was made in a part of the session that was not written down.
      await schedule(server, 'bob', { input: { input: 'fail:secret internal reason' }, customId: 'req-2' });
      room.replay.know(5, server.newest());
    }
    for (const step of steps) {
      await before[step.title]?.(room);
      got.set(step, await room.replay.send(step, passwordFor(room, step)));
    }
  });
  afterAll(() => room.server.close());

  it.each(steps)('$title', (step) => {
    const { answer } = step;
    const here = got.get(step);
    if (here === undefined) throw new Error('It was not sent.');
    expect([here.status, here.type]).toEqual([answer.status, answer.type]);
    expect(same(headersOf(here))).toEqual(same(answer.headers));
    const { body } = answer;
    if (body.kind === 'empty') expect(here.text).toBe('');
    if (body.kind === 'page') expect(here.text).toMatch(/^<!DOCTYPE html>/);
    if (body.kind === 'xml') expect(here.text.trim().replaceAll(/>\s+</g, '><')).toBe(body.xml);
    if (body.kind === 'json') expect(shapeOf(here.json)).toEqual(shapeOf(body.json));
    if (body.kind === 'part')
      expect(shapeOf(here.json)).toEqual(expect.arrayContaining(shapeOf(body.json).filter(isWhole)));
    if (body.kind === 'bytes') expect(here.bytes.toString('hex').slice(0, 8)).toBe(body.start.slice(0, 8));
  });
});

/** In the beginning of an answer, a list may have become shorter. */
function isWhole(line: string): boolean {
  return !/: list of \d+$/.test(line);
}
