import * as z from 'zod';
import { Failure } from '../chat/errors.ts';
import { messageText } from './message-text.ts';

const ids = z.array(z.string()).catch([]);
const message = z.looseObject({
  id: z.string(),
  parentId: z.string().nullable().catch(null),
  childrenIds: ids,
  role: z.string().catch('assistant'),
  content: z.unknown().optional(),
});
const messages = z.record(z.string(), z.unknown()).transform((stored) => {
  const known: Record<string, StoredMessage> = {};
  for (const [id, value] of Object.entries(stored)) {
    const parsed = message.safeParse({ id, ...z.looseObject({}).catch({}).parse(value) });
    if (parsed.success) known[id] = parsed.data;
  }
  return known;
});

/** One stored message with everything the server and the web page keep in it; only what is named here is ever looked at. */
export type StoredMessage = z.infer<typeof message>;

/** Reads a chat's document as servers give it: what is missing is filled in, what is unknown is kept. */
export const chatTree = z.looseObject({
  title: z.string().catch(''),
  models: ids,
  history: z
    .looseObject({ currentId: z.string().nullable().catch(null), messages: messages.catch({}) })
    .catch({ currentId: null, messages: {} }),
});

/**
 * The document of a chat as the web page needs it: messages by id, each with its parent and children, and the one that the shown
 * branch ends with. Values are never changed in place; every function here gives a new tree and keeps what it does not know.
 */
export type ChatTree = z.infer<typeof chatTree>;

/** One message of a branch, as plain as a conversation needs it. */
export interface Turn {
  readonly id: string;
  readonly role: 'user' | 'assistant' | 'system';
  /** Without folded thinking and tool blocks. */
  readonly text: string;
  readonly files: readonly Readonly<Record<string, unknown>>[];
  /** The model of an answer, null elsewhere or when unknown. */
  readonly model: string | null;
  /** Whether the answer was finished; true for questions. */
  readonly done: boolean;
  /** What went wrong, when the answer failed. */
  readonly error: string | null;
}

/** A new chat without messages. `now` in ms. */
export function newTree(options: {
  readonly title: string;
  readonly models: readonly string[];
  readonly now: number;
}): ChatTree {
  const tree = { title: options.title, models: [...options.models], history: { currentId: null, messages: {} } };
  return { ...tree, params: {}, files: [], tags: [], timestamp: options.now };
}

/** A person's message. Ids are made by the caller: version 4 UUIDs. */
export interface NewQuestion {
  readonly id: string;
  readonly text: string;
  /** Ms since the epoch; stored in seconds. */
  readonly now: number;
  /** The models that are to answer. */
  readonly models: readonly string[];
  /** As the web page stores them: `{type: 'image', url}`, `{type: 'file', id, name, url}`, `{type: 'collection', id, name}`. */
  readonly files?: readonly Readonly<Record<string, unknown>>[] | undefined;
  /** What it follows; the end of the shown branch when absent, a new root when null. */
  readonly parentId?: string | null | undefined;
}

/** Adds a question and shows its branch. Throws when the id is taken or the parent is not there. */
export function addQuestion(tree: ChatTree, question: NewQuestion): ChatTree {
  const parentId = question.parentId === undefined ? currentIdOf(tree) : question.parentId;
  const grown = addMessage(tree, {
    id: question.id,
    parentId,
    childrenIds: [],
    role: 'user',
    content: question.text,
    ...(question.files !== undefined && question.files.length > 0 && { files: [...question.files] }),
    timestamp: Math.floor(question.now / 1000),
    models: [...question.models],
  });
  return { ...grown, models: [...question.models] };
}

/** A model's message, perhaps still to be written. */
export interface NewAnswer {
  readonly id: string;
  /** The question. */
  readonly parentId: string;
  readonly model: string;
  readonly modelName?: string | undefined;
  /** Ms since the epoch. */
  readonly now: number;
  /** Its place among answers of several models to the same question. */
  readonly modelIdx?: number | undefined;
}

/**
 * Adds an answer that is still being written, and shows its branch. It has no `done` at all: from 0.12 on, a stored `done:false`
 * can never be changed any more, while a message without `done` can be finished (docs/openwebui-compatibility.md).
 */
export function addAnswer(tree: ChatTree, answer: NewAnswer): ChatTree {
  return addMessage(tree, {
    id: answer.id,
    parentId: answer.parentId,
    childrenIds: [],
    role: 'assistant',
    content: '',
    model: answer.model,
    modelName: answer.modelName ?? answer.model,
    modelIdx: answer.modelIdx ?? 0,
    timestamp: Math.floor(answer.now / 1000),
  });
}

/** What a finished answer holds. */
export interface FinishedAnswer {
  readonly text: string;
  /** `sources` as the server gave them (the `raw` of a frame). */
  readonly sources?: readonly unknown[] | undefined;
  readonly usage?: Readonly<Record<string, unknown>> | undefined;
  /** A sentence, when it failed or was stopped by a failure. */
  readonly error?: string | undefined;
  readonly followUps?: readonly string[] | undefined;
  /** Pictures the model made. */
  readonly files?: readonly Readonly<Record<string, unknown>>[] | undefined;
}

