import type { Keyv } from 'keyv';
import type { Accounts, UnlinkedPolicy } from './accounts/accounts.ts';
import { createAccounts } from './accounts/create-accounts.ts';
import type { AccessRules } from './chat/access.ts';
import type { Adapter } from './chat/adapter.ts';
import type { Clock } from './chat/clock.ts';
import { Failure, problemOf } from './chat/errors.ts';
import { userKey } from './chat/places.ts';
import { createDelivery } from './delivery/delivery.ts';
import type { ThreadMode } from './inbox/addressed.ts';
import type { AskLimits } from './inbox/allowance.ts';
import { createConnections } from './inbox/connections.ts';
import { createLane } from './inbox/lane.ts';
import { askFirst } from './inbox/late.ts';
import type { OpenNextcloud } from './inbox/nextcloud.ts';
import { QUESTION_UNITS } from './inbox/questions.ts';
import { createInbox } from './inbox/room.ts';
import { createWarm } from './inbox/warm.ts';
import type { OpenWebUI } from './openwebui/connection.ts';
import { createAudit } from './ops/audit.ts';
import type { Log } from './ops/log.ts';
import type { Store } from './store/port.ts';
import type { Vault } from './store/vault.ts';
import { announceFirst } from './turn/announce.ts';
import type { AttachmentLimits } from './turn/attachments.ts';
import type { AfterOptions } from './turn/decorate.ts';
import { decodeQuestion } from './turn/question.ts';
import { ANSWER_UNITS } from './turn/reducer.ts';
import { createTurnRoom } from './turn/room.ts';

/** A platform and how it is set to behave. */
export interface Platform {
  readonly adapter: Adapter;
  readonly mode: ThreadMode;
  /** Who may use Parley there, and where: members of the team everywhere when not given. */
  readonly access?: AccessRules;
}

/** All that Parley is made of, already opened. */
export interface ParleyOptions {
  readonly store: Store;
  readonly vault: Vault;
  /** For what may be lost. */
  readonly cache: Keyv;
  readonly server: OpenWebUI;
  readonly platforms: readonly Platform[];
  readonly clock: Clock;
  readonly log: Log;
  /** Model when nobody chose one; null for the first that the server lists. */
  readonly model: string | null;
  /** Where people open Open WebUI in the browser. */
  readonly webAddress: string;
  /** What is plainly said about the server, such as that it is a stand-in; null for a real one. */
  readonly notice: string | null;
  /** IANA zone of dates in prompts where the platform does not tell the person's; the machine's when unset or empty. */
  readonly timezone?: string;
  /** Opens the room of the team's Nextcloud; none when not given. */
  readonly nextcloud?: OpenNextcloud | null;
  readonly admins: readonly string[];
  /** Who is answered without an account of their own; `service` when not given. */
  readonly unlinked?: UnlinkedPolicy;
  /** What becomes of the answer to a question that is deleted; it is removed when not given. */
  readonly deletedQuestions?: 'remove' | 'keep';
  /** Whether an admin's service key is used all the same. */
  readonly allowAdminKey?: boolean;
  /** What platforms put before each command's name; none when not given. */
  readonly commandPrefix?: string;
  readonly after: AfterOptions;
  readonly attachments: AttachmentLimits;
  /** How much may be asked, and how long an answer may get: only the lengths are bounded when not given. */
  readonly limits?: ParleyLimits;
}

/** See {@link AskLimits}; lengths in UTF-16 units. */
export interface ParleyLimits extends AskLimits {
  readonly questionUnits: number;
  readonly answerUnits: number;
}

/** Parley, put together. */
export interface Parley {
  /** Connects every platform; resolves when those that can are. A platform that never will is logged and told by `unready`. */
  start(): Promise<void>;
  /** Takes nothing more in, lets answers end for at most `drainMs`, lets go of the rest. */
  stop(drainMs: number): Promise<void>;
  /** A sentence for each part that is not well, null for each that is. */
  unready(): Promise<Record<string, string | null>>;
}

/** After a crash, a question waits so long before it is taken up again. */
const LEASE_MS = 9_000;
const SWEEP_MS = 3_600_000;
/** Turns wait for the model most of the time: many may run at once. */
const TURNS = 2_000;
const AFTERS = 8;

const ONLY_LENGTHS: ParleyLimits = {
  person: null,
  channel: null,
  atOnce: null,
  tasksAtOnce: null,
  questionUnits: QUESTION_UNITS,
  answerUnits: ANSWER_UNITS,
};

