/** A real Open WebUI for a test: installed if need be, started with a scripted provider in this process, ended by `stop`. */
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Provider, startProvider } from '../../test/servers/provider/provider.ts';
import { listModels, makePeople, type People } from './accounts.ts';
import { stopProcess } from './identity.ts';
import { install, type Tell } from './install.ts';
import { launch } from './server.ts';
import { cacheDir } from './state.ts';

export interface OpenWebUI {
  readonly url: string;
  readonly version: string;
  /** The admin's API key. */
  readonly adminKey: string;
  /** A normal user's key, which may write prompts: what Parley uses. */
  readonly userKey: string;
  /** Another normal user's key, with no further rights. */
  readonly user2Key: string;
  /** E-mail and password of each, for the web page. */
  readonly people: People;
  /** The ids of the models it lists. */
  readonly models: readonly string[];
  /** The provider behind it. */
  readonly provider: Provider;
  /** The server's log file, gone after `stop`. */
  readonly logPath: string;
  /** Ends the server and starts it again on the same port and data, with no models read yet. */
  restart(): Promise<void>;
  /** Ends the server and its provider and removes its data. */
  stop(): Promise<void>;
}

export interface StartOptions {
  /** Null or absent: the newest there is. */
  readonly version?: string | null;
  /** Further settings of Open WebUI, in its own names. */
  readonly env?: Readonly<Record<string, string>>;
  readonly tell?: Tell;
}

/** Starts one on fresh data and free ports; throws `Lacking` (install.ts) where this machine cannot. */
export async function startOpenWebUI(options: StartOptions = {}): Promise<OpenWebUI> {
  const installed = await install(options.version ?? null, options.tell ?? (() => undefined));
  await mkdir(join(cacheDir, 'data'), { recursive: true });
  const dataDir = await mkdtemp(join(cacheDir, 'data', `${installed.version}-`));
  const logPath = join(dataDir, 'server.log');
  const provider = await startProvider();
  const start = (port: number) =>
    launch({ installed, dataDir, logPath, providerUrl: provider.url, port, detached: false, env: options.env ?? {} });
  const forget = (): void => rmSync(dataDir, { recursive: true, force: true });
  process.once('exit', forget);
  const clear = async (): Promise<void> => {
    process.off('exit', forget);
    await provider.stop();
    await rm(dataDir, { recursive: true, force: true });
  };

  let running = await start(0).catch(async (error: unknown) => {
    await clear();
    throw error;
  });
  const stop = async (): Promise<void> => {
    await stopProcess(running.mark);
    await clear();
  };
  try {
    const people = await makePeople(running.url);
    const models = await listModels(running.url, people.user.key);
    return {
      url: running.url,
      version: installed.version,
      adminKey: people.admin.key,
      userKey: people.user.key,
      user2Key: people.user2.key,
      people,
      models,
      provider,
      logPath,
      restart: async () => {
        await stopProcess(running.mark);
        running = await start(running.port);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
