import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseArguments } from '../../tools/openwebui/arguments.ts';
import { fromStat, isRunning, markOf, stopProcess } from '../../tools/openwebui/identity.ts';
import { install, Lacking } from '../../tools/openwebui/install.ts';
import { byVersion, leanRequirements, newestOf } from '../../tools/openwebui/packages.ts';
import { scrubber } from '../../tools/openwebui/scrub.ts';
import { readState, readStates, removeState, type State, statePath, writeState } from '../../tools/openwebui/state.ts';

describe('the command line', () => {
  it('takes a version in either spelling', () => {
    expect(parseArguments(['up', '--version', '0.9.6'])).toEqual({ action: 'up', version: '0.9.6' });
    expect(parseArguments(['down', '--version=0.12.4'])).toEqual({ action: 'down', version: '0.12.4' });
  });

  it('means the newest, or all, without a version', () => {
    expect(parseArguments(['status'])).toEqual({ action: 'status', version: null });
  });

  it('shows its help for nothing, help and --help', () => {
    for (const argv of [[], ['help'], ['up', '--help']]) expect(parseArguments(argv)).toMatchObject({ action: 'help' });
  });

  it.each([
    [['start']],
    [['up', '--version']],
    [['up', '--version', 'newest']],
    [['up', '--version', '../x']],
    [['up', 'now']],
  ])('says what is wrong with %j', (argv) => {
    expect(parseArguments(argv)).toEqual({ mistake: expect.stringMatching(/\.$/) });
  });
});

describe('the packages of a lean server', () => {
  const metadata = [
    'Metadata-Version: 2.4',
    'Name: open-webui',
    'Requires-Dist: fastapi==0.136.3',
    'Requires-Dist: sentence-transformers==5.5.1',
    'Requires-Dist: httpx[brotli,cli]==0.28.1',
    'Requires-Dist: Opencv_Python.Headless==4.13.0.92',
    "Requires-Dist: uvloop==0.22; sys_platform != 'win32'",
    "Requires-Dist: moto==5; extra == 'all'",
    '',
    'Requires-Dist: torch==9 is only mentioned in the description',
  ].join('\r\n');

  it('keep their pins, extras and markers; what is heavy, optional or only mentioned is left out', () => {
    expect(leanRequirements(metadata)).toEqual([
      'fastapi==0.136.3',
      'httpx[brotli,cli]==0.28.1',
      "uvloop==0.22; sys_platform != 'win32'",
    ]);
  });

  it('come in the newest version that pip names', () => {
    expect(newestOf('WARNING: experimental\nopen-webui (0.12.4)\nAvailable versions: 0.12.4, 0.12.3\n')).toBe('0.12.4');
    expect(newestOf('ERROR: No matching distribution found for open-webui')).toBeNull();
  });

  it('have versions that are ordered by number', () => {
    expect(['0.12.4', '0.9.6', '0.10.2'].sort(byVersion)).toEqual(['0.9.6', '0.10.2', '0.12.4']);
  });
});

describe('a process', () => {
  it('is known by its start, however its name looks', () => {
    const fields = ['S', ...Array.from({ length: 18 }, (_, index) => String(index)), '4711', 'rest'];
    expect(fromStat(7, `7 (odd) name (x) ${fields.join(' ')}`)).toEqual({ pid: 7, started: '4711' });
  });

  it('that has ended but is not yet buried counts as gone', () => {
    expect(fromStat(7, `7 (node) ${['Z', ...Array(20).fill('1')].join(' ')}`)).toBeNull();
  });

  it('is stopped when it is the very one', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const mark = await markOf(child.pid ?? 0);
    if (mark === null) throw new Error('the child has no mark');
    expect(await isRunning(mark)).toBe(true);
    const gone = once(child, 'exit');
    expect(await stopProcess(mark)).toBe(true);
    await gone;
    expect(await isRunning(mark)).toBe(false);
  });

  it('is left alone when its number now belongs to another', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const mark = await markOf(child.pid ?? 0);
    if (mark === null) throw new Error('the child has no mark');
    expect(await stopProcess({ pid: mark.pid, started: `${mark.started}0` })).toBe(false);
    expect(await isRunning(mark)).toBe(true);
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  });
});

