import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nameIn, safeName, withEnding } from '../../src/nextcloud/file-names.ts';
import { download, fileIdIn, removeUpload, upload } from '../../src/nextcloud/files.ts';
import { exchangeOf } from './transcript.ts';
import { failureOf, type Given, ok, over, refusal, type Seen } from './wire.ts';

const voice = { name: 'Voice message.ogg', type: 'audio/ogg; codecs=opus', bytes: Buffer.from('OggS') };
const propfind = exchangeOf('taskprocessing-v34', 'file id of the upload').body;
const someone = ok({ id: 'Bob & Söhne', displayname: 'Bob' });

function dav({ method, path }: Seen): Given | undefined {
  if (path.includes('/cloud/user')) return someone;
  if (method === 'MKCOL' || method === 'PUT') return { status: 201 };
  if (method === 'PROPFIND') return { status: 207, headers: { 'content-type': 'application/xml' }, body: propfind };
  return method === 'DELETE' ? { status: 204 } : undefined;
}

describe('a file up', () => {
  test('goes into our folder under a new name, and its number comes back', async () => {
    await over(dav, async (nc, wire) => {
      const first = await upload(nc, voice);
      const second = await upload(nc, voice);
      expect(first.id).toBe(150);
      expect(first.path).toMatch(/^Parley\/[0-9a-f]{12}-Voice_message\.ogg$/);
      expect(second.path).not.toBe(first.path);
      const base = '/remote.php/dav/files/Bob%20%26%20S%C3%B6hne/Parley';
      const [one, two] = [first.path, second.path].map((path) => base + path.slice('Parley'.length));
      expect(wire.asked()).toEqual([`MKCOL ${base}`, `PUT ${one}`, `PROPFIND ${one}`, `PUT ${two}`, `PROPFIND ${two}`]);
      const put = wire.seen.find((seen) => seen.method === 'PUT');
      expect(put?.body.toString()).toBe('OggS');
      expect(put?.headers).toMatchObject({ 'content-type': 'audio/ogg', 'if-none-match': '*' });
    });
  });

  test('goes into a folder that is there already', async () => {
    await over(
      (seen) => (seen.method === 'MKCOL' ? { status: 405 } : dav(seen)),
      async (nc) => {
        expect((await upload(nc, voice)).id).toBe(150);
      },
    );
  });

  test('that was put there before, its answer lost, goes in once', async () => {
    const refused = { status: 412, headers: { 'content-type': 'application/xml' }, body: '<d:error/>' };
    await over(
      (seen) => (seen.method === 'PUT' ? refused : dav(seen)),
      async (nc, wire) => {
        expect(await upload(nc, voice, undefined, { key: 'once', again: false })).toEqual({
          id: 150,
          path: 'Parley/once-Voice_message.ogg',
        });
        expect(wire.asked().filter((one) => one.startsWith('PUT'))).toHaveLength(1);
      },
    );
  });

  test('makes the folder anew when somebody deleted it', async () => {
    let folder = true;
    await over(
      (seen) => {
        if (seen.method === 'MKCOL') folder = true;
        return seen.method === 'PUT' && !folder ? { status: 409 } : dav(seen);
      },
      async (nc, wire) => {
        await upload(nc, voice);
        folder = false;
        await upload(nc, voice);
        expect(wire.asked().filter((one) => one.startsWith('MKCOL'))).toHaveLength(2);
      },
    );
  });

  test('is taken away again when its number cannot be learnt', async () => {
    await over(
      (seen) => (seen.method === 'PROPFIND' ? { status: 207, body: '<d:multistatus/>' } : dav(seen)),
      async (nc, wire) => {
        expect((await failureOf(upload(nc, voice))).problem.kind).toBe('malformed');
        expect(wire.asked().at(-1)).toMatch(/^DELETE .*Voice_message\.ogg$/);
      },
    );
  });

  test('that finds no room says so, and its name stays out of the log', async () => {
    await over(
      (seen) => (seen.method === 'PUT' ? { status: 507 } : dav(seen)),
      async (nc) => {
        const { reason, problem } = await failureOf(upload(nc, { ...voice, name: 'Diagnosis of Ann.ogg' }));
        expect(reason).toBe('quota');
        expect(problem.detail).not.toMatch(/Diagnosis|Bob/);
      },
    );
  });

  test('in maintenance says so', async () => {
    const { status, headers, body } = exchangeOf('maintenance-bruteforce-v32', 'maintenance mode: WebDAV');
    await over(
      (seen) => (seen.path.includes('/remote.php') ? { status, headers, body } : dav(seen)),
      async (nc) => {
        expect((await failureOf(upload(nc, voice))).reason).toBe('maintenance');
      },
    );
  });

  test('may be taken away twice', async () => {
    await over(
      (seen) =>
        seen.method === 'DELETE'
          ? { status: 404, headers: { 'content-type': 'application/xml' }, body: '<d:error/>' }
          : dav(seen),
      async (nc) => {
        await expect(removeUpload(nc, 'Parley/x.ogg')).resolves.toBeUndefined();
      },
    );
  });
});

