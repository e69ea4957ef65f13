import type { Person } from '../chat/messages.ts';
import type { Place } from '../chat/places.ts';
import type { TaskType } from '../nextcloud/task-types.ts';
import type { Done } from './desk.ts';
import type { TaskOrder } from './task-order.ts';

/** What commands may do with Nextcloud. */
export interface NextcloudDesk {
  /** The kinds of task that the person's account may use, building blocks left out; fetched when none are known. Throws a `Failure`. */
  types(person: Person): Promise<readonly TaskType[]>;
  /** The same, fetched when they are old. Throws a `Failure`. */
  freshTypes(person: Person): Promise<readonly TaskType[]>;
  /** `userKey` of the person whose own account runs their tasks; null for the team's. Throws a `Failure` where theirs cannot be used any more. */
  account(person: Person): Promise<string | null>;
  /** Bytes of a file that can be put into a task. */
  readonly fileBytes: number;
  /** The person's newest tasks, the newest first. */
  tasks(person: Person): Promise<readonly TaskLine[]>;
  /** One of their tasks as it stands now, by Nextcloud's number; the newest for null. Null: there is no such task of theirs. Throws a `Failure`. */
  task(person: Person, number: number | null): Promise<TaskLine | null>;
  /** Calls one of their tasks off; for null the newest that is not over. Throws a `Failure`. */
  cancel(person: Person, number: number | null): Promise<Done>;
  /** Deletes one of their tasks in Nextcloud, with its texts. Throws a `Failure`. */
  remove(person: Person, number: number): Promise<Done>;
  /** Why people cannot connect accounts of their own; null where they can. */
  readonly linkingOff: string | null;
  /** Begins to connect the person's own account: the address to open. Throws a `Failure`. */
  connect(key: string, person: Person, place: Place): Promise<string>;
  /** The account that waits to be confirmed, or is connected; null for none. */
  connected(
    person: Person,
  ): Promise<{ readonly flow: string; readonly name: string; readonly confirmed: boolean } | null>;
  /** The person says that the account which this flow granted is theirs. False: there is none. */
  confirm(person: Person, flow: string): Promise<boolean>;
  /** Takes the connection away, on the server too: any, or only what this flow granted. `left`: the server could not be told. */
  disconnect(person: Person, flow?: string): Promise<'revoked' | 'left' | 'none'>;
  /** Short lines for `/status`. Never throws: a server that is away is a fact. */
  facts(person: Person): Promise<readonly string[]>;
  /** What is plainly said about the server, such as that it is a stand-in; null for a real one. */
  readonly notice: string | null;
}

/** A task as its person reads it in a list. */
export interface TaskLine {
  /** Nextcloud's number; null before it has one. */
  readonly number: number | null;
  readonly name: string;
  /** Where it stands, in a few words. */
  readonly where: string;
  /** When it was asked for, ms since the epoch; null when nobody knows. */
  readonly at: number | null;
  readonly over: boolean;
}

/** What a command that has something done by Nextcloud comes to. */
export interface TaskOutcome {
  readonly do: 'task';
  readonly order: TaskOrder;
  readonly account: string | null;
  /** The one line that others see, such as "Ann ran Nextcloud: summarize". */
  readonly announce: string;
  readonly private: boolean;
}
