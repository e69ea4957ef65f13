import type { Clock } from '../../src/chat/clock.ts';
import type { Book } from './book.ts';
import type { Conversation } from './conversations.ts';
import { teamPlace } from './conversations.ts';
import type { Hub } from './hub.ts';
import type { Kept, NewMessage } from './messages.ts';
import type { PagePending } from './protocol.ts';
import { isListed, pageConversation, pageMessage } from './shown.ts';

/** Where everything is written: kept in the book, and told at once to every page that may see it. */
export interface Board {
  /** Writes a message that is sent already. */
  post(message: Omit<NewMessage, 'sent' | 'n'>): Kept;
  /** Shows a message that was accepted. */
  sent(id: number): Kept;
  /** Tells that a message is another now; `before` is how pages have it. */
  changed(kept: Kept, before: Kept): void;
  gone(kept: Kept): void;
  title(id: string, title: string, by: NonNullable<Conversation['titledBy']>): void;
  /** Shows that Parley is at work in a conversation, for at most two minutes; null ends it. */
  busy(conversation: string, status: string | null): void;
  /** Shows that a command is at work until it is settled, or its trigger has expired. */
  pending(pending: PagePending, seenBy: string | null, expiresAt: number): void;
  /** The command's answer has come, or never will. */
  settle(trigger: string): void;
  busyNow(person: string): { conversation: string; status: string }[];
  pendingNow(person: string): PagePending[];
  /** Stops all timers. */
  stop(): void;
}

const BUSY_MS = 120_000;
const SETTLED_KEPT = 500;

/** See {@link Board}. */
export function createBoard({ book, hub, clock }: { book: Book; hub: Hub; clock: Clock }): Board {
  const busy = new Map<string, { status: string; cancel: () => void }>();
  const waiting = new Map<string, { pending: PagePending; seenBy: string | null; cancel: () => void }>();
  /** Triggers that were answered before it was known that they would be waited for. */
  const settled = new Set<string>();

  function listed(id: string): void {
    const conversation = book.conversations.get(id);
    if (!conversation) return;
    const frame = {
      type: 'conversation',
      seq: conversation.seq,
      conversation: pageConversation(book, conversation),
    } as const;
    if (conversation.owner !== null) {
      if (isListed(book, conversation, conversation.owner)) hub.tell(conversation.owner, frame);
    } else if (conversation.place.thread !== null) hub.tell(null, frame);
  }

  /** Frames go out in the order of their numbers: a page that is cut off between two asks for all after the last it saw. */
  function show(kept: Kept): void {
    if (kept.root) book.conversations.begin(teamPlace(kept.conversation), null, kept.at);
    hub.inside(kept.conversation, kept.reader, { type: 'message', seq: kept.seq, message: pageMessage(kept) });
    book.conversations.touch(kept.conversation, kept.at);
    listed(kept.conversation);
  }

  function setBusy(conversation: string, status: string | null): void {
    const before = busy.get(conversation);
    before?.cancel();
    busy.delete(conversation);
    if (status !== null)
      busy.set(conversation, { status, cancel: clock.after(BUSY_MS, () => setBusy(conversation, null)) });
    if (status !== (before?.status ?? null)) {
      const owner = book.conversations.get(conversation)?.owner ?? null;
      hub.tell(owner, { type: 'busy', conversation, status });
    }
  }

  function settle(trigger: string): void {
    const found = waiting.get(trigger);
    if (!found) {
      settled.add(trigger);
      const [oldest] = settled;
      if (settled.size > SETTLED_KEPT && oldest !== undefined) settled.delete(oldest);
      return;
    }
    found.cancel();
    waiting.delete(trigger);
    hub.tell(found.seenBy, { type: 'settled', id: trigger });
  }

  return {
    post(message) {
      const kept = book.together(() => {
        const added = book.messages.add({ ...message, sent: true, n: null });
        if (added.root) book.conversations.begin(teamPlace(added.conversation), null, added.at);
        return added;
      });
      show(kept);
      return kept;
    },
    sent(id) {
      const kept = book.messages.send(id);
      show(kept);
      return kept;
    },
    changed(kept, before) {
      const seq = kept.seq;
      const grown = kept.text.startsWith(before.text) && sameBeside(kept, before);
      if (grown && kept.shown) {
        const { conversation } = kept;
        const from = before.text.length;
        const frame = { type: 'grow', seq, conversation, message: String(kept.id), from } as const;
        hub.inside(conversation, kept.reader, { ...frame, text: kept.text.slice(from), live: kept.shown.live });
      } else hub.inside(kept.conversation, kept.reader, { type: 'message', seq, message: pageMessage(kept) });
      const emoji = kept.reactions[0] !== before.reactions[0];
      if (emoji || (before.text !== kept.text && kept.shown === null)) {
        book.conversations.touch(kept.conversation, 0);
        listed(kept.conversation);
      }
    },
    gone(kept) {
      const { seq, conversation, reader } = kept;
      hub.inside(conversation, reader, { type: 'gone', seq, conversation, message: String(kept.id) });
    },
    title(id, title, by) {
      book.conversations.title(id, title, by);
      listed(id);
    },
    busy: setBusy,
    pending(pending, seenBy, expiresAt) {
      if (settled.delete(pending.id)) return;
      const cancel = clock.after(Math.max(0, expiresAt - clock.now()), () => settle(pending.id));
      waiting.set(pending.id, { pending, seenBy, cancel });
      hub.tell(seenBy, { type: 'pending', pending });
    },
    settle,
    busyNow: (person) =>
      [...busy]
        .filter(([id]) => [null, person].includes(book.conversations.get(id)?.owner ?? null))
        .map(([conversation, { status }]) => ({ conversation, status })),
    pendingNow: (person) =>
      [...waiting.values()].filter(({ seenBy }) => seenBy === null || seenBy === person).map(({ pending }) => pending),
    stop() {
      for (const { cancel } of [...busy.values(), ...waiting.values()]) cancel();
      busy.clear();
      waiting.clear();
    },
  };
}

/** Whether nothing but text and liveness differs. */
function sameBeside(a: Kept, b: Kept): boolean {
  const beside = ({ shown, reactions, files, edited }: Kept) =>
    JSON.stringify([shown && { ...shown, markdown: '', live: false }, reactions, files, edited]);
  return beside(a) === beside(b);
}
