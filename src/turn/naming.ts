import type { Clock } from '../chat/clock.ts';
import type { Place } from '../chat/places.ts';
import { placeKey } from '../chat/places.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { renameChat } from '../openwebui/chats.ts';
import type { OpenWebUI } from '../openwebui/connection.ts';
import type { Log } from '../ops/log.ts';
import type { Conversation, Job, Lease, Store } from '../store/port.ts';

/** Gives conversations their titles. A person's title is never replaced. */
export interface Naming {
  /** A title typed as a command: shown on the platform too. */
  byPerson(conversation: Conversation, title: string): Promise<void>;
  /** A title that a person gave on the platform itself. */
  onPlatform(place: Place, title: string): Promise<void>;
  /** The model's title: once, and not where a person has named the conversation. */
  byModel(conversation: Conversation, title: string, lease: Lease): Promise<void>;
  /** Performs a `rename` job: names the chat in Open WebUI. Throws a `Failure` to be tried again. */
  renameInOpenWebUI(job: Job): Promise<void>;
}

const RENAME_KEPT_MS = 86_400_000;

/** See {@link Naming}. Renaming in Open WebUI is a job, so that it survives a server that is down. */
export function createNaming(rooms: {
  store: Store;
  server: OpenWebUI;
  delivery: Delivery;
  clock: Clock;
  log: Log;
  wake(): void;
}): Naming {
  const { store, delivery, clock } = rooms;

  async function rename(conversation: Conversation, title: string): Promise<void> {
    await store.conversations.put({ ...conversation, title, titledBy: 'person' }, null);
    if (conversation.chatId === null) return;
    const now = clock.now();
    await store.jobs.accept(
      {
        key: `rename:${conversation.chatId}:${now}`,
        lane: 'after',
        conversation: conversation.key,
        kind: 'rename',
        payload: JSON.stringify({ conversation: conversation.key }),
        notBefore: 0,
        expiresAt: now + RENAME_KEPT_MS,
      },
      now,
    );
    rooms.wake();
  }

  return {
    async byPerson(conversation, title) {
      await rename(conversation, title);
      const problem = await delivery.title(conversation.place, title, 'person');
      if (problem)
        rooms.log.warn(
          { conversation: conversation.key, kind: problem.kind, detail: problem.detail },
          'title not shown',
        );
    },
    async onPlatform(place, title) {
      const conversation = await store.conversations.get(placeKey(place));
      if (conversation) await rename(conversation, title);
    },
    async byModel(conversation, title, lease) {
      if (conversation.titledBy === 'person') return;
      if (!(await store.conversations.put({ ...conversation, title, titledBy: 'model' }, lease))) return;
      const problem = await delivery.title(conversation.place, title, 'model');
      if (problem) rooms.log.info({ conversation: conversation.key, kind: problem.kind }, 'title not shown');
      if (conversation.chatId !== null) await renameChat(rooms.server, conversation.chatId, title);
    },
    async renameInOpenWebUI(job) {
      const conversation = job.conversation === null ? null : await store.conversations.get(job.conversation);
      if (conversation?.chatId && conversation.title)
        await renameChat(rooms.server, conversation.chatId, conversation.title);
    },
  };
}
