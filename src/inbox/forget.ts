import type { Accounts } from '../accounts/accounts.ts';
import type { Audit } from '../chat/audit.ts';
import type { Clock } from '../chat/clock.ts';
import { problemOf } from '../chat/errors.ts';
import type { Person } from '../chat/messages.ts';
import { userKey } from '../chat/places.ts';
import type { Forgetting, Linking } from '../commands/desk.ts';
import type { NextcloudDesk } from '../commands/nextcloud-desk.ts';
import { deleteChat } from '../openwebui/chats.ts';
import type { Log } from '../ops/log.ts';
import type { Job, Store } from '../store/port.ts';
import type { Vault } from '../store/vault.ts';
import { savedTurn } from '../turn/checkpoint.ts';
import type { Kept } from '../turn/kept.ts';
import { decodeQuestion } from '../turn/question.ts';
import type { Control } from './control.ts';

/** Questions of one person that are looked through, the newest. */
const MOST = 1_000;
/** What still ends is waited for this long, looked at this often. */
const ENDING_MS = 8_000;
const LOOK_MS = 100;

/** What forgetting is made of. */
export interface ForgetRooms {
  readonly store: Store;
  readonly vault: Vault;
  readonly accounts: Pick<Accounts, 'owning'>;
  readonly linking: Pick<Linking, 'unlink'>;
  readonly control: Pick<Control, 'end'>;
  readonly kept: Pick<Kept, 'of'>;
  readonly nextcloud: NextcloudDesk | null;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly log: Log;
}

/** A chat in Open WebUI that is a person's to delete: in their own account, or in the team's and nobody else's. */
interface Theirs {
  readonly id: string;
  /** `userKey`, or null for the team's account. */
  readonly owner: string | null;
}

/** See {@link Forgetting}. */
export function createForgetting(rooms: ForgetRooms): Forgetting {
  const { store, clock, audit } = rooms;

  /**
   * Of the team's account, only chats of conversations that nobody else could write in: in a channel's thread, what others wrote
   * there before stands in the chat too, and theirs is not this person's to delete.
   */
  async function chatsOf(user: string): Promise<readonly Theirs[]> {
    const found = new Map<string, Theirs>();
    const add = (id: string | null, owner: string | null, alone: boolean) => {
      if (id !== null && (owner === user || (owner === null && alone))) found.set(id, { id, owner });
    };
    for (const { key, place, chatId, owner, asker } of await store.conversations.of(user))
      add(chatId, owner, asker === user && (place.kind === 'direct' || isPrivate(key)));
    for (const job of await store.jobs.of(user, 'turn', MOST)) {
      const ids = savedTurn(job)?.ids;
      const question = ids && decodeQuestion(job.payload, rooms.vault);
      if (question) add(ids.chatId, ids.owner, question.private || question.conversation.kind === 'direct');
    }
    return [...found.values()];
  }

  async function unfinished(user: string): Promise<readonly Job[]> {
    const lanes = await Promise.all(
      (['turn', 'after', 'task'] as const).map((lane) => store.jobs.of(user, lane, MOST)),
    );
    // What tidies up behind a task, or waits for an account, ends in its own time.
    const asked = lanes.flat().filter((job) => job.lane !== 'task' || job.kind === 'task');
    return asked.filter((job) => job.state === 'waiting' || job.state === 'running');
  }

  /** Stops what is being done for them, and lets it end. */
  async function stop(person: Person, user: string): Promise<void> {
    for (const job of await unfinished(user)) {
      if (job.lane === 'turn') await rooms.control.end(job);
    }
    // A task that has not begun has no number to call it off by; whoever's account was to be confirmed is let go of below.
    for (const job of await store.jobs.of(user, 'task', MOST))
      if (job.state === 'waiting' && job.checkpoint === null && job.kind !== 'tidy') await store.jobs.cancel(job.id);
    for (const job of await rooms.kept.of(user)) await store.jobs.cancel(job.id);
    for (const task of (await rooms.nextcloud?.tasks(person)) ?? [])
      if (!task.over) await rooms.nextcloud?.cancel(person, task.number);
    const until = clock.now() + ENDING_MS;
    while (clock.now() < until && (await unfinished(user)).length > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      clock.after(LOOK_MS, resolve);
      await promise;
    }
  }

  return {
    async found(person) {
      const user = userKey(person.ref);
      const [questions, chats] = await Promise.all([store.jobs.of(user, 'turn', MOST), chatsOf(user)]);
      return { questions: questions.length, chats: chats.length };
    },
    async chats(person) {
      const user = userKey(person.ref);
      const report = { deleted: 0, failed: 0 };
      for (const { id, owner } of await chatsOf(user)) {
        try {
          const account = await rooms.accounts.owning(owner);
          if (account) await deleteChat(account.server, id);
          report[account ? 'deleted' : 'failed'] += 1;
        } catch (error) {
          const { kind, detail } = problemOf(error);
          // Somebody has deleted it there already.
          if (kind === 'missing') continue;
          rooms.log.info({ chat: id, kind, detail }, 'a chat could not be deleted');
          report.failed += 1;
        }
      }
      const { deleted: count, failed } = report;
      const result = failed === 0 ? 'done' : count === 0 ? 'failed' : 'partly';
      audit({ who: user, what: 'chats deleted', on: null, result, count });
      return report;
    },
    async person(person) {
      const user = userKey(person.ref);
      await stop(person, user);
      const unlinked = await rooms.linking.unlink(person);
      // The server is told first: once it stands nowhere here, nobody could take it back there.
      const nextcloud = (await rooms.nextcloud?.disconnect(person)) ?? 'none';
      const { left } = await store.forget(user, clock.now());
      audit({ who: user, what: 'person forgotten', on: null, result: left === 0 ? 'done' : 'partly' });
      return { left, unlinked, nextcloud };
    },
  };
}

/** A private answer in a place where others are is a conversation of its own. */
function isPrivate(key: string): boolean {
  return key.startsWith('alone:');
}
