import { withoutKeys } from '../../src/chat/keys.ts';
import type { Message, Person } from '../../src/chat/messages.ts';
import type { Book } from './book.ts';
import { type Conversation, directPlace, teamPlace } from './conversations.ts';
import { fileRef } from './files.ts';
import type { Kept } from './messages.ts';
import type { PageConversation, PageMessage } from './protocol.ts';
import { PARLEY, TEAM } from './words.ts';

const PREVIEW_UNITS = 90;

/** A message as the page shows it. */
export function pageMessage(kept: Kept): PageMessage {
  const { conversation, seq, author, at, edited, text, files, reactions, n, shown } = kept;
  return {
    id: String(kept.id),
    conversation,
    seq,
    author,
    at,
    edited,
    text,
    files,
    reactions,
    n,
    secret: kept.reader !== null,
    part: shown?.part ?? 0,
    live: shown?.live ?? false,
    status: shown?.status ?? null,
    note: shown?.note ?? null,
    sources: shown?.sources ?? [],
    controls: shown?.controls ?? null,
  };
}

/** A conversation as the list shows it. */
export function pageConversation(book: Book, conversation: Conversation): PageConversation {
  const { id, title, usedAt } = conversation;
  const open = book.messages.first(id, null);
  return {
    id,
    shared: conversation.owner === null,
    title,
    preview: preview(open),
    emoji: open?.reactions[0] ?? null,
    usedAt,
  };
}

/** Whether it is in the list: the channel itself is not, nor what was begun and never written in. */
export function isListed(book: Book, conversation: Conversation, person: string): boolean {
  return conversation.place.thread !== null && book.messages.any(conversation.id, person);
}

function preview(first: Kept | null): string {
  if (!first) return '';
  // The list is seen by whoever looks over a shoulder, and a key that was written by mistake may be deleted yet.
  const line = withoutKeys(first.text)
    .replaceAll(/^[#>\s]+/gm, '')
    .replaceAll(/[`*]+/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  if (line === '') return first.files[0]?.name ?? '';
  return line.length > PREVIEW_UNITS ? `${line.slice(0, PREVIEW_UNITS - 1).toWellFormed()}…` : line;
}

/** A person as events and history name them. */
export function personOf(book: Book, id: string): Person {
  const name = id === PARLEY ? 'Parley' : (book.people.get(id)?.name ?? 'Somebody');
  return {
    ref: { platform: 'local', team: 'local', id },
    name,
    email: null,
    locale: null,
    timezone: null,
    bot: id === PARLEY,
    guest: false,
    stranger: false,
    groups: [],
  };
}

/** A message as events and history tell it: its text without the bot's own name before it. */
export function messageOf(book: Book, kept: Kept): Message {
  return {
    ref: { place: standsIn(book, kept), id: String(kept.id) },
    author: personOf(book, kept.author),
    text: kept.author === PARLEY ? kept.text : kept.text.replace(/^\s*@parley\b[,:]?\s*/i, ''),
    files: kept.files.map(fileRef),
    at: kept.at,
    ours: kept.author === PARLEY,
  };
}

/** The place a message stands in: one that begins a thread stands in the channel. */
function standsIn(book: Book, kept: Kept) {
  if (kept.root || kept.conversation === TEAM) return teamPlace(null);
  const conversation = book.conversations.get(kept.conversation);
  return conversation?.place ?? directPlace(kept.author, kept.conversation);
}

/** Whether text names the bot. */
export function mentions(text: string): boolean {
  return /(^|[^\p{L}\p{N}_@.])@parley(?![\p{L}\p{N}_])/iu.test(text);
}
