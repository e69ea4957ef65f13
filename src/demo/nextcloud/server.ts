import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Clock, systemClock } from '../../chat/clock.ts';
import type { Json } from '../openwebui/json.ts';
import { demoProvider } from './answers/provider.ts';
import type { Task } from './book.ts';
import type { Files } from './files.ts';
import { grant } from './loginflow.ts';
import type { NewPerson, Person } from './people.ts';
import { type Profile, since } from './profile.ts';
import { router } from './router.ts';
import { cloudRoutes } from './routes/cloud.ts';
import { taskProcessingRoutes } from './routes/taskprocessing.ts';
import { textProcessingRoutes } from './routes/textprocessing.ts';
import { humanPace, type Outcome, type Pace } from './worker.ts';
import { makeWorld, type Settings, type World } from './world.ts';

/** How a stand-in behaves. Everything has a default. */
export interface NextcloudOptions {
  /** Which release it imitates; default the newest. */
  readonly profile?: Profile;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /** The folder it is installed in, such as `/nextcloud`; default none. */
  readonly path?: string;
  readonly clock?: Clock;
  /** How quickly tasks move. `instant`: at once after the answer of `schedule`. Default: a second or three, with progress. */
  readonly pace?: Pace | 'instant';
  /** Whether the worker waits for `work`, `release`, `finish` or `fail`: a server without cron. Default false. */
  readonly held?: boolean;
  /** Accounts besides `alice`, `bob` and `admin`; one with such an id replaces it. */
  readonly users?: readonly NewPerson[];
  /** Switches that differ from a fresh server's. `trusted` has the loopback names and `host` by default. */
  readonly settings?: Partial<Settings>;
  /** What does the tasks; default the demo's toys. */
  readonly provider?: (task: Task, files: Files) => Outcome;
}

/** A stand-in without a socket: for a server that wraps it. */
export interface NextcloudStandIn {
  readonly world: World;
  /** Login name and app password of the ordinary account `alice`. */
  readonly user: string;
  readonly password: string;
  /** Switches that can be turned while it runs. */
  readonly settings: Settings;
  /** An account by its id: `bob`, `admin`. Throws when there is none. */
  person(id: string): Person;
  /** Runs every waiting task to its end, now. Says how many. */
  work(): number;
  /** Keeps the worker from taking tasks, until `release`. */
  hold(): void;
  release(): void;
  /** The newest task's id in the new API's numbers; 0 when there is none. */
  newest(): number;
  start(id: number): void;
  /** @param progress 0 to 1. */
  progress(id: number, progress: number): void;
  /** Ends a task well, with this output or with the provider's own. `Made` in it becomes a file. */
  finish(id: number, output?: Json): void;
  /** Ends a task badly; `reason` is what the person may read (33 and later), null when the provider just threw. */
  fail(id: number, reason: string | null): void;
  /** Presses "Grant access" on a login flow's page as this account. `login` is the address that the flow was begun with. */
  grant(login: string, id?: string): void;
  /** Answers one request. `bytes` gives its body, for a wrapper that wants to see it. */
  handle(request: IncomingMessage, response: ServerResponse, bytes?: () => Promise<Buffer>): Promise<void>;
  /** Ends every timer. */
  stop(): void;
}

/** A stand-in that listens. */
export interface RunningNextcloud extends Omit<NextcloudStandIn, 'handle' | 'stop'> {
  /** `http://127.0.0.1:<port>` and the folder, without a slash at the end. */
  readonly url: string;
  /** Ends every connection and forgets everything. */
  close(): Promise<void>;
}

/** Makes a stand-in that answers requests somebody else's server takes. */
export function makeNextcloud(options: NextcloudOptions = {}): NextcloudStandIn {
  const world = makeWorld({
    profile: options.profile ?? '34',
    clock: options.clock ?? systemClock,
    people: [{ id: 'alice' }, { id: 'bob' }, { id: 'admin', admin: true }, ...(options.users ?? [])],
    pace: options.pace === 'instant' ? { pickupMs: 0, runMs: 0 } : (options.pace ?? humanPace),
    held: options.held ?? false,
    provider: options.provider ?? demoProvider,
    settings: {
      maintenance: false,
      offers: null,
      trusted: ['127.0.0.1', 'localhost', '[::1]', ...(options.host === undefined ? [] : [options.host])],
      quick: false,
      rateLimit: 20,
      ...options.settings,
    },
  });
  const handle = router(world, folderOf(options), [
    ...cloudRoutes(world),
    ...textProcessingRoutes(world),
    ...(since(world.profile, 30) ? taskProcessingRoutes(world) : []),
  ]);
  const taskOf = (id: number): Task => {
    const task = world.book.get(id);
    if (task === null) throw new Error(`The stand-in has no task ${id}.`);
    return task;
  };
  const personOf = (id: string): Person => {
    const person = world.people.get(id);
    if (person === null) throw new Error(`The stand-in has no account "${id}".`);
    return person;
  };
  const alice = personOf('alice');
  return {
    world,
    user: alice.loginName,
    password: alice.password,
    settings: world.settings,
    person: personOf,
    work: () => world.worker.work(),
    hold: () => world.worker.hold(),
    release: () => world.worker.release(),
    newest: () => world.book.all().at(-1)?.id ?? 0,
    start: (id) => world.book.start(taskOf(id)),
    progress: (id, progress) => world.book.progress(taskOf(id), progress),
    finish(id, output) {
      if (output === undefined) world.worker.run(taskOf(id));
      else world.book.finish(taskOf(id), output);
    },
    fail: (id, reason) => world.book.fail(taskOf(id), reason),
    grant(login, id = 'alice') {
      const flow = world.flows.opened(login.slice(login.lastIndexOf('/') + 1));
      if (flow === null) throw new Error('The stand-in has no such login flow, or it is over.');
      grant(world, flow, personOf(id));
    },
    handle,
    stop: () => world.worker.stop(),
  };
}

/** Starts a stand-in. Rejects when the port is taken. */
export async function startNextcloud(options: NextcloudOptions = {}): Promise<RunningNextcloud> {
  const { handle, stop, ...rest } = makeNextcloud(options);
  const server = createServer((request, response) => void handle(request, response));
  const url = await listen(server, options);
  return {
    ...rest,
    url,
    async close() {
      await shut(server);
      stop();
    },
  };
}

/** Listens, and answers with the address that clients are given. */
export function listen(server: Server, options: NextcloudOptions): Promise<string> {
  const host = options.host ?? '127.0.0.1';
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, () => {
      server.off('error', reject);
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : (options.port ?? 0);
      resolve(`http://${host}:${port}${folderOf(options)}`);
    });
  });
}

/** Closes the server and every connection to it. */
function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function folderOf(options: NextcloudOptions): string {
  return (options.path ?? '').replace(/\/+$/, '');
}
