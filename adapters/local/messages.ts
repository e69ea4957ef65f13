import * as z from 'zod';
import type { Pages } from './book.ts';
import type { PageFile } from './protocol.ts';
import type { LocalPayload } from './render.ts';

/** A message as it is kept. */
export interface Kept {
  readonly id: number;
  readonly conversation: string;
  /** It stands in the shared channel and its thread hangs on it. */
  readonly root: boolean;
  readonly author: string;
  /** The only person who sees it; null for everybody in the conversation. */
  readonly reader: string | null;
  readonly text: string;
  /** What Parley shows beside the text; null for people's messages. */
  readonly shown: LocalPayload | null;
  readonly files: readonly PageFile[];
  readonly reactions: readonly string[];
  /** The number of the request it came with. */
  readonly n: string | null;
  /** False while it waits to be accepted: nobody sees it yet. */
  readonly sent: boolean;
  readonly gone: boolean;
  readonly edited: boolean;
  readonly at: number;
  readonly seq: number;
}

/** A message to be kept. `conversation` null: it begins one in the shared channel, named by its id. */
export interface NewMessage {
  readonly conversation: string | null;
  readonly author: string;
  readonly reader: string | null;
  readonly text: string;
  readonly shown: LocalPayload | null;
  readonly files: readonly PageFile[];
  readonly key: string | null;
  readonly n: string | null;
  readonly sent: boolean;
  readonly at: number;
}

/** Which messages to read: those that were sent and are there, oldest first. `reader` also sees notes to them alone. */
export interface Span {
  readonly reader: string | null;
  readonly before: number | null;
  readonly after: number | null;
  readonly limit: number;
}

/** The messages there are. */
export interface Messages {
  add(message: NewMessage): Kept;
  get(id: number): Kept | null;
  byKey(key: string): Kept | null;
  byRequest(author: string, n: string): Kept | null;
  /** At most `limit`: the ones next to `before` or `after`, the newest when both are null. */
  read(conversation: string, span: Span): readonly Kept[];
  /** The messages that begin threads in the shared channel. */
  roots(span: Span): readonly Kept[];
  /** What changed after `since`, deleted ones too, at most `limit`. */
  changed(conversation: string, reader: string, since: number, limit: number): readonly Kept[];
  /** The first one; with a reader also a note to them alone. */
  first(conversation: string, reader: string | null): Kept | null;
  /** Whether there is anything that this person sees. */
  any(conversation: string, reader: string): boolean;
  put(id: number, shown: LocalPayload): Kept;
  rewrite(id: number, text: string): Kept;
  react(id: number, reactions: readonly string[]): Kept;
  send(id: number): Kept;
  /** Leaves only that it was there. */
  delete(id: number): Kept;
  /** Forgets messages that were never accepted and are older than this. */
  sweep(before: number): void;
}

const source = z.object({ number: z.number(), name: z.string(), url: z.string().nullable() });
const button = z.object({
  id: z.string(),
  label: z.string(),
  style: z.enum(['plain', 'primary', 'danger']),
  role: z.enum(['stop', 'regenerate', 'retry', 'follow-up', 'good', 'bad', 'other']),
});
const menu = z.object({
  id: z.string(),
  placeholder: z.string(),
  choices: z.array(z.object({ label: z.string(), value: z.string() })),
});

/** What `render` made, read back; a payload of another adapter does not pass. */
export const payloadJson = z.object({
  markdown: z.string(),
  part: z.number().int(),
  note: z.object({ title: z.string(), markdown: z.string() }).nullable(),
  sources: z.array(source),
  status: z.string().nullable(),
  live: z.boolean(),
  controls: z.object({ buttons: z.array(button), menu: menu.nullable() }).nullable(),
}) satisfies z.ZodType<LocalPayload>;

const fileJson = z.object({ id: z.string(), name: z.string(), type: z.string(), size: z.number() });
const flag = z.number().transform((value) => value === 1);
const json = <Out>(schema: z.ZodType<Out>) => z.string().transform((text) => schema.parse(JSON.parse(text)));

const row = z.object({
  id: z.number(),
  conversation: z.string(),
  root: flag,
  author: z.string(),
  reader: z.string().nullable(),
  text: z.string(),
  shown: json(payloadJson.omit({ markdown: true })).nullable(),
  files: json(z.array(fileJson)),
  reactions: json(z.array(z.string())),
  n: z.string().nullable(),
  sent: flag,
  gone: flag,
  edited: flag,
  at: z.number(),
  seq: z.number(),
});

