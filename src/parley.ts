import type { Keyv } from 'keyv';
import type { Accounts, UnlinkedPolicy } from './accounts/accounts.ts';
import { createAccounts } from './accounts/create-accounts.ts';
import { type AccessRules, OPEN_TO_MEMBERS } from './chat/access.ts';
import type { Adapter } from './chat/adapter.ts';
import type { Clock } from './chat/clock.ts';
import { Failure, problemOf } from './chat/errors.ts';
import type { Person } from './chat/messages.ts';
import { userKey } from './chat/places.ts';
import { allCommands } from './commands/all.ts';
import { published } from './commands/registry.ts';
import { createDelivery } from './delivery/delivery.ts';
import { createAccess } from './inbox/access.ts';
import type { ThreadMode } from './inbox/addressed.ts';
import { type AskLimits, createAllowance } from './inbox/allowance.ts';
import { createCalls } from './inbox/calls.ts';
import { createClicks } from './inbox/clicks.ts';
import { createControl } from './inbox/control.ts';
import { createDesk } from './inbox/desk.ts';
import { createExtras } from './inbox/extras.ts';
import { createFormDesk } from './inbox/form-sessions.ts';
import { createHome } from './inbox/home.ts';
import { type Connection, createHost } from './inbox/host.ts';
import { createKeyGuard } from './inbox/key-guard.ts';
import { createLane } from './inbox/lane.ts';
import { askFirst } from './inbox/late.ts';
import { createLinking } from './inbox/linking.ts';
import { createMessages } from './inbox/messages.ts';
import { createNextButtons } from './inbox/next-buttons.ts';
import { createNextcloudRoom, type NextcloudSetting } from './inbox/nextcloud.ts';
import { createPromptShelf } from './inbox/prompt-shelf.ts';
import { createQuestions, QUESTION_UNITS } from './inbox/questions.ts';
import { createWaiting } from './inbox/waiting.ts';
import { createWarm } from './inbox/warm.ts';
import type { OpenWebUI } from './openwebui/connection.ts';
import type { Log } from './ops/log.ts';
import type { Store } from './store/port.ts';
import type { Vault } from './store/vault.ts';
import { createAfter } from './turn/after.ts';
import { announceFirst } from './turn/announce.ts';
import { createFindModel } from './turn/asked-model.ts';
import type { AttachmentLimits } from './turn/attachments.ts';
import { type AfterOptions, createDecorate } from './turn/decorate.ts';
import { createGather } from './turn/gather.ts';
import { createKept } from './turn/kept.ts';
import { createLocate } from './turn/locate.ts';
import { createChooseModel } from './turn/model-choice.ts';
import { createNaming } from './turn/naming.ts';
import { decodeQuestion } from './turn/question.ts';
import { ANSWER_UNITS } from './turn/reducer.ts';
import { createTurns } from './turn/runner.ts';

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
  /** The team's Nextcloud; none when not given. */
  readonly nextcloud?: NextcloudSetting | null;
  readonly admins: readonly string[];
  /** Who is answered without an account of their own; `service` when not given. */
  readonly unlinked?: UnlinkedPolicy;
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
  questionUnits: QUESTION_UNITS,
  answerUnits: ANSWER_UNITS,
};

