import type { Clock } from '../../../src/chat/clock.ts';
import type { Json } from './json.ts';
import type {
  ApiCall,
  Channel,
  Ephemeral,
  Message,
  Ping,
  ResponseUrl,
  StoredFile,
  Trigger,
  User,
  ViewRecord,
} from './model.ts';
import { seededRandom } from './random.ts';

/** How many calls, pings, ephemerals … are kept before the oldest is forgotten. */
const KEEP = 100_000;

/** What `assistant.threads.*` and `agents.sessions.*` said about one thread. */
export interface ThreadState {
  status: string;
  statusAt: number;
  loadingMessages: string[];
  statuses: { at: number; status: string; via: string }[];
  title: string | null;
  prompts: Json[];
  session: 'processing' | 'active' | 'suspended' | 'closed' | null;
}

/** The whole state of the pretended workspace; every part of the server reads and writes this one value. */
export interface World {
  readonly clock: Clock;
  readonly random: () => number;
  readonly teamId: string;
  readonly teamName: string;
  readonly domain: string;
  readonly appId: string;
  readonly bot: User;
  readonly botId: string;
  readonly users: Map<string, User>;
  /** User groups by id: the ids of those in them. */
  readonly groups: Map<string, Set<string>>;
  readonly subteams: Map<string, string[]>;
  readonly channels: Map<string, Channel>;
  readonly files: Map<string, StoredFile>;
  readonly views: Map<string, ViewRecord>;
  readonly triggers: Map<string, Trigger>;
  readonly responses: Map<string, ResponseUrl>;
  readonly threads: Map<string, ThreadState>;
  /** Prompts pinned to the top of a DM by `setSuggestedPrompts` without a thread. */
  readonly dmPrompts: Map<string, Json[]>;
  readonly emoji: Map<string, string>;
  /** The names `reactions.add` accepts; null accepts every well-formed name. */
  knownEmoji: Set<string> | null;
  readonly ephemerals: Ephemeral[];
  readonly pings: Ping[];
  readonly calls: ApiCall[];
  /** What broke inside this server; a test may assert that it is empty. */
  readonly failures: Error[];
  /** Downloads asked for, with or without a good token. */
  readonly downloads: { file: string; authorized: boolean; at: number }[];
  /** Bot scopes of the installed app; a call that needs another one gets `missing_scope`. */
  scopes: Set<string>;
  /** True when the app is an agent (`agent_view`), so that sessions and titles work. */
  agent: boolean;
  /** How long a native stream lives, and how long it may stay idle (ms). */
  streamLifeMs: number;
  streamIdleMs: number;
  /** `http://127.0.0.1:PORT`, set when the server listens. */
  origin: string;
  /** Sends an event to the app, when it is subscribed to it. Set by the server. */
  publish: (event: Json, options?: { external?: boolean }) => void;
  readonly changes: Set<() => void>;
  serial: number;
  lastTs: number;
}

/** What `startSlack` takes to make the world. */
export interface WorldOptions {
  clock: Clock;
  seed: number;
  scopes: readonly string[];
  agent: boolean;
  streamLifeMs: number;
}

/** An empty workspace with only the bot in it. */
export function createWorld(options: WorldOptions): World {
  const bot: User = {
    id: 'UPARLEY01',
    name: 'parley',
    realName: 'Parley',
    email: null,
    emailConfirmed: false,
    teamId: 'T0TEST001',
    isBot: true,
    guest: 'none',
    stranger: false,
    deleted: false,
    presence: 'active',
    tz: 'Etc/UTC',
    locale: 'en-US',
    botId: 'BPARLEY01',
  };
  return {
    clock: options.clock,
    random: seededRandom(options.seed),
    teamId: bot.teamId,
    teamName: 'Test team',
    domain: 'test-team',
    appId: 'APARLEY01',
    bot,
    botId: 'BPARLEY01',
    users: new Map([[bot.id, bot]]),
    groups: new Map(),
    subteams: new Map(),
    channels: new Map(),
    files: new Map(),
    views: new Map(),
    triggers: new Map(),
    responses: new Map(),
    threads: new Map(),
    dmPrompts: new Map(),
    emoji: new Map(),
    knownEmoji: null,
    ephemerals: [],
    pings: [],
    calls: [],
    failures: [],
    downloads: [],
    scopes: new Set(options.scopes),
    agent: options.agent,
    streamLifeMs: options.streamLifeMs,
    streamIdleMs: Number.POSITIVE_INFINITY,
    origin: '',
    publish: () => undefined,
    changes: new Set(),
    serial: 0,
    lastTs: 0,
  };
}

/** A new id with Slack's kind of prefix: `F000001`, `V000002`. */
export function nextId(world: World, prefix: string): string {
  world.serial += 1;
  return `${prefix}${String(world.serial).padStart(7, '0')}`;
}

/** A message timestamp: seconds with six decimals, never the same twice and always growing. */
export function nextTs(world: World): string {
  world.lastTs = Math.max(world.clock.now() * 1000, world.lastTs + 1);
  const whole = Math.floor(world.lastTs / 1_000_000);
  return `${whole}.${String(world.lastTs % 1_000_000).padStart(6, '0')}`;
}

/** Adds to a kept list and forgets the oldest beyond the cap. */
export function keep<T>(items: T[], item: T): T {
  items.push(item);
  if (items.length > KEEP) items.splice(0, items.length - KEEP);
  return item;
}

/** Tells everyone who waits for something that the world has changed. */
export function changed(world: World): void {
  for (const listener of [...world.changes]) listener();
}

/** The key of a thread in `world.threads`. */
export function threadKey(channel: string, ts: string): string {
  return `${channel}:${ts}`;
}

/** The state kept for a thread, made on first use. */
export function threadState(world: World, channel: string, ts: string): ThreadState {
  const key = threadKey(channel, ts);
  const found = world.threads.get(key);
  if (found) return found;
  const made: ThreadState = {
    status: '',
    statusAt: 0,
    loadingMessages: [],
    statuses: [],
    title: null,
    prompts: [],
    session: null,
  };
  world.threads.set(key, made);
  return made;
}

/** The message with that `ts`, unless it was deleted. */
export function findMessage(world: World, channel: string, ts: string): Message | undefined {
  return world.channels.get(channel)?.messages.findLast((message) => message.ts === ts && message.deletedAt === null);
}
