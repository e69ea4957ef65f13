import type { Conversation, Conversations, Lease } from '../store/port.ts';

/** The newest change of each row that is being changed, by store. */
const changes = new WeakMap<Conversations, Map<string, Promise<unknown>>>();

/**
 * Reads a conversation's row, changes it and writes it, with no other such change of the same row in between: a title, a new chat
 * and a new answer may all come in the same moment. `change` gets the row as it is now and gives it back as it shall be, or null to
 * leave it. Resolves with what was written; null when nothing was, or the lease was lost.
 */
export async function changeConversation(
  conversations: Conversations,
  key: string,
  lease: Lease | null,
  change: (now: Conversation | null) => Conversation | null,
): Promise<Conversation | null> {
  const changing = changes.get(conversations) ?? new Map<string, Promise<unknown>>();
  changes.set(conversations, changing);
  const before = changing.get(key) ?? Promise.resolve();
  const write = async () => {
    const changed = change(await conversations.get(key));
    return changed && (await conversations.put(changed, lease)) ? changed : null;
  };
  const mine = before.then(write, write);
  changing.set(key, mine);
  try {
    return await mine;
  } finally {
    if (changing.get(key) === mine) changing.delete(key);
  }
}