/** Puts the rooms together. Everything concrete (adapters, store, server, clock) comes in; nothing global is touched. */
export function createParley(options: ParleyOptions): Parley {
  const { store, vault, server, clock, log } = options;
  const limits = options.limits ?? ONLY_LENGTHS;
  const byName = new Map(options.platforms.map((platform) => [platform.adapter.name, platform]));
  const connections = new Map<string, Connection>();
  const ended = new AbortController();
  let stopping = false;
  let cancelSweep: (() => void) | null = null;

  const adapter = (name: string): Adapter => {
    const platform = byName.get(name);
    if (!platform) throw new Failure(notConfigured(name));
    return platform.adapter;
  };
  const titleLength = (name: string) => adapter(name).limits.titleLength;
  const wakeTurns = () => turnLane.wake();
  const wakeAfter = () => afterLane.wake();

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
  const registry = allCommands(options.commandPrefix);
  const warm = createWarm(server, clock, options.cache);
  const chooseModel = createChooseModel(store.settings, options.model);
  const naming = createNaming({ store, accounts, delivery, clock, log, wake: wakeAfter });
  const kept = createKept({ store, delivery, clock, wake: wakeAfter });
  const decorate = createDecorate({ store, vault, accounts, delivery, naming, options: options.after, clock, log });
  const after = createAfter({ store, vault, accounts, decorate, naming, kept, clock, log });
  const locate = createLocate({
    store,
    vault,
    delivery,
    clock,
    log,
    adapter,
  });
  const gather = createGather({
    store,
    vault,
    accounts,
    adapter,
    findModel: createFindModel({ ...warm, chooseModel }),
    savePending: after.savePending,
    tellOwner: kept.tell,
    limits: options.attachments,
    clock,
    log,
  });
  const turns = createTurns({
    ...{ store, vault, delivery, clock, log, locate, gather },
    answerUnits: limits.answerUnits,
  });
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
      wakeAfter();
    },
  });
  const afterLane = createLane({
    lane: 'after',
    jobs: store.jobs,
    clock,
    log,
    most: AFTERS,
    leaseMs: LEASE_MS,
    run: (held) => after.run(held),
  });

  const access = createAccess({
    admins: options.admins,
    rules: (name) => byName.get(name)?.access ?? OPEN_TO_MEMBERS,
    around: (place) => byName.get(place.platform)?.adapter.around?.(place) ?? [],
  });
  const allowance = createAllowance({ limits, jobs: store.jobs, clock });
  const queue = createQuestions({ jobs: store.jobs, vault, clock, allowance, wake: wakeTurns });
  const waiting = createWaiting({ questions: queue, accounts, forms: store.forms, vault, clock });
  const { questions } = waiting;
  const control = createControl({ store, vault, clock, access, turns, questions });
  const extras = createExtras(clock, options.cache);
  const nextButtons = createNextButtons(store.forms, clock);
  const nextcloud = createNextcloudRoom({
    ...{ store, vault, cache: options.cache, delivery, allowance, nextButtons, clock, log, adapter },
    setting: options.nextcloud ?? null,
    leaseMs: LEASE_MS,
    isAdmin: (person) => access.isAdmin(person),
  });
  const desk = createDesk({
    store,
    accounts,
    server,
    clock,
    access,
    control,
    warm,
    chooseModel,
    naming,
    webAddress: options.webAddress,
    notice: options.notice,
    prompts: createPromptShelf(accounts, warm, clock),
    linking: createLinking({ accounts, warm, waiting, log }),
    extras,
    delivery,
    adapter,
    nextcloud: nextcloud.desk,
    timezone: options.timezone || Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
  const keyGuard = createKeyGuard({ nextButtons, accounts });
  const calls = createCalls({
    registry,
    desk,
    access,
    forms: createFormDesk(store.forms, clock),
    nextButtons,
    questions,
    startTask: nextcloud.startTask,
    clock,
    log,
    questionUnits: limits.questionUnits,
    limits: (name) => adapter(name).limits,
  });
  const { taskClick } = nextcloud;
  const clicks = createClicks({ store, vault, clock, access, control, questions, calls, delivery, taskClick, log });
  const home = createHome({ store, desk, registry, clock });
  const promptsOf = (person: Person) => {
    const identity = accounts.known(person);
    return identity ? warm.prompts(identity.server).known() : [];
  };
  const mode = (name: string) => byName.get(name)?.mode ?? 'thread';
  const messages = createMessages({
    store,
    registry,
    access,
    calls,
    questions,
    mode,
    keyGuard,
    nextButtons,
    questionUnits: limits.questionUnits,
    aside: (user, place, body) => delivery.tell(user, place, body, null),
    prompts: promptsOf,
  });

  const extrasOf = (person: Person) => {
    const identity = accounts.known(person);
    return identity && extras(identity.server);
  };

  async function connect({ adapter: one }: Platform): Promise<void> {
    const connection: Connection = { state: 'connecting', why: '' };
    connections.set(one.name, connection);
    const host = createHost(
      {
        access,
        registry,
        messages,
        calls,
        clicks,
        control,
        naming,
        desk,
        home,
        keyGuard,
        warm,
        accounts,
        server,
        extrasOf,
        nextcloud,
        delivery,
        log,
      },
      one,
      connection,
    );
    try {
      await one.start(host, ended.signal);
    } catch (error) {
      const problem = problemOf(error);
      connection.state = 'fatal';
      connection.why = problem.say;
      log.error(
        { platform: one.name, kind: problem.kind, detail: problem.detail },
        `${one.name} cannot be connected: ${problem.say}`,
      );
      return;
    }
    wakeTurns();
    wakeAfter();
    await one.publish?.(published(registry)).catch((error: unknown) => {
      const { kind, detail, say } = problemOf(error);
      log.error({ platform: one.name, kind, detail }, `the commands on ${one.name} are not up to date: ${say}`);
    });
  }

  function sweep(): void {
    store
      .sweep(clock.now())
      .then((rows) => log.debug({ rows }, 'old rows deleted'))
      .catch((error: unknown) => log.warn({ error }, 'old rows could not be deleted'));
    cancelSweep = clock.after(SWEEP_MS, sweep);
  }

  return {
    async start() {
      await accounts.start();
      sweep();
      // Reading the models also fills the server's own table, without which its tasks answer 404 (our reference, openwebui 4).
      warm.prompts(server).known();
      warm
        .freshModels(server)
        .catch((error: unknown) => log.warn({ detail: problemOf(error).detail }, problemOf(error).say));
      await Promise.all(options.platforms.map(connect));
      turnLane.wake();
      afterLane.wake();
      nextcloud.start();
    },
    async stop(drainMs) {
      // Events still come in and are recorded, for the next process; only the work ends.
      stopping = true;
      cancelSweep?.();
      accounts.stop();
      await Promise.all([turnLane.stop(drainMs), afterLane.stop(drainMs), nextcloud.stop()]);
      await turns.abandon();
      await delivery.stop(0);
      ended.abort();
      await Promise.all(options.platforms.map((platform) => platform.adapter.stop()));
    },
    async unready() {
      const storeState = await store.check().then(
        () => null,
        (error: unknown) => problemOf(error).say,
      );
      const states = [...connections].map(
        ([name, { state, why }]) => [name, state === 'connected' ? null : why || `${name} is ${state}`] as const,
      );
      const some = states.length === 0 || states.some(([, why]) => why === null);
      return {
        store: storeState,
        stopping: stopping ? 'Parley is closing.' : null,
        ...(some ? {} : Object.fromEntries(states)),
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
