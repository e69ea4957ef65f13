import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Clock, systemClock } from '../../chat/clock.ts';
import { demoModel } from './answers/demo-model.ts';
import type { Pace } from './answers/pace.ts';
import { Background } from './background.ts';
import { furnish } from './furnish.ts';
import type { Model } from './model.ts';
import { type Profile, since } from './profile.ts';
import { router } from './router.ts';
import { chatListRoutes } from './routes/chatlists.ts';
import { chatRoutes } from './routes/chats.ts';
import { completionRoutes } from './routes/completions.ts';
import { feedbackRoutes } from './routes/feedback.ts';
import { fileRoutes } from './routes/files.ts';
import { folderRoutes } from './routes/folders.ts';
import { knowledgeRoutes } from './routes/knowledge.ts';
import { oldPromptRoutes } from './routes/oldprompts.ts';
import { peopleRoutes } from './routes/people.ts';
import { promptHistoryRoutes } from './routes/prompthistory.ts';
import { promptRoutes } from './routes/prompts.ts';
import { rootRoutes } from './routes/root.ts';
import { taskRoutes } from './routes/tasks.ts';
import { type Happening, makeWorld, people, type Settings, type World } from './world.ts';

/** How a stand-in behaves. Everything has a default. */
export interface StandInOptions {
  /** Which release it imitates; default the newest. */
  readonly profile?: Profile;
  /** Changes the demo's words; the same seed and question give the same answer. */
  readonly seed?: number;
  /** How fast the demo writes; `instant` for tests. Default: like a quick human reader likes it. */
  readonly pace?: Pace | 'instant';
  readonly clock?: Clock;
  /** A SQLite file for chats, files and keys, so that they survive a restart. Default: memory only. */
  readonly dataFile?: string;
  /** What answers questions; default the demo's own words. */
  readonly model?: Model;
  /** Switches that differ from a fresh server's. */
  readonly settings?: Partial<Settings>;
  /** Whether a new server holds a few prompts and a collection of knowledge. Default true. */
  readonly furnished?: boolean;
  /** Told of streams beginning and ending. */
  readonly watch?: (happening: Happening) => void;
}

/** A stand-in without a socket: for a server that wraps it. */
export interface StandIn {
  readonly world: World;
  /** Answers one request. `bytes` gives its body, for a wrapper that has read it or wants to see it. */
  handle(request: IncomingMessage, response: ServerResponse, bytes?: () => Promise<Buffer>): Promise<void>;
  /** API key of the ordinary user `Parley`, who may make prompts. */
  readonly key: string;
  readonly adminKey: string;
  /** Another ordinary user's key; may not make prompts. */
  readonly otherKey: string;
  /** Key of somebody who has not been accepted yet. */
  readonly pendingKey: string;
  /** Stops every answer and timer and closes the file. */
  stop(): void;
}

/** A stand-in that listens. */
export interface RunningStandIn extends Omit<StandIn, 'handle' | 'stop'> {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  /** Ends every connection and forgets what is only in memory. */
  close(): Promise<void>;
}

/** Makes a stand-in that answers requests somebody else's server takes. */
export function makeOpenWebUI(options: StandInOptions = {}): StandIn {
  const world = makeWorld({
    profile: options.profile ?? '0.12',
    clock: options.clock ?? systemClock,
    model:
      options.model ??
      demoModel({ seed: options.seed ?? 1, ...(options.pace !== undefined && { pace: options.pace }) }),
    dataFile: options.dataFile ?? null,
    settings: options.settings ?? {},
    watch: options.watch ?? (() => undefined),
  });
  if (world.fresh && (options.furnished ?? true)) furnish(world);
  const background = new Background(world);
  const handle = router(world, [
    ...completionRoutes(world, background),
    ...chatListRoutes(world, background),
    ...chatRoutes(world, background),
    ...taskRoutes(world, background),
    ...fileRoutes(world),
    ...(since(world.profile, '0.8') ? [...promptHistoryRoutes(world), ...promptRoutes(world)] : oldPromptRoutes(world)),
    ...folderRoutes(world),
    ...knowledgeRoutes(world),
    ...feedbackRoutes(world),
    ...peopleRoutes(world),
    ...rootRoutes(world),
  ]);
  return {
    world,
    handle,
    key: keyOf(world, people.user.id),
    adminKey: keyOf(world, people.admin.id),
    otherKey: keyOf(world, people.other.id),
    pendingKey: keyOf(world, people.pending.id),
    stop() {
      background.close();
      world.close();
    },
  };
}

/** Starts a stand-in on a random port of the loopback address. */
export async function startOpenWebUI(options: StandInOptions = {}): Promise<RunningStandIn> {
  const { handle, stop, ...rest } = makeOpenWebUI(options);
  const server = createServer((request, response) => void handle(request, response));
  const url = await listen(server, 0);
  return {
    ...rest,
    url,
    async close() {
      await shut(server);
      stop();
    },
  };
}

/** Listens on the loopback address and answers with the server's own. Rejects when the port is taken. */
export function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      resolve(`http://127.0.0.1:${bound}`);
    });
  });
}

/** Closes the server and every connection to it. */
export function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function keyOf(world: World, id: string): string {
  return world.users.get(id)?.api_key ?? '';
}
