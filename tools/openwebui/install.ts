/** Installs a version of Open WebUI, lean, in a virtual environment of its own below the cache folder. */
import { access, mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Ended, run } from './command.ts';
import { isRunning, markOf } from './identity.ts';
import { byVersion, leanRequirements, newestOf } from './packages.ts';
import { cacheDir } from './state.ts';

/** Something this machine lacks; the message says what, and what to do about it. */
export class Lacking extends Error {}

/** An installed version: its folder and its Python. */
export interface Installed {
  readonly version: string;
  readonly dir: string;
  readonly python: string;
}

export type Tell = (line: string) => void;

const seen = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
const marker = (dir: string): string => join(dir, 'installed.json');
const pip = ['-m', 'pip', '--disable-pip-version-check', '--no-input'] as const;

/**
 * Makes sure that a version is installed; `version` null means the newest the package index has for this Python, or, where the index
 * does not answer, the newest already installed. Throws {@link Lacking} when Python or the index is not at hand.
 */
export async function install(version: string | null, tell: Tell, cache: string = cacheDir): Promise<Installed> {
  if (version !== null && (await seen(marker(join(cache, version))))) return installed(version, cache);
  const python = await findPython();
  await mkdir(cache, { recursive: true });
  const wanted = version ?? (await newest(python, tell, cache));
  const release = await lock(join(cache, `${wanted}.lock`), tell);
  try {
    if (!(await seen(marker(join(cache, wanted))))) await build(wanted, python, tell, cache);
  } finally {
    await release();
  }
  return installed(wanted, cache);
}

function installed(version: string, cache: string): Installed {
  const dir = join(cache, version);
  return { version, dir, python: join(dir, 'venv', 'bin', 'python') };
}

async function build(version: string, python: string, tell: Tell, cache: string): Promise<void> {
  const { dir, python: inner } = installed(version, cache);
  const logPath = join(dir, 'install.log');
  const since = Date.now();
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  tell(`Installing Open WebUI ${version} (once; some minutes). Log: ${logPath}`);

  const made = await run(python, ['-m', 'venv', join(dir, 'venv')], { logPath });
  if (made.code !== 0) {
    throw new Lacking(
      `Python cannot make a virtual environment (on Debian: apt-get install python3-venv).\n${tail(made)}`,
    );
  }
  const wheel = await run(inner, [...pip, 'install', '--no-deps', `open-webui==${version}`], { logPath });
  if (wheel.code !== 0) throw new Lacking(refusal(version, wheel));

  const requirements = leanRequirements(await metadataOf(join(dir, 'venv')));
  const list = join(dir, 'requirements.txt');
  await writeFile(list, `${requirements.join('\n')}\n`);
  const rest = await run(inner, [...pip, 'install', '-r', list], { logPath });
  if (rest.code !== 0) throw new Lacking(refusal(version, rest));

  const seconds = Math.round((Date.now() - since) / 1000);
  await writeFile(marker(dir), `${JSON.stringify({ version, seconds, requirements })}\n`);
  tell(`Installed in ${seconds} s.`);
}

/** The first Python that Open WebUI can live with: `$PYTHON`, then python3.12, python3.11, python3. */
async function findPython(): Promise<string> {
  const names = [process.env.PYTHON, 'python3.12', 'python3.11', 'python3'].filter((name) => name !== undefined);
  const found: string[] = [];
  for (const name of names) {
    const { code, output } = await run(name, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']);
    if (code !== 0) continue;
    const version = output.trim();
    if (version === '3.11' || version === '3.12') return name;
    found.push(`${name} is ${version}`);
  }
  const others = found.length === 0 ? 'none was found' : found.join(', ');
  throw new Lacking(
    `Open WebUI needs Python 3.11 or 3.12 (${others}). Install one, or name it: PYTHON=/path/to/python3.12`,
  );
}

async function newest(python: string, tell: Tell, cache: string): Promise<string> {
  // Where nothing answers, an installed version will do: no need to ask again and again.
  const answer = await run(python, [...pip, 'index', 'versions', 'open-webui', '--retries', '1', '--timeout', '15']);
  const version = newestOf(answer.output);
  if (version !== null) return version;
  const names = await readdir(cache);
  const have = await Promise.all(names.map(async (name) => ((await seen(marker(join(cache, name)))) ? name : null)));
  const fallback = have
    .filter((name) => name !== null)
    .sort(byVersion)
    .at(-1);
  if (fallback === undefined) {
    throw new Lacking(
      `The Python package index does not answer, and no version of Open WebUI is installed yet.\n${tail(answer)}`,
    );
  }
  tell(`The Python package index does not answer; using ${fallback}, which is installed already.`);
  return fallback;
}

async function metadataOf(venv: string): Promise<string> {
  const [python = ''] = await readdir(join(venv, 'lib'));
  const packages = join(venv, 'lib', python, 'site-packages');
  const info = (await readdir(packages)).find((name) => /^open_webui-.*\.dist-info$/.test(name));
  if (info === undefined) throw new Lacking('pip installed something that does not look like Open WebUI.');
  return readFile(join(packages, info, 'METADATA'), 'utf8');
}

/** Keeps two installs of one version apart, also across processes. A lock whose holder is gone is taken over. */
async function lock(path: string, tell: Tell): Promise<() => Promise<void>> {
  const mine = await markOf(process.pid);
  for (let told = false; ; told = true) {
    const file = await open(path, 'wx').catch(() => null);
    if (file !== null) {
      await file.writeFile(JSON.stringify(mine));
      await file.close();
      return () => rm(path, { force: true });
    }
    if (!(await heldByOther(path))) await rm(path, { force: true });
    else if (!told) tell('Another process is installing this version; waiting for it.');
    await delay(500);
  }
}

/** A lock just made may not have its holder written yet: an unreadable one counts as held unless it stays so. */
async function heldByOther(path: string): Promise<boolean> {
  for (let tries = 0; tries < 4; tries += 1) {
    const text = await readFile(path, 'utf8').catch(() => null);
    if (text === null) return false;
    const match = /^\{"pid":(\d+),"started":"([^"]*)"\}$/.exec(text);
    if (match !== null) return isRunning({ pid: Number(match[1]), started: match[2] ?? '' });
    await delay(250);
  }
  return false;
}

/** Why pip did not install it, in words, with what pip said. */
function refusal(version: string, ended: Ended): string {
  const why = /\bRetrying \(Retry\(/.test(ended.output)
    ? 'The Python package index does not answer.'
    : /No matching distribution found for open-webui==/.test(ended.output)
      ? `The Python package index has no Open WebUI ${version} for this Python.`
      : `pip could not install Open WebUI ${version}.`;
  return `${why}\n${tail(ended)}`;
}

/** The end of what was said; pip's lists of versions are cut. */
function tail({ output }: Ended): string {
  const lines = output.trim().split('\n').slice(-6);
  return lines.map((line) => (line.length > 200 ? `${line.slice(0, 200)}…` : line)).join('\n');
}
