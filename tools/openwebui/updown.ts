/** `up`, `down` and `status`: a real Open WebUI that lives on after the command, and everything that belongs to it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { listModels, makePeople } from './accounts.ts';
import { isRunning, markOf, type ProcessMark, stopProcess } from './identity.ts';
import { install, type Tell } from './install.ts';
import { launch } from './server.ts';
import { cacheDir, readState, readStates, removeState, type State, writeState } from './state.ts';

/** Starts a version unless it runs already; answers its state either way. */
export async function up(version: string | null, tell: Tell): Promise<State> {
  const installed = await install(version, tell);
  const before = await readState(installed.version);
  if (before !== null && (await isRunning(before.server)) && (await isRunning(before.provider))) {
    tell(`Open WebUI ${before.version} is running already.`);
    return before;
  }
  if (before !== null) await end(before);

  await mkdir(join(cacheDir, 'data'), { recursive: true });
  const dataDir = await mkdtemp(join(cacheDir, 'data', `${installed.version}-up-`));
  const logPath = join(dataDir, 'server.log');
  const since = Date.now();
  const provider = await detachedProvider();
  const marks = [provider.mark];
  /** Interrupted before the state was written, nothing would ever stop them. */
  const abandon = (): void => {
    for (const mark of marks) process.kill(mark.pid, 'SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
  };
  process.once('exit', abandon);
  try {
    tell(`Starting Open WebUI ${installed.version} …`);
    const server = await launch({ installed, dataDir, logPath, providerUrl: provider.url, port: 0, detached: true });
    marks.push(server.mark);
    const people = await makePeople(server.url);
    const state: State = {
      version: installed.version,
      url: server.url,
      providerUrl: provider.url,
      dataDir,
      logPath,
      server: server.mark,
      provider: provider.mark,
      ...people,
      models: await listModels(server.url, people.user.key),
    };
    await writeState(state);
    tell(`Started in ${Math.round((Date.now() - since) / 1000)} s.`);
    return state;
  } catch (error) {
    for (const mark of marks) await stopProcess(mark);
    await rm(dataDir, { recursive: true, force: true });
    throw error;
  } finally {
    process.off('exit', abandon);
  }
}

/** Stops that version, or all; answers what was stopped. Processes that are not the ones we started are left alone. */
export async function down(version: string | null): Promise<State[]> {
  const states = (await readStates()).filter((state) => version === null || state.version === version);
  for (const state of states) await end(state);
  return states;
}

/** What was started, and whether it still runs. */
export async function status(): Promise<{ state: State; server: boolean; provider: boolean }[]> {
  const states = await readStates();
  return Promise.all(
    states.map(async (state) => ({
      state,
      server: await isRunning(state.server),
      provider: await isRunning(state.provider),
    })),
  );
}

async function end(state: State): Promise<void> {
  await stopProcess(state.server);
  await stopProcess(state.provider);
  await rm(state.dataDir, { recursive: true, force: true });
  await removeState(state.version);
}

async function detachedProvider(): Promise<{ url: string; mark: ProcessMark }> {
  const program = join(import.meta.dirname, '..', '..', 'test', 'servers', 'provider', 'main.ts');
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
  const gone = once(child, 'exit').then(() => {
    throw new Error('the scripted provider did not start');
  });
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), gone]);
  gone.catch(() => undefined);
  const mark = child.pid === undefined ? null : await markOf(child.pid);
  if (mark === null) throw new Error('the scripted provider did not start');
  child.stdout.destroy();
  child.unref();
  return { url: String(line), mark };
}

/** The settings to use, as lines for `.env`, with the rest as comments. */
export function settings(state: State): string {
  return [
    `OPENWEBUI_URL=${state.url}`,
    `OPENWEBUI_API_KEY=${state.user.key}`,
    'OPENWEBUI_MODEL=echo',
    '',
    `# admin:  ${state.admin.email} / ${state.admin.password}   key ${state.admin.key}`,
    `# user:   ${state.user.email} / ${state.user.password}   (the key above; may write prompts)`,
    `# user 2: ${state.user2.email} / ${state.user2.password}   key ${state.user2.key}`,
    `# models: ${state.models.join(' ')}`,
    `# provider: ${state.providerUrl.replace(/\/v1$/, '')}/control/script, /control/requests, /control/reset`,
    `# log: ${state.logPath}`,
  ].join('\n');
}
