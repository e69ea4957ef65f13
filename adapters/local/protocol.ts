import * as z from 'zod';
import type { CommandSpec } from '../../src/chat/commands.ts';
import type { Choice, Form } from '../../src/chat/forms.ts';
import type { Controls, Note, Source } from '../../src/chat/view.ts';
import { FILES_PER_MESSAGE } from './limits.ts';
import { MESSAGE_UNITS, TITLE_UNITS } from './words.ts';

const n = z.string().min(1).max(64);
const conversation = z.string().regex(/^(team|c-[0-9a-z-]{8,48}|\d{1,15})$/);
const message = z.string().regex(/^\d{1,15}$/);
const files = z.array(z.string().regex(/^[A-Za-z0-9_-]{22}$/)).max(FILES_PER_MESSAGE);

/**
 * What the page sends over its socket. `n` is the page's own number for a request: the answer carries it, and a request
 * sent again with the same number (after a lost connection) happens once. `to` names a conversation: `team` begins a new
 * shared one, an unknown `c-…` a new private one.
 */
export const fromPage = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('hello'),
    person: z.string().max(64),
    key: z.string().max(64),
    /** The page's build; another one than the server's is stale. */
    version: z.string().max(64),
    /** What the page has seen: of which data file, up to which change, and which conversations it holds. */
    seen: z.strictObject({ book: z.string().max(64), seq: z.number().int().nonnegative() }).nullable(),
    holds: z.array(conversation).max(20),
  }),
  z.strictObject({ type: z.literal('look'), conversation }),
  z.strictObject({ type: z.literal('older'), n, conversation, before: message }),
  z.strictObject({ type: z.literal('send'), n, to: conversation, text: z.string().max(MESSAGE_UNITS), files }),
  z.strictObject({ type: z.literal('edit'), n, message, text: z.string().min(1).max(MESSAGE_UNITS) }),
  z.strictObject({ type: z.literal('delete'), n, message }),
  z.strictObject({ type: z.literal('rename'), n, conversation, title: z.string().trim().min(1).max(TITLE_UNITS) }),
  z.strictObject({
    type: z.literal('press'),
    n,
    message,
    control: z.string().max(100),
    value: z.string().max(2_000).nullable(),
  }),
  z.strictObject({
    type: z.literal('command'),
    n,
    to: conversation,
    name: z.string().regex(/^[\p{L}\p{N}_-]{1,64}$/u),
    text: z.string().max(MESSAGE_UNITS),
    files,
    target: message.nullable(),
  }),
  z.strictObject({
    type: z.literal('form'),
    n,
    form: z.string().max(200),
    values: z
      .array(
        z.tuple([
          z.string().max(200),
          z.union([z.string().max(MESSAGE_UNITS), z.boolean(), z.array(z.string().max(2_000)).max(200)]),
        ]),
      )
      .max(200),
  }),
  z.strictObject({
    type: z.literal('suggest'),
    n,
    to: conversation,
    command: z.string().max(200),
    option: z.string().max(200),
    typed: z.string().max(500),
  }),
]);

/** See {@link fromPage}. */
export type FromPage = z.infer<typeof fromPage>;

/** A person as others see them. */
export interface PagePerson {
  readonly id: string;
  readonly name: string;
  /** From 0, in the order of entering: people who talk together look different. */
  readonly colour: number;
}

/** A file in a message. The address holds its unguessable id. */
export interface PageFile {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
}

/** A conversation in the list. */
export interface PageConversation {
  readonly id: string;
  readonly shared: boolean;
  /** Null until somebody names it; then `preview` stands in. */
  readonly title: string | null;
  readonly preview: string;
  readonly emoji: string | null;
  /** Milliseconds since the epoch. */
  readonly usedAt: number;
}

/** A message as the page shows it. */
export interface PageMessage {
  readonly id: string;
  readonly conversation: string;
  /** The number of its last change. */
  readonly seq: number;
  /** A person's id, or `PARLEY` of words.ts. */
  readonly author: string;
  readonly at: number;
  readonly edited: boolean;
  readonly text: string;
  readonly files: readonly PageFile[];
  readonly reactions: readonly string[];
  /** Only the reader sees it. */
  readonly secret: boolean;
  /** Which part of an answer, from 0. */
  readonly part: number;
  readonly live: boolean;
  readonly status: string | null;
  readonly note: Note | null;
  readonly sources: readonly Source[];
  readonly controls: Controls | null;
  /** The request with which its author sent it. */
  readonly n: string | null;
}

/** A command whose answer is still to come. */
export interface PagePending {
  readonly id: string;
  readonly conversation: string;
  readonly label: string;
}

/** What the server sends. `seq` numbers the changes: the page remembers the highest and asks for what came after. */
export type ToPage =
  | {
      readonly type: 'ready';
      readonly book: string;
      readonly seq: number;
      readonly version: string;
      readonly me: PagePerson;
      readonly people: readonly PagePerson[];
      /** All of them when `fresh`, else those that changed. */
      readonly conversations: readonly PageConversation[];
      readonly fresh: boolean;
      readonly commands: readonly CommandSpec[];
      readonly notice: string | null;
      readonly fileBytes: number;
      readonly filesPerMessage: number;
      readonly pending: readonly PagePending[];
      readonly busy: readonly { readonly conversation: string; readonly status: string }[];
    }
  | { readonly type: 'person'; readonly person: PagePerson }
  | { readonly type: 'commands'; readonly commands: readonly CommandSpec[] }
  | { readonly type: 'conversation'; readonly seq: number; readonly conversation: PageConversation }
  | {
      readonly type: 'page';
      readonly n: string | null;
      readonly seq: number;
      readonly conversation: string;
      /** `whole` replaces what the page holds, `older` goes before it, `changed` into it. */
      readonly as: 'whole' | 'older' | 'changed';
      readonly messages: readonly PageMessage[];
      readonly gone: readonly string[];
      /** There are older ones. */
      readonly more: boolean;
    }
  | { readonly type: 'message'; readonly seq: number; readonly message: PageMessage }
  | {
      readonly type: 'grow';
      readonly seq: number;
      readonly conversation: string;
      readonly message: string;
      readonly from: number;
      readonly text: string;
      readonly live: boolean;
    }
  | { readonly type: 'gone'; readonly seq: number; readonly conversation: string; readonly message: string }
  | { readonly type: 'pending'; readonly pending: PagePending }
  | { readonly type: 'settled'; readonly id: string }
  | { readonly type: 'busy'; readonly conversation: string; readonly status: string | null }
  | { readonly type: 'form'; readonly form: Form }
  | { readonly type: 'went'; readonly n: string; readonly conversation: string }
  | { readonly type: 'done'; readonly n: string; readonly conversation: string | null }
  | { readonly type: 'refused'; readonly n: string; readonly why: string }
  | { readonly type: 'errors'; readonly n: string; readonly fields: Readonly<Record<string, string>> }
  | { readonly type: 'suggestions'; readonly n: string; readonly choices: readonly Choice[] }
  | { readonly type: 'stale'; readonly why: string }
  | { readonly type: 'beat' };

/** The answer to a name given on entry. `key` proves later that one is this person. */
export interface Entered {
  readonly id: string;
  readonly name: string;
  readonly key: string;
}