describe('in a folder', () => {
  let cache: string;
  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), 'parley-openwebui-'));
  });
  afterEach(() => rm(cache, { recursive: true, force: true }));

  const person = { email: 'ann@example.com', password: 'x', key: 'sk-1' };
  const state = (version: string): State => ({
    version,
    url: 'http://127.0.0.1:1',
    providerUrl: 'http://127.0.0.1:2/v1',
    dataDir: '/nowhere',
    logPath: '/nowhere/log',
    server: { pid: 1, started: '1' },
    provider: { pid: 2, started: '2' },
    admin: person,
    user: person,
    user2: person,
    models: ['echo'],
  });

  it('states are kept by version, for their owner only, and forgotten', async () => {
    await writeState(state('0.9.6'), cache);
    await writeState(state('0.12.4'), cache);
    expect((await readStates(cache)).map(({ version }) => version).sort(byVersion)).toEqual(['0.9.6', '0.12.4']);
    expect((await stat(statePath('0.9.6', cache))).mode & 0o077).toBe(0);
    await removeState('0.9.6', cache);
    expect(await readState('0.9.6', cache)).toBeNull();
    expect(await readState('0.12.4', cache)).toEqual(state('0.12.4'));
  });

  it.each(['', '{', '{"version":"0.9.6"}'])('a state file holding %j counts as none', async (text) => {
    await writeState(state('0.9.6'), cache);
    await writeFile(statePath('0.9.6', cache), text);
    expect(await readStates(cache)).toEqual([]);
  });

  it('a missing Python is named, with what to do', async () => {
    const before = { PATH: process.env.PATH, PYTHON: process.env.PYTHON };
    process.env.PATH = cache;
    delete process.env.PYTHON;
    try {
      await expect(install('0.12.4', () => undefined, cache)).rejects.toThrow(
        /needs Python 3\.11 or 3\.12 \(none was found\)/,
      );
    } finally {
      process.env.PATH = before.PATH;
      if (before.PYTHON !== undefined) process.env.PYTHON = before.PYTHON;
    }
  });

  it('a package index that does not answer is told apart from a missing Python', async () => {
    await pretend('case "$*" in *sys.version_info*) echo 3.11;; *) echo "no route to the index"; exit 1;; esac');
    const failure = await withPython(() => install(null, () => undefined, cache));
    expect(failure).toBeInstanceOf(Lacking);
    expect(failure).toMatchObject({
      message: expect.stringMatching(/index does not answer[\s\S]*no route to the index/),
    });
  });

  it.each([
    ['WARNING: Retrying (Retry(total=0)) after connection broken', /^The Python package index does not answer\./],
    [
      `ERROR: No matching distribution found for open-webui==0.9.7 ${'0.1.0, '.repeat(100)}`,
      /^The Python package index has no Open WebUI 0\.9\.7 for this Python\.\n.{200}…$/,
    ],
    ['ERROR: no space left', /^pip could not install Open WebUI 0\.9\.7\.\nERROR: no space left$/],
  ])('of a package that does not come it is said why: %s', async (line, why) => {
    const venv = 'mkdir -p "$3/bin" && cp "$0" "$3/bin/python"';
    await pretend(`case "$*" in *sys.version_info*) echo 3.12;; *venv*) ${venv};; *) echo "${line}"; exit 1;; esac`);
    expect(await withPython(() => install('0.9.7', () => undefined, cache))).toMatchObject({
      message: expect.stringMatching(why),
    });
  });

  it('an install that fails leaves neither a lock nor the belief that it is there', async () => {
    await pretend('case "$*" in *sys.version_info*) echo 3.12;; *) echo "no module named venv"; exit 1;; esac');
    expect(await withPython(() => install('0.9.6', () => undefined, cache))).toMatchObject({
      message: expect.stringMatching(/cannot make a virtual environment/),
    });
    await expect(readFile(join(cache, '0.9.6.lock'))).rejects.toThrow(/ENOENT/);
    await expect(readFile(join(cache, '0.9.6', 'installed.json'))).rejects.toThrow(/ENOENT/);
  });

  it('a lock whose holder has died is taken over', async () => {
    await pretend('case "$*" in *sys.version_info*) echo 3.12;; *) exit 1;; esac');
    await writeFile(join(cache, '0.9.6.lock'), JSON.stringify({ pid: process.pid, started: 'long ago' }));
    expect(await withPython(() => install('0.9.6', () => undefined, cache))).toBeInstanceOf(Lacking);
  });

  it('what is installed is used without Python or the index being asked', async () => {
    await mkdir(join(cache, '0.9.6'));
    await writeFile(join(cache, '0.9.6', 'installed.json'), '{}');
    await pretend('exit 1');
    expect(await withPython(() => install('0.9.6', () => undefined, cache))).toMatchObject({ version: '0.9.6' });
  });

  it('without an index the newest installed version is used, and said to be', async () => {
    for (const version of ['0.9.6', '0.12.4']) {
      await mkdir(join(cache, version));
      await writeFile(join(cache, version, 'installed.json'), '{}');
    }
    await pretend('case "$*" in *sys.version_info*) echo 3.11;; *) exit 1;; esac');
    const told: string[] = [];
    expect(await withPython(() => install(null, (line) => told.push(line), cache))).toMatchObject({
      version: '0.12.4',
    });
    expect(told).toEqual([expect.stringContaining('using 0.12.4')]);
  });

  /** Puts a shell script where Python is looked for. */
  async function pretend(script: string): Promise<void> {
    await writeFile(join(cache, 'python'), `#!/bin/sh\n${script}\n`);
    await chmod(join(cache, 'python'), 0o755);
  }

  async function withPython(work: () => Promise<unknown>): Promise<unknown> {
    const before = process.env.PYTHON;
    process.env.PYTHON = join(cache, 'python');
    try {
      return await work().catch((error: unknown) => error);
    } finally {
      if (before === undefined) delete process.env.PYTHON;
      else process.env.PYTHON = before;
    }
  }
});

describe('a captured body', () => {
  it('loses keys, tokens and paths, and keeps its ids apart', () => {
    const scrub = scrubber(['hush'], '/home/x/data');
    const [one, two] = ['1fe12151-5087-4cf1-8c04-d93cf0dda981', '6ddac450-b0cc-4621-bf0c-c0ffeeff03eb'];
    const text = scrub(
      `{"a":"${one}","b":"${two}","c":"${one}","k":"sk-${'a'.repeat(32)} hush","p":"/home/x/data/f","t":1795263939}`,
    );
    expect(JSON.parse(text)).toEqual({
      a: '00000000-0000-4000-8000-000000000001',
      b: '00000000-0000-4000-8000-000000000002',
      c: '00000000-0000-4000-8000-000000000001',
      k: '[secret] [secret]',
      p: '/data/f',
      t: 1700000000,
    });
  });
});
