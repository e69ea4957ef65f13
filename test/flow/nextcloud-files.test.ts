import { afterEach, describe, expect, it, vi } from 'vitest';
import { quickClock } from '../quick-clock.ts';
import type { Fault } from '../servers/faulty.ts';
import { type CloudWorld, openCloudWorld } from './nextcloud-world.ts';

// Files on their way into Nextcloud and out of it, and what can meet them there.

let world: CloudWorld;
afterEach(() => world?.close());

const open = async () => {
  world = await openCloudWorld({ clock: quickClock(), server: { held: false, pace: 'instant' } });
};
const run = (line: string, recording = false) =>
  world.host.accept(
    world.command('nextcloud', line, recording ? { files: [world.file('voice.ogg', 'audio/ogg')] } : {}),
  );
const shown = (words: RegExp) => vi.waitFor(() => expect(world.results().join('\n')).toMatch(words));
const put = { method: 'PUT', path: /dav\/files/ };
const get = { method: 'GET', path: /tasks\/\d+\/file\/\d+$/ };
const dav = (name: string) =>
  `<?xml version="1.0"?><d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns"><s:exception>${name}</s:exception></d:error>`;
const xml = { 'content-type': 'application/xml; charset=utf-8' };
const ocs = (statuscode: number, message: string) => ({
  ocs: { meta: { status: 'failure', statuscode, message: '' }, data: { message } },
});

describe('a file on its way in', () => {
  it.each<[string, Fault, RegExp]>([
    ['finds no room', { status: 507, body: dav('InsufficientStorage'), headers: xml }, /no room left for this file/],
    ['is too large for the server', { status: 413, body: '<html>too large</html>' }, /larger than can be sent/],
    ['may not stand there', { status: 403, body: dav('Forbidden'), headers: xml }, /does not allow this account/],
  ])('that %s: one sentence, and nothing is scheduled', async (_name, fault, words) => {
    await open();
    world.cloud.fault(put, fault, 9);
    await run('transcribe', true);
    await shown(words);
    expect(world.buttons()).toEqual([]);
    expect(world.cloud.world.book.all()).toEqual([]);
  });

  it.each<[string, Fault]>([
    ['a file that is locked', { status: 423, body: dav('Locked'), headers: xml }],
    ['a server in maintenance', { status: 503, body: dav('ServiceUnavailable'), headers: xml }],
    ['a broken connection', { reset: true }],
    ['an answer that is lost', { lost: true }],
  ])('meets %s: it goes in once that is over, and once only', async (_name, fault) => {
    await open();
    world.cloud.fault(put, fault, 1);
    await run('transcribe', true);
    await shown(/Transcript by the stand-in/);
    expect(world.cloud.world.book.all()).toHaveLength(1);
    const left = () => world.cloud.seen({ method: 'DELETE', path: /dav\/files/ });
    await vi.waitFor(() => expect(left().length).toBeGreaterThan(0));
  });

  it('that is still under way when its task is called off does not stay there', async () => {
    await open();
    world.cloud.fault(put, { delayMs: 2_000 }, 1);
    await run('transcribe', true);
    await vi.waitFor(() => expect(world.cloud.seen(put)).toHaveLength(1));
    await run('cancel');
    await shown(/\*Cancelled\.\*/);
    await vi.waitFor(() => expect(world.cloud.seen({ method: 'DELETE', path: /dav\/files/ })).toHaveLength(1));
    expect(world.cloud.world.files.inside('alice', 'Parley')).toEqual([]);
  });

  it('that is refused with the app password costs that password, and is asked once', async () => {
    await open();
    await run('types');
    const unauthorized = { status: 401, body: dav('NotAuthenticated'), headers: xml };
    world.cloud.fault(put, unauthorized, 9);
    await run('transcribe', true);
    await shown(/no longer accepts the team’s app password/);
    const before = world.cloud.requests.length;
    await run('summarize Hello.');
    expect(world.cloud.requests).toHaveLength(before);
  });
});

describe('a file on its way out', () => {
  it.each<[string, Fault, RegExp]>([
    ['is gone', { status: 404, body: ocs(404, 'Not found') }, /One file could not be shown here\. This is not there/],
    ['cannot be read', { status: 500, body: null }, /One file could not be shown here\. Nextcloud had a problem/],
    [
      'is too large to post',
      { status: 200, body: 'x'.repeat(1_100_000) },
      /could not be shown here\. It is larger than/,
    ],
  ])('that %s: one sentence beside the result', async (_name, fault, words) => {
    await open();
    world.cloud.fault(get, fault, 99);
    await run('image A cat');
    await shown(words);
    expect(world.plain.files).toEqual([]);
  });

  it('meets what passes by itself: it is posted once', async () => {
    await open();
    world.cloud.fault(get, { status: 503, body: ocs(503, 'Service unavailable') }, 1);
    world.cloud.fault(get, { reset: true }, 1);
    await run('image A cat');
    await vi.waitFor(() => expect(world.plain.files).toHaveLength(1));
    expect(world.results()).toEqual(['The image stands below.']);
  });
});
