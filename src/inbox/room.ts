import type { Keyv } from 'keyv';
import type { Accounts } from '../accounts/accounts.ts';
import { type AccessRules, OPEN_TO_MEMBERS } from '../chat/access.ts';
import type { Adapter, Host } from '../chat/adapter.ts';
import type { Clock } from '../chat/clock.ts';
import type { CommandSpec } from '../chat/commands.ts';
import type { Person } from '../chat/messages.ts';
import { allCommands } from '../commands/all.ts';
import { published } from '../commands/registry.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { OpenWebUI } from '../openwebui/connection.ts';
import { createAudit } from '../ops/audit.ts';
import type { Log } from '../ops/log.ts';
import type { Job, Store } from '../store/port.ts';
import type { Vault } from '../store/vault.ts';
import type { TurnRoom } from '../turn/room.ts';
import { createAccess } from './access.ts';
import type { ThreadMode } from './addressed.ts';
import { type AskLimits, createAllowance } from './allowance.ts';
import { auditedAccess } from './audited-access.ts';
import { auditedNextcloud, auditedTasks } from './audited-nextcloud.ts';
import { createCalls } from './calls.ts';
import { createClicks } from './clicks.ts';
import { createControl } from './control.ts';
import { createDesk } from './desk.ts';
import { createEdits, OFFER } from './edits.ts';
import { createExtras, warmFor, withoutPeople } from './extras.ts';
import { createForgetting } from './forget.ts';
import { createFormDesk } from './form-sessions.ts';
import { createHome } from './home.ts';
import { type Connection, createHost } from './host.ts';
import { createKeyGuard } from './key-guard.ts';
import { createLinking } from './linking.ts';
import { createMessages } from './messages.ts';
import { createNextButtons } from './next-buttons.ts';
import type { OpenNextcloud } from './nextcloud.ts';
import { noNextcloud } from './no-nextcloud.ts';
import { createPromptShelf } from './prompt-shelf.ts';
import { createQuestions } from './questions.ts';
import { createSpelling, type Spell } from './spelling.ts';
import { createTranscript } from './transcript.ts';
import { createWaiting } from './waiting.ts';
import type { Warm } from './warm.ts';
import { createWithdrawals, WITHDRAW } from './withdrawals.ts';

/** What the inbox is made of. */
export interface InboxOptions {
  readonly store: Store;
  readonly vault: Vault;
  readonly cache: Keyv;
  readonly accounts: Accounts;
  /** The server through the service account. */
  readonly server: OpenWebUI;
  readonly turnRoom: TurnRoom;
  readonly delivery: Delivery;
  readonly warm: Warm;
  readonly clock: Clock;
  readonly log: Log;
  adapter(platform: string): Adapter;
  /** How a platform is set to behave; null for one that is not connected. */
  setting(platform: string): { readonly mode: ThreadMode; readonly access: AccessRules | null } | null;
  readonly admins: readonly string[];
  readonly nextcloud: OpenNextcloud | null;
  readonly commandPrefix: string;
  readonly webAddress: string;
  readonly notice: string | null;
  /** IANA. */
  readonly timezone: string;
  readonly limits: AskLimits & { readonly questionUnits: number };
  /** How long a claimed job is ours without a word. */
  readonly leaseMs: number;
  /** What becomes of the answer to a question that is deleted. */
  readonly deletedQuestions: 'remove' | 'keep';
  /** There is work for the lane `turn`; for the lane `after`. */
  wakeTurns(): void;
  wakeAfter(): void;
}

/** The inbox, put together: one host for each adapter, the commands to publish, and Nextcloud's tasks, which run beside the turns. */
export interface Inbox {
  host(adapter: Adapter, connection: Connection): Host;
  readonly commands: readonly CommandSpec[];
  readonly spell: Spell;
  start(): void;
  stop(): Promise<void>;
  /** Performs a job of the lane `after` that the inbox has put there; false for any other. */
  run(job: Job): Promise<boolean>;
}