/** Marks an answer as done with its whole content. Everything else in it stays. Throws when it is not there. */
export function finishAnswer(tree: ChatTree, id: string, answer: FinishedAnswer): ChatTree {
  const stored = tree.history.messages[id];
  if (stored === undefined) throw wrong(`no message ${id} to finish`);
  const { output: _output, ...rest } = stored;
  return withMessage(tree, {
    ...rest,
    content: answer.text,
    done: true,
    ...(answer.sources !== undefined && answer.sources.length > 0 && { sources: [...answer.sources] }),
    ...(answer.usage !== undefined && { usage: { ...answer.usage } }),
    ...(answer.error !== undefined && { error: { content: answer.error } }),
    ...(answer.followUps !== undefined && { followUps: [...answer.followUps] }),
    ...(answer.files !== undefined && answer.files.length > 0 && { files: [...answer.files] }),
  });
}

/**
 * Puts an answer that the server wrote by itself under its question: up to 0.8 it stands there without role and parent, up to 0.11
 * the question may have lost other answers by it (docs/openwebui-compatibility.md). The same tree when all is right, or when either
 * is not there.
 */
export function adoptAnswer(tree: ChatTree, id: string, questionId: string): ChatTree {
  const all = tree.history.messages;
  const stored = Object.hasOwn(all, id) ? all[id] : undefined;
  const question = Object.hasOwn(all, questionId) ? all[questionId] : undefined;
  if (stored === undefined || question === undefined) return tree;
  const answers = Object.values(all).filter((each) => each.parentId === questionId && each.id !== id);
  const childrenIds = [...new Set([...question.childrenIds, ...answers.map((each) => each.id), id])];
  const right = stored.parentId === questionId && childrenIds.length === question.childrenIds.length;
  if (right && stored.timestamp !== undefined) return tree;
  const grown = withMessage(tree, {
    timestamp: question.timestamp,
    ...stored,
    role: 'assistant',
    parentId: questionId,
  });
  return withMessage(grown, { ...question, childrenIds });
}

/** Changes fields of one message, such as `followUps` or `annotation`; its id, parent and children stay. Throws when it is not there. */
export function changeMessage(tree: ChatTree, id: string, fields: Readonly<Record<string, unknown>>): ChatTree {
  const stored = tree.history.messages[id];
  if (stored === undefined) throw wrong(`no message ${id} to change`);
  const { parentId, childrenIds } = stored;
  return withMessage(tree, { ...stored, ...fields, id, parentId, childrenIds });
}

/**
 * The end of the shown branch: `currentId`, else, when that names nothing, the newest message without children. Null in an empty
 * chat.
 */
export function currentIdOf(tree: ChatTree): string | null {
  const { currentId, messages: all } = tree.history;
  if (currentId !== null && Object.hasOwn(all, currentId)) return currentId;
  const leaves = Object.values(all).filter((each) => each.childrenIds.every((child) => !Object.hasOwn(all, child)));
  const time = (each: StoredMessage): number => (typeof each.timestamp === 'number' ? each.timestamp : 0);
  return (
    leaves.reduce<StoredMessage | null>((best, each) => (best && time(best) >= time(each) ? best : each), null)?.id ??
    null
  );
}

/** The messages from the root to `endId` (the end of the shown branch when absent), in order. Ends at a circle or a lost parent. */
export function branch(tree: ChatTree, endId: string | null = currentIdOf(tree)): readonly Turn[] {
  return path(tree, endId).map(turnOf);
}

/** The same as {@link branch}, as stored. */
export function path(tree: ChatTree, endId: string | null): readonly StoredMessage[] {
  const found: StoredMessage[] = [];
  const seen = new Set<string>();
  for (let id = endId; id !== null && !seen.has(id); ) {
    const stored: StoredMessage | undefined = Object.hasOwn(tree.history.messages, id)
      ? tree.history.messages[id]
      : undefined;
    if (stored === undefined) break;
    seen.add(id);
    found.push(stored);
    id = stored.parentId;
  }
  return found.reverse();
}

const files = z.array(z.record(z.string(), z.unknown())).catch([]);
const failed = z.union([z.string(), z.looseObject({ content: z.string() }).transform((error) => error.content)]);

function turnOf(stored: StoredMessage): Turn {
  const error = failed.safeParse(stored.error);
  const role = stored.role === 'user' || stored.role === 'system' ? stored.role : 'assistant';
  return {
    id: stored.id,
    role,
    text: messageText({ content: stored.content, output: stored.output }),
    files: files.parse(stored.files),
    model: typeof stored.model === 'string' ? stored.model : null,
    done: role !== 'assistant' || stored.done === true,
    error: error.success ? error.data : null,
  };
}

function addMessage(tree: ChatTree, added: StoredMessage): ChatTree {
  const all = tree.history.messages;
  if (Object.hasOwn(all, added.id)) throw wrong(`message ${added.id} is there already`);
  if (added.parentId !== null && !Object.hasOwn(all, added.parentId)) throw wrong(`no parent ${added.parentId}`);
  const parent = added.parentId === null ? undefined : all[added.parentId];
  const linked = parent && { ...parent, childrenIds: [...new Set([...parent.childrenIds, added.id])] };
  const grown = { ...all, ...(linked && { [linked.id]: linked }), [added.id]: added };
  return { ...tree, history: { ...tree.history, currentId: added.id, messages: grown } };
}

function withMessage(tree: ChatTree, changed: StoredMessage): ChatTree {
  return { ...tree, history: { ...tree.history, messages: { ...tree.history.messages, [changed.id]: changed } } };
}

function wrong(detail: string): Failure {
  const say = 'The chat in Open WebUI has changed in the meantime. Please try again.';
  return new Failure({ kind: 'missing', retry: { when: 'never' }, say, detail: `chat tree: ${detail}` });
}