describe('a file down', () => {
  const ref = { api: 'taskprocessing', id: 9 } as const;

  test('has its bytes, its type and a name with an ending', async () => {
    const { headers } = exchangeOf('taskprocessing-v34', 'download an output file');
    const png = Buffer.from('89504e470d0a1a0a', 'hex');
    await over(
      ({ path }) =>
        path.startsWith('/ocs/v2.php/taskprocessing/tasks/9/file/151')
          ? { status: 200, headers, body: png }
          : undefined,
      async (nc) => {
        const file = await download(nc, ref, 151, 1000);
        expect(file).toMatchObject({ type: 'image/png', name: '1795258995-70390.png' });
        expect(Buffer.from(file.bytes)).toEqual(png);
      },
    );
  });

  test('that the task does not name is missing', async () => {
    await over(
      ({ path }) => (path.includes('/file/') ? refusal(404, 'Not found') : undefined),
      async (nc) => {
        expect((await failureOf(download(nc, ref, 1, 1000))).reason).toBe('missing');
      },
    );
  });

  test('cannot come from the older API', async () => {
    await over(
      () => undefined,
      async (nc, wire) => {
        expect((await failureOf(download(nc, { api: 'textprocessing', id: 9 }, 1, 10))).reason).toBe('no-route');
        expect(wire.seen).toEqual([]);
      },
    );
  });
});

describe('the number in a PROPFIND', () => {
  test.each([
    [propfind, 150],
    ['<x><fileid>7</fileid></x>', 7],
    ['<oc:fileid>00000150octxj4611uug</oc:fileid>', null],
    ['<oc:fileid></oc:fileid>', null],
    ['<oc:fileid>0</oc:fileid>', null],
    ['<oc:fileid>99999999999999999999</oc:fileid>', null],
    [`${'<oc:'.repeat(5000)}fileid>`, null],
  ])('of %.40s is %s', (body, id) => {
    expect(fileIdIn({ bytes: Buffer.from(body) })).toBe(id);
  });
});

describe('a name', () => {
  test.each([
    ['report.pdf', 'report.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\Ann\\My file?.txt', 'My_file_.txt'],
    ['.htaccess', 'htaccess_'],
    ['movie.mp4.part', 'movie.mp4.part_'],
    ['トマト 🍅.png', 'トマト_.png'],
    ['...', 'file'],
    ['', 'file'],
  ])('%s becomes %s', (name, safe) => {
    expect(safeName(name)).toBe(safe);
  });

  test('is always one that a server takes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (name) => {
        const safe = safeName(name);
        expect(safe).toMatch(/^[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}._-]*$/u);
        expect(safe).not.toMatch(/[. ]$/);
        expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(121);
      }),
    );
  });

  test('keeps its ending when it is cut', () => {
    const safe = safeName(`${'ü'.repeat(300)}.jpeg`);
    expect(safe).toMatch(/^ü+\.jpeg$/);
    expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(120);
  });

  test.each([
    ['attachment; filename="hello.wav"', 'hello.wav'],
    ['attachment; filename="x"; filename*=UTF-8\'\'na%C3%AFve%20plan.txt', 'naïve_plan.txt'],
    ['attachment; filename="../../a.txt"', 'a.txt'],
    ['attachment; filename=plain.txt', 'plain.txt'],
    ["attachment; filename*=UTF-8''%zz", null],
    ['attachment', null],
    [null, null],
  ])('in %s is %s', (disposition, name) => {
    expect(nameIn(disposition)).toBe(name);
  });

  test('gets an ending by its type only when it has none', () => {
    expect(withEnding('12-34', 'image/jpeg')).toBe('12-34.jpg');
    expect(withEnding('a.jpeg', 'image/jpeg')).toBe('a.jpeg');
    expect(withEnding('a', 'application/x-odd')).toBe('a');
  });
});