function read(found: unknown): Kept {
  const { shown, ...rest } = row.parse(found);
  return { ...rest, shown: shown && { ...shown, markdown: rest.text } };
}

/** See {@link Messages}. */
export function createMessages({ db, next }: Pages): Messages {
  const select = db.prepare('select * from messages where id = ?');
  const keyed = db.prepare('select * from messages where key = ?');
  const requested = db.prepare('select * from messages where author = ? and n = ?');
  const insert = db.prepare(
    `insert into messages (conversation, root, author, reader, text, shown, files, reactions, key, n, sent, gone, edited, at, seq)
     values (?, ?, ?, ?, ?, ?, ?, '[]', ?, ?, ?, 0, 0, ?, ?)`,
  );
  const named = db.prepare('update messages set conversation = ? where id = ?');
  const visible = 'sent = 1 and gone = 0 and (reader is null or reader = ?)';
  const backwards = (which: string) =>
    db.prepare(`select * from messages where ${which} and ${visible} and id < ? order by id desc limit ?`);
  const forwards = (which: string) =>
    db.prepare(`select * from messages where ${which} and ${visible} and id > ? order by id limit ?`);
  const inIt = { back: backwards('conversation = ?'), on: forwards('conversation = ?') };
  const atRoot = { back: backwards('root = ?'), on: forwards('root = ?') };
  const changed = db.prepare(
    'select * from messages where conversation = ? and seq > ? and sent = 1 and (reader is null or reader = ?) order by seq limit ?',
  );
  const first = db.prepare(`select * from messages where conversation = ? and ${visible} order by id limit 1`);
  const any = db.prepare(`select 1 from messages where conversation = ? and ${visible} limit 1`);
  const put = db.prepare('update messages set text = ?, shown = ?, seq = ? where id = ?');
  const rewrite = db.prepare('update messages set text = ?, edited = 1, seq = ? where id = ?');
  const react = db.prepare('update messages set reactions = ?, seq = ? where id = ?');
  const send = db.prepare('update messages set sent = 1, seq = ? where id = ?');
  const remove = db.prepare(
    "update messages set text = '', shown = null, files = '[]', reactions = '[]', gone = 1, seq = ? where id = ?",
  );
  const sweep = db.prepare('delete from messages where sent = 0 and at < ?');

  function reading(statements: typeof inIt, which: string | number, span: Span): Kept[] {
    const limit = Math.max(0, span.limit);
    const end = span.before ?? Number.MAX_SAFE_INTEGER;
    if (span.after !== null) {
      const found = statements.on.all(which, span.reader, span.after, limit).map(read);
      return found.filter((message) => message.id < end);
    }
    return statements.back.all(which, span.reader, end, limit).map(read).reverse();
  }
  const one = (id: number) => read(select.get(id));
  const some = (found: unknown) => (found ? read(found) : null);

  return {
    add(message) {
      const { conversation, author, reader, text, shown, files, key, n, sent, at } = message;
      const root = conversation === null ? 1 : 0;
      const packed = shown && JSON.stringify({ ...shown, markdown: undefined });
      const { lastInsertRowid } = insert.run(
        conversation ?? '',
        root,
        author,
        reader,
        text,
        packed,
        JSON.stringify(files),
        key,
        n,
        sent ? 1 : 0,
        at,
        next(),
      );
      const id = Number(lastInsertRowid);
      if (conversation === null) named.run(String(id), id);
      return one(id);
    },
    get: (id) => some(select.get(id)),
    byKey: (key) => some(keyed.get(key)),
    byRequest: (author, n) => some(requested.get(author, n)),
    read: (conversation, span) => reading(inIt, conversation, span),
    roots: (span) => reading(atRoot, 1, span),
    changed: (conversation, reader, since, limit) => changed.all(conversation, since, reader, limit).map(read),
    first: (conversation, reader) => some(first.get(conversation, reader)),
    any: (conversation, reader) => any.get(conversation, reader) !== undefined,
    put(id, shown) {
      put.run(shown.markdown, JSON.stringify({ ...shown, markdown: undefined }), next(), id);
      return one(id);
    },
    rewrite(id, text) {
      rewrite.run(text, next(), id);
      return one(id);
    },
    react(id, reactions) {
      react.run(JSON.stringify(reactions), next(), id);
      return one(id);
    },
    send(id) {
      send.run(next(), id);
      return one(id);
    },
    delete(id) {
      remove.run(next(), id);
      return one(id);
    },
    sweep: (before) => void sweep.run(before),
  };
}