/** Puts the rooms together. Everything concrete (adapters, store, server, clock) comes in; nothing global is touched. */
export function createParley(options: ParleyOptions): Parley {
  const { store, vault, server, clock, log } = options;
  const limits = options.limits ?? ONLY_LENGTHS;
  const byName = new Map(options.platforms.map((platform) => [platform.adapter.name, platform]));
  const ended = new AbortController();
  let stopping = false;
  let cancelSweep: (() => void) | null = null;

  const adapter = (name: string): Adapter => {
    const platform = byName.get(name);
    if (!platform) throw new Failure(notConfigured(name));
    return platform.adapter;
  };
  const titleLength = (name: string) => adapter(name).limits.titleLength;

  const delivery = createDelivery({
    adapter,
    outbox: store.outbox,
    clock,
    log: (event, fields) => log.debug(fields, event),
  });
  const linkedAccounts = createAccounts({
    links: store.links,
    vault,
    server,
    clock,
    policy: options.unlinked ?? 'service',
    allowAdminKey: options.allowAdminKey ?? false,
    log,
  });
  const accounts: Accounts = {
    ...linkedAccounts,
    async link(person, key) {
      const account = await linkedAccounts.link(person, key);
      // What waited for this person is saved now; a store that fails here leaves it to the next try.
      await kept
        .ownerIsBack(userKey(person.ref))
        .catch((error: unknown) => log.warn({ error }, 'kept answers wait on'));
      return account;
    },
  };
  const warm = createWarm(server, clock, options.cache);
  const turnRoom = createTurnRoom({
    ...{ store, vault, accounts, delivery, clock, log, adapter, models: warm },
    model: options.model,
    after: options.after,
    attachments: options.attachments,
    answerUnits: limits.answerUnits,
    spell: (platform, words) => inbox.spell(platform, words),
    wakeAfter: () => afterLane.wake(),
  });
  const { turns, after, kept } = turnRoom;
  const turnLane = createLane({
    lane: 'turn',
    jobs: store.jobs,
    clock,
    log,
    most: TURNS,
    leaseMs: LEASE_MS,
    run: async (held) => {
      const question = decodeQuestion(held.job.payload, vault);
      if (await askFirst({ store, delivery, clock }, held.job, question)) return;
      if (await announceFirst({ store, vault, delivery, clock, log, titleLength }, held.job, question)) return;
      await turns.run(held);
      await turnRoom.offers.showEdit(held.job.id);
      afterLane.wake();
    },
  });
  const afterLane = createLane({
    lane: 'after',
    jobs: store.jobs,
    clock,
    log,
    most: AFTERS,
    leaseMs: LEASE_MS,
    async run(held) {
      if (!(await inbox.run(held.job))) await after.run(held);
    },
  });

  const inbox = createInbox({
    ...{ store, vault, cache: options.cache, accounts, server, turnRoom, delivery, warm, clock, log, adapter },
    setting(name) {
      const platform = byName.get(name);
      return platform ? { mode: platform.mode, access: platform.access ?? null } : null;
    },
    admins: options.admins,
    nextcloud: options.nextcloud ?? null,
    commandPrefix: options.commandPrefix ?? '',
    webAddress: options.webAddress,
    notice: options.notice,
    timezone: options.timezone || Intl.DateTimeFormat().resolvedOptions().timeZone,
    limits,
    leaseMs: LEASE_MS,
    deletedQuestions: options.deletedQuestions ?? 'remove',
    wakeTurns: () => turnLane.wake(),
    wakeAfter: () => afterLane.wake(),
  });
  const connections = createConnections({
    host: inbox.host,
    commands: inbox.commands,
    ended: ended.signal,
    log,
    connected() {
      turnLane.wake();
      afterLane.wake();
    },
  });

  function sweep(): void {
    store
      .sweep(clock.now())
      .then((rows) => log.debug({ rows }, 'old rows deleted'))
      .catch((error: unknown) => log.warn({ error }, 'old rows could not be deleted'));
    tellFigures();
    cancelSweep = clock.after(SWEEP_MS, sweep);
  }

  /** How fast answers have appeared since the start, once an hour and at the end: the figures that the bench has, too. */
  function tellFigures(): void {
    const figures = delivery.stats();
    if (figures.replies.done + figures.replies.failed > 0) log.info(figures, 'answers shown so far');
  }

  return {
    async start() {
      if (options.allowAdminKey) createAudit(log)({ who: null, what: 'admin key allowed', on: null, result: 'done' });
      await accounts.start();
      sweep();
      // Reading the models also fills the server's own table, without which its tasks answer 404 (our reference, openwebui 4).
      warm.prompts(server).known();
      warm
        .freshModels(server)
        .catch((error: unknown) => log.warn({ detail: problemOf(error).detail }, problemOf(error).say));
      await Promise.all(options.platforms.map((platform) => connections.connect(platform.adapter)));
      if (stopping) return;
      turnLane.wake();
      afterLane.wake();
      inbox.start();
      // What is wrong with the team's key is told before anybody says that all is ready.
      await accounts.looked();
    },
    async stop(drainMs) {
      // Events still come in and are recorded, for the next process; only the work ends.
      stopping = true;
      cancelSweep?.();
      accounts.stop();
      await Promise.all([turnLane.stop(drainMs), afterLane.stop(drainMs), inbox.stop()]);
      await turns.abandon();
      await delivery.stop(0);
      tellFigures();
      ended.abort();
      await Promise.all(options.platforms.map((platform) => platform.adapter.stop()));
    },
    async unready() {
      const storeState = await store.check().then(
        () => null,
        (error: unknown) => problemOf(error).say,
      );
      return {
        store: storeState,
        stopping: stopping ? 'Parley is closing.' : null,
        ...connections.unready(),
      };
    },
  };
}

function notConfigured(name: string) {
  return {
    kind: 'closed',
    retry: { when: 'never' },
    say: 'That platform is no longer connected to Parley.',
    detail: `no adapter for ${name}`,
  } as const;
}
