import * as z from 'zod';
import type { Accounts } from '../accounts/accounts.ts';
import type { Clock } from '../chat/clock.ts';
import { type Problem, problemOf } from '../chat/errors.ts';
import type { Place } from '../chat/places.ts';
import { placeKey } from '../chat/places.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { renameChat } from '../openwebui/chats.ts';
import type { Log } from '../ops/log.ts';
import type { Conversation, Job, Lease, Store } from '../store/port.ts';
import { changeConversation } from './change-conversation.ts';
import { isAway, OWNER_AWAY } from './credentials.ts';

/** Whether a title is seen on the platform: it is, it will be, or the platform does not let it. */
export type TitleShown = 'now' | 'later' | 'never';

/** Gives conversations their titles. A person's title is never replaced. */
export interface Naming {
  /** A title typed as a command: shown on the platform too. Null when there is no conversation here. */
  byPerson(place: Place, title: string): Promise<TitleShown | null>;
  /** A title that a person gave on the platform itself. */
  onPlatform(place: Place, title: string): Promise<void>;
  /** The model's title: once, and not where a person has named the conversation. */
  byModel(conversation: string, title: string, lease: Lease): Promise<void>;
  /** Performs a `rename` job: names the chat in Open WebUI, through its owner's account. Null: done, or nothing is left to name. */
  renameInOpenWebUI(job: Job): Promise<{ readonly problem: Problem | null; readonly owner: string | null }>;
}

const RENAME_KEPT_MS = 86_400_000;
/** A person who typed a title hears so soon that it is kept, whatever the platform does meanwhile. */
const HEARD_WITHIN_MS = 1_000;

const payload = z.object({ conversation: z.string() });

/** See {@link Naming}. Renaming in Open WebUI is a job, so that it survives a server that is down. */
export function createNaming(rooms: {
  store: Store;
  accounts: Pick<Accounts, 'owning'>;
  delivery: Delivery;
  clock: Clock;
  log: Log;
  wake(): void;
}): Naming {
  const { store, delivery, clock } = rooms;

  /** Keeps the title, and has the chat in Open WebUI called so. Null when there is no conversation, or it is a person's to name. */
  async function name(
    key: string,
    title: string,
    by: 'model' | 'person',
    lease: Lease | null,
  ): Promise<Conversation | null> {
    const named = await changeConversation(store.conversations, key, lease, (now) =>
      now && (by === 'person' || now.titledBy === 'question') ? { ...now, title, titledBy: by } : null,
    );
    if (named === null || named.chatId === null) return named;
    const now = clock.now();
    await store.jobs.accept(
      {
        key: `rename:${named.chatId}:${now}`,
        lane: 'after',
        conversation: key,
        kind: 'rename',
        payload: JSON.stringify({ conversation: key }),
        notBefore: 0,
        expiresAt: now + RENAME_KEPT_MS,
      },
      now,
    );
    rooms.wake();
    return named;
  }

  /** Best effort: platforms let threads be renamed only now and then. */
  async function show({ key, place }: Conversation, title: string, by: 'model' | 'person'): Promise<TitleShown> {
    // A private answer is a conversation of its own: its title is no business of the others where it was asked.
    if (key !== placeKey(place)) return 'now';
    const shown = await delivery.title(place, title, by).catch(problemOf);
    if (shown === null) return 'now';
    if (shown === 'later') return 'later';
    rooms.log.info({ conversation: key, kind: shown.kind, detail: shown.detail }, 'title not shown');
    return 'never';
  }

  /** What is known of it when a person has waited long enough. */
  function soon(shown: Promise<TitleShown>): Promise<TitleShown> {
    return new Promise((resolve, reject) => {
      const cancel = clock.after(HEARD_WITHIN_MS, () => resolve('later'));
      shown.then(resolve, reject).finally(cancel);
    });
  }

  return {
    async byPerson(place, title) {
      const named = await name(placeKey(place), title, 'person', null);
      return named && soon(show(named, title, 'person'));
    },
    async onPlatform(place, title) {
      await name(placeKey(place), title, 'person', null);
    },
    async byModel(key, title, lease) {
      const named = await name(key, title, 'model', lease);
      // Nobody waits for it.
      if (named) void show(named, title, 'model');
    },
    async renameInOpenWebUI(job) {
      const { conversation: key } = payload.parse(JSON.parse(job.payload));
      const conversation = await store.conversations.get(key);
      const owner = conversation?.owner ?? null;
      if (!conversation?.chatId || !conversation.title) return { problem: null, owner };
      const account = await rooms.accounts.owning(owner);
      if (!account) return { problem: OWNER_AWAY, owner };
      const renamed = renameChat(account.server, conversation.chatId, conversation.title);
      const problem = await renamed.then(() => null, problemOf);
      return { problem: problem && isAway(account, problem) ? OWNER_AWAY : problem, owner };
    },
  };
}
