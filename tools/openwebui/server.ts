/** Starts an installed Open WebUI on loopback and waits until it answers. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
import { isRunning, markOf, type ProcessMark } from './identity.ts';
import type { Installed } from './install.ts';

/** A running server. */
export interface Running {
  readonly url: string;
  readonly port: number;
  readonly mark: ProcessMark;
}

/** What to start: which install, where its data and log go, and the provider behind it. */
export interface Launch {
  readonly installed: Installed;
  readonly dataDir: string;
  readonly logPath: string;
  readonly providerUrl: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** True lets it live on after this process once it answers (`up`); false ends it with this process. */
  readonly detached: boolean;
  /** Further settings of Open WebUI, in its own names. They win over ours. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How long a start may take, in ms; the first one after an install compiles Python files. */
const patienceMs = 300_000;

/** Starts the server; throws with the end of its log when it ends or does not answer in time. */
export async function launch(options: Launch): Promise<Running> {
  const port = options.port === 0 ? await freePort() : options.port;
  const program = join(options.installed.dir, 'venv', 'bin', 'open-webui');
  const log = openSync(options.logPath, 'a');
  const child = spawn(options.installed.python, [program, 'serve', '--host', '127.0.0.1', '--port', String(port)], {
    cwd: options.dataDir,
    env: { ...environment(options), ...options.env },
    stdio: ['ignore', log, log],
    detached: options.detached,
  });
  closeSync(log);
  if (child.pid === undefined) {
    const [error] = await once(child, 'error');
    throw error;
  }
  if (options.detached) child.unref();
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));

  const mark = await markOf(child.pid);
  const url = `http://127.0.0.1:${port}`;
  for (const end = Date.now() + patienceMs; mark !== null && Date.now() < end; await delay(200)) {
    if (await ready(url)) {
      if (options.detached) process.off('exit', kill);
      return { url, port, mark };
    }
    if (!(await isRunning(mark))) break;
  }
  kill();
  const text = await readFile(options.logPath, 'utf8');
  throw new Error(
    `Open WebUI ${options.installed.version} did not start. The end of its log:\n${text.split('\n').slice(-25).join('\n')}`,
  );
}

/** `/ready` where the version has it, else `/health`; both answer only once the server has started. */
async function ready(url: string): Promise<boolean> {
  for (const path of ['/ready', '/health']) {
    const response = await fetch(url + path, { signal: AbortSignal.timeout(5000) }).catch(() => null);
    if (response === null) return false;
    const text = await response.text();
    if (response.headers.get('content-type')?.startsWith('application/json') === true && response.status !== 404) {
      return response.ok && text.includes('true');
    }
  }
  return false;
}

/** A server that asks nobody but the provider, keeps all settings from here, and lets normal users have keys. Our reference, openwebui 9. */
function environment({ dataDir, providerUrl }: Launch): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: dataDir,
    LANG: 'C.UTF-8',
    DATA_DIR: dataDir,
    WEBUI_SECRET_KEY: 'only-for-tests-on-loopback-0123456789abcdef',
    OFFLINE_MODE: 'true',
    HF_HUB_OFFLINE: '1',
    SCARF_NO_ANALYTICS: 'true',
    DO_NOT_TRACK: 'true',
    ANONYMIZED_TELEMETRY: 'false',
    ENABLE_PERSISTENT_CONFIG: 'false',
    ENABLE_SIGNUP: 'true',
    DEFAULT_USER_ROLE: 'user',
    ENABLE_API_KEYS: 'true',
    USER_PERMISSIONS_FEATURES_API_KEYS: 'true',
    BYPASS_MODEL_ACCESS_CONTROL: 'true',
    ENABLE_OLLAMA_API: 'false',
    ENABLE_OPENAI_API: 'true',
    OPENAI_API_BASE_URL: providerUrl,
    OPENAI_API_KEY: 'scripted',
    BYPASS_EMBEDDING_AND_RETRIEVAL: 'true',
    RAG_EMBEDDING_ENGINE: 'openai',
    RAG_EMBEDDING_MODEL: 'words',
    RAG_OPENAI_API_BASE_URL: providerUrl,
    RAG_OPENAI_API_KEY: 'scripted',
  };
}
