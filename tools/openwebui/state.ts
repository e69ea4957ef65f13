/** What `up` started, one file per version in the cache folder, so that `status` and `down` find it again. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';

const mark = z.strictObject({ pid: z.number().int().positive(), started: z.string() });
const person = z.strictObject({ email: z.string(), password: z.string(), key: z.string() });

const stateSchema = z.strictObject({
  version: z.string(),
  url: z.url(),
  providerUrl: z.url(),
  dataDir: z.string(),
  logPath: z.string(),
  server: mark,
  provider: mark,
  admin: person,
  user: person,
  user2: person,
  models: z.array(z.string()),
});
export type State = z.infer<typeof stateSchema>;

/** Where everything is kept: `.cache/openwebui` of this project, which git ignores. */
export const cacheDir = join(import.meta.dirname, '..', '..', '.cache', 'openwebui');

/** The state file of a version. */
export function statePath(version: string, cache: string = cacheDir): string {
  return join(cache, version, 'running.json');
}

/** Writes the state, readable by its owner only since it holds keys. */
export async function writeState(state: State, cache: string = cacheDir): Promise<void> {
  const path = statePath(state.version, cache);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
}

/** The state of a version, or null when there is none, or none that can be read. */
export async function readState(version: string, cache: string = cacheDir): Promise<State | null> {
  const text = await readFile(statePath(version, cache), 'utf8').catch(() => null);
  if (text === null) return null;
  const parsed = stateSchema.safeParse(parseJson(text));
  return parsed.success ? parsed.data : null;
}

/** All states, by version. */
export async function readStates(cache: string = cacheDir): Promise<State[]> {
  const names = await readdir(cache).catch(() => []);
  const states = await Promise.all(names.sort().map((name) => readState(name, cache)));
  return states.filter((state) => state !== null);
}

/** Forgets a version's state. */
export async function removeState(version: string, cache: string = cacheDir): Promise<void> {
  await rm(statePath(version, cache), { force: true });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
