import type { Json } from './json.ts';

/** A file that came with a question. `text` is what could be read from it, or null. */
export interface AskedFile {
  readonly name: string;
  readonly type: string;
  /** Bytes. */
  readonly size: number;
  readonly text: string | null;
}

/** One message as the model sees it: content parts taken apart. */
export interface AskedMessage {
  readonly role: string;
  readonly text: string;
  /** Addresses of images: `data:…` or a link. */
  readonly images: readonly string[];
}

/** What the model is asked. */
export interface Ask {
  readonly model: string;
  readonly messages: readonly AskedMessage[];
  readonly files: readonly AskedFile[];
  /** The request's body as it came, for scripts that look at more. */
  readonly body: Json;
  /** Name of the person who asks. */
  readonly person: string;
}

/**
 * One step of an answer. Only one of them happens at a time, in order:
 * wait so many milliseconds; a piece of text; a piece of reasoning; a JSON frame of any shape; bytes just as they are;
 * `cut` breaks the connection; `hold` stays silent until the client goes away.
 */
export type Step =
  | { readonly wait: number }
  | { readonly text: string }
  | { readonly reasoning: string }
  | { readonly frame: unknown }
  | { readonly raw: string | Uint8Array }
  | { readonly cut: true }
  | { readonly hold: true };

/** A streamed answer, or a refusal before the first byte. */
export type Answer =
  | {
      readonly steps: Iterable<Step>;
      /** How the stream ends: `[DONE]`, `[DONE]` without a line end, or nothing. Default `done`. */
      readonly end?: 'done' | 'bare' | 'none';
      /** Line ends on the wire. Default LF. */
      readonly eol?: '\n' | '\r\n';
      /** Counts sent in a last frame, when the request asks for them or `always`. */
      readonly usage?: Json;
      /** Answers one JSON body even when a stream was asked for. */
      readonly whole?: true;
    }
  | { readonly status: number; readonly body: unknown };

/** What stands behind the server: gives an answer to a question. The demo's own words, or a test's script. */
export interface Model {
  /** Entries for `GET /api/models`; `hidden` ones are only seen by admins, as raw provider models are. */
  readonly models: readonly ModelEntry[];
  answer(ask: Ask): Answer;
  /** Text for a task endpoint: `title`, `follow_up`, `tags`, `emoji`, `image_prompt`, `queries`, `auto`, `moa`. */
  task(kind: TaskKind, ask: Ask): string;
}

/** What the server’s task endpoints write. */
export const taskKinds = ['title', 'follow_up', 'tags', 'image_prompt', 'queries', 'auto', 'emoji', 'moa'] as const;
/** One of {@link taskKinds}. */
export type TaskKind = (typeof taskKinds)[number];

/** One model of the list. */
export interface ModelEntry {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly vision: boolean;
  readonly adminOnly?: boolean;
  /** Tools that the model brings along. */
  readonly toolIds?: readonly string[];
}

/** The text of the newest message of a person, or an empty one. */
export function questionOf(ask: Ask): string {
  const text = ask.messages.findLast((message) => message.role === 'user')?.text ?? '';
  // Parley puts what was written before, and the asker's name, in front of a question from a shared place.
  const asked = text.slice(text.lastIndexOf('\n---\n') + 1).replace(/^---\s+/, '');
  return asked.replace(/^\p{Lu}[\p{L}'’.-]*(?: \p{Lu}[\p{L}'’.-]*){0,2}: /u, '');
}
