import type { Keyv } from 'keyv';
import { createNextcloudAccounts } from '../accounts/nextcloud-accounts.ts';
import type { LinkedAccount } from '../accounts/nextcloud-links.ts';
import type { Adapter, Suggest } from '../chat/adapter.ts';
import type { Clock } from '../chat/clock.ts';
import { problemOf } from '../chat/errors.ts';
import type { Choice } from '../chat/forms.ts';
import type { Person } from '../chat/messages.ts';
import { type MessageRef, type Place, userKey } from '../chat/places.ts';
import type { NextcloudDesk } from '../commands/nextcloud-desk.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { Nextcloud } from '../nextcloud/connection.ts';
import { typeFor } from '../nextcloud/short-forms.ts';
import type { Log } from '../ops/log.ts';
import type { Store } from '../store/port.ts';
import type { Vault } from '../store/vault.ts';
import { fewAtOnce } from '../tasks/few-at-once.ts';
import { createLines } from '../tasks/lines.ts';
import { createTasks } from '../tasks/tasks.ts';
import type { Allowance } from './allowance.ts';
import { createLane } from './lane.ts';
import type { NextButtons } from './next-buttons.ts';
import { createNextcloudDesk } from './nextcloud-desk.ts';
import type { Spell } from './spelling.ts';
import { createStartTask, createTaskClick, type StartTask, type TaskClick } from './start-task.ts';
import { createWarmTypes, suggestChoices, suggestTypes } from './warm-types.ts';

/** The team's Nextcloud, and what is plainly said about it. */
export interface NextcloudSetting {
  readonly nc: Nextcloud;
  /** Such as that it is a stand-in; null for a real one. */
  readonly notice: string | null;
}

/** All that Parley does with Nextcloud. */
export interface NextcloudRoom {
  /** Null where none is set. */
  readonly desk: NextcloudDesk | null;
  readonly startTask: StartTask;
  readonly taskClick: TaskClick;
  /** What fits in an option of `/nextcloud`; null for options that are not its own. */
  suggest(query: Suggest, most: number): readonly Choice[] | null;
  /** The message that asked for a task was deleted: it is called off. */
  withdraw(message: MessageRef): Promise<void>;
  /** Begins to work off what waits. */
  start(): void;
  /** Lets go of what runs: the next process takes it up again. */
  stop(): Promise<void>;
}

/** Tasks wait for Nextcloud nearly all of their time: many may run at once. */
const MOST = 500;
/** Bytes of a file that is put into Nextcloud: a recording of an hour or two. It is held in memory on its way. */
const FILE_BYTES = 100 * 1_048_576;
/** Files that are on their way at the same time, in and out. */
const FILES = 4;

/** What the room needs of the rest. */
export interface NextcloudRooms {
  readonly store: Store;
  readonly vault: Vault;
  readonly cache: Keyv;
  readonly delivery: Delivery;
  readonly allowance: Allowance;
  readonly nextButtons: NextButtons;
  readonly clock: Clock;
  readonly log: Log;
  readonly leaseMs: number;
  adapter(platform: string): Adapter;
  isAdmin(person: Person): boolean;
  /** See `Access`. */
  refusal(person: Person, place: Place): string | null;
  readonly spell: Spell;
}

/** Opens the room: handed to Parley by whoever imports this file, which costs nothing where no Nextcloud is set. */
export type OpenNextcloud = (rooms: NextcloudRooms) => NextcloudRoom;

/** See {@link NextcloudRoom}. */
export function createNextcloudRoom(setting: NextcloudSetting, rooms: NextcloudRooms): NextcloudRoom {
  const { store, vault, delivery, clock, log } = rooms;
  const { nc: service, notice } = setting;
  const accounts = createNextcloudAccounts({
    ...{ service, vault, clock, log },
    links: store.links,
    standIn: notice !== null,
  });
  const types = createWarmTypes(clock, rooms.cache);
  const tasks = createTasks({
    ...{ store, vault, delivery, clock, log, accounts, ask },
    lines: createLines(clock),
    fileBytes: FILE_BYTES,
    carry: fewAtOnce(FILES),
    adapter: rooms.adapter,
    isAdmin: rooms.isAdmin,
    spell: rooms.spell,
    wake: () => lane.wake(),
  });
  const lane = createLane({
    lane: 'task',
    jobs: store.jobs,
    clock,
    log,
    most: MOST,
    leaseMs: rooms.leaseMs,
    run: (held) => tasks.run(held),
  });

  /** Asks somebody alone whether an account is theirs: a link may have been opened by another. */
  async function ask(person: Person, place: Place, { login, name, url, flow }: LinkedAccount): Promise<void> {
    const who = name === login ? `**${login}**` : `**${name}** (${login})`;
    const markdown = `The Nextcloud account ${who} on ${new URL(url).host} was connected. Is that you?`;
    const next = [
      {
        label: 'Yes, that is me',
        style: 'primary',
        command: 'nextcloud connect',
        options: { answer: 'yes', flow },
      },
      { label: 'No', style: 'danger', command: 'nextcloud connect', options: { answer: 'no', flow } },
    ] as const;
    const use = { author: person.ref, place, conversation: place };
    const body = await rooms.nextButtons.under({ markdown, controls: null }, next, use);
    const how = await delivery.tell(person.ref, place, body, null);
    if (how === 'impossible') log.warn({ user: userKey(person.ref) }, 'nobody could be asked to confirm an account');
  }

  return {
    desk: createNextcloudDesk({ accounts, tasks, types, clock, fileBytes: FILE_BYTES, notice }),
    startTask: createStartTask({ tasks, allowance: rooms.allowance, clock }),
    taskClick: createTaskClick({ tasks, allowance: rooms.allowance, refusal: rooms.refusal }),
    suggest({ command, option, typed, author }, most) {
      if (command.split(' ')[0] !== 'nextcloud') return null;
      const identity = accounts.known(author);
      const known = identity ? types(identity.nc).known() : [];
      if (option === 'type') return suggestTypes(known, typed, most);
      if (option !== 'to' && option !== 'from') return [];
      const translate = known.find(({ id }) => id === typeFor('translate', known));
      const key = option === 'to' ? 'target_language' : 'origin_language';
      return suggestChoices(
        translate?.input.find((slot) => slot.key === key),
        typed,
        most,
      );
    },
    withdraw: (message) => tasks.withdraw(message),
    start() {
      accounts
        .start()
        .catch((error: unknown) => log.warn({ error }, 'the Nextcloud accounts of people could not be read yet'));
      types(service)
        .fresh()
        .catch((error: unknown) => log.warn({ detail: problemOf(error).detail }, problemOf(error).say));
      lane.wake();
    },
    async stop() {
      // Tasks may take hours: nothing is waited for.
      await Promise.all([lane.stop(0), tasks.abandon()]);
    },
  };
}