/** See {@link Inbox}. */
export function createInbox(options: InboxOptions): Inbox {
  const { store, vault, accounts, server, delivery, warm, clock, log, adapter } = options;
  const { turns, naming, chooseModel } = options.turnRoom;
  const registry = allCommands(options.commandPrefix);
  const spell = createSpelling(registry, (platform) => (options.setting(platform) ? adapter(platform) : null));
  const audit = createAudit(log);
  const rules = createAccess({
    admins: options.admins,
    rules: (platform) => options.setting(platform)?.access ?? OPEN_TO_MEMBERS,
    around: (place) => (options.setting(place.platform) ? (adapter(place.platform).around?.(place) ?? []) : []),
  });
  const access = auditedAccess(rules, audit, clock);
  const allowance = createAllowance({ limits: options.limits, jobs: store.jobs, clock });
  const queue = createQuestions({
    jobs: store.jobs,
    keptMs: store.keptMs,
    vault,
    clock,
    allowance,
    wake: options.wakeTurns,
  });
  const waiting = createWaiting({
    questions: queue,
    accounts,
    forms: store.forms,
    jobs: store.jobs,
    vault,
    clock,
    log,
  });
  const { questions } = waiting;
  const control = createControl({ store, vault, clock, access, turns, questions, audit });
  const extras = createExtras(server, clock, options.cache);
  const nextButtons = createNextButtons(store.forms, clock);
  const nextcloud =
    options.nextcloud?.({
      ...{ store, vault, cache: options.cache, delivery, allowance, nextButtons, clock, log, adapter },
      leaseMs: options.leaseMs,
      isAdmin: (person) => access.isAdmin(person),
      refusal: (person, place) => access.refusal(person, place),
      spell,
    }) ?? noNextcloud;
  const nextcloudDesk = nextcloud.desk && auditedNextcloud(nextcloud.desk, audit);
  const linking = createLinking({ accounts, warm, extras, waiting, audit, log });
  const forgetting = createForgetting({
    ...{ store, vault, accounts, linking, control, clock, audit, log },
    kept: options.turnRoom.kept,
    nextcloud: nextcloudDesk,
  });
  /** What stands in the team's account is everybody's: only admins change it there. */
  const mayChange = (person: Person, owner: string | null) =>
    owner !== null || options.notice !== null || access.isAdmin(person);
  const desk = createDesk({
    mayChange,
    ...{ store, accounts, server, clock, access, control, warm, chooseModel, naming, extras, delivery, adapter },
    webAddress: options.webAddress,
    notice: options.notice,
    prompts: createPromptShelf(accounts, warm, clock, audit),
    ...{ linking, forgetting, audit, log },
    nextcloud: nextcloudDesk,
    transcript: createTranscript({ store, registry, adapter }),
    timezone: options.timezone,
  });
  const extrasOf = (person: Person) => {
    const identity = accounts.known(person);
    const known = identity && extras.of(identity.server);
    return known && !mayChange(person, identity.owner) ? withoutPeople(known) : known;
  };
  const keyGuard = createKeyGuard({ nextButtons, accounts });
  const calls = createCalls({
    ...{ registry, desk, access, nextButtons, questions, clock, log },
    forms: createFormDesk(store.forms, clock),
    startTask: nextcloud.startTask,
    questionUnits: options.limits.questionUnits,
    limits: (platform) => adapter(platform).limits,
    warm(person, path) {
      const known = extrasOf(person);
      if (known) warmFor(known, path);
    },
  });
  const taskClick = auditedTasks(nextcloud.taskClick, store.jobs, audit);
  const { questionUnits } = options.limits;
  const edits = createEdits({
    ...{ store, vault, waiting, access, control, questionUnits, clock },
    offers: options.turnRoom.offers,
    wake: options.wakeAfter,
  });
  const withdrawals = createWithdrawals({
    ...{ store, vault, delivery, control, clock, log },
    remove: options.deletedQuestions === 'remove',
    wake: options.wakeAfter,
  });
  const clicks = createClicks({
    ...{ store, vault, clock, access, control, questions, edits, calls, delivery, taskClick, log },
  });
  const home = createHome({ store, desk, registry, nextButtons, clock });
  const messages = createMessages({
    ...{ store, registry, access, calls, questions, clock, keyGuard, nextButtons },
    mode: (platform) => options.setting(platform)?.mode ?? 'thread',
    questionUnits: options.limits.questionUnits,
    aside: (user, place, body) => delivery.tell(user, place, body, null),
    prompts(person: Person) {
      const identity = accounts.known(person);
      return identity ? warm.prompts(identity.server).known() : [];
    },
  });
  const rooms = {
    ...{ access, registry, messages, calls, clicks, withdrawals, edits, naming },
    ...{ desk, home, keyGuard, warm, accounts, spell },
    ...{ waiting, nextcloud, delivery, log },
    extrasOf,
  };

  return {
    host: (one, connection) => createHost(rooms, one, connection),
    commands: published(registry),
    spell,
    start() {
      void waiting.resume();
      nextcloud.start();
    },
    stop: () => nextcloud.stop(),
    async run(job) {
      if (job.kind === WITHDRAW) await withdrawals.run(job);
      else if (job.kind === OFFER) await edits.run(job);
      else return false;
      return true;
    },
  };
}
