import * as z from 'zod';
import { Failure, problemOf } from '../chat/errors.ts';
import { type ChatTree, path } from './chat-tree.ts';
import { deleteMessage, readChat } from './chats.ts';
import { bodyOf, type Question } from './completions.ts';
import type { OpenWebUI } from './connection.ts';
import { failure, type Where } from './errors.ts';
import type { Frame } from './frames.ts';
import { json, segment } from './request.ts';
import { isAtLeast, version } from './server.ts';
import { storedAnswerReader } from './stored-answer.ts';
import { wait } from './wait.ts';

/** Where an answer that the server makes by itself stands: the question is in the chat already, the answer's id is the caller's. */
export interface AnswerPlace {
  readonly chatId: string;
  readonly questionId: string;
  readonly answerId: string;
}

/** What to abort with when the answer is to be made on without anybody looking: somebody else will look at it again. */
export const LEFT_RUNNING = 'left running';

const completions = '/api/chat/completions';
const where: Where = { call: `POST ${completions}`, about: 'answer' };
/** Any word makes a session: the answers of tools that need a browser go there, and nobody takes them. */
const SESSION = 'parley';
/** The first look comes after so long, and the next after half as long again while nothing changes, up to the last. */
const SOON_MS = 300;
const LATE_MS = 2_000;
/** A growing text is looked at this often: a chat platform shows no more. */
const GROWING_MS = 600;
/** So many times longer than a silent server a server may stay that is at work and has nothing new. */
const STILL = 6;
/** So many times as long as the server took for its answer: a large chat is read less often. */
const CALM = 4;

const started = z.looseObject({ status: z.literal(true) });
const tasks = z.looseObject({ task_ids: z.array(z.string()).catch([]) });

/**
 * Lets the server make the answer by itself and write it into the chat, as the web page does: the only way in which it runs native
 * tools (our reference, openwebui 3.1 and 3.7). The same frames as `ask` gives, found by looking at the chat again and again: from
 * 0.11 on the text grows there, before it comes whole at the end. Asked a second time for an answer that is there or being made, it
 * only looks on.
 *
 * Throws a {@link Failure}: `stopped` when `signal` aborts, which stops the answer on the server too, unless the reason is
 * {@link LEFT_RUNNING}; `timeout`, which stops it as well, when a tool or a model brings nothing new for six times `idleMs`; what
 * the server is away with when it stays away for `idleMs`; `cut` when it lost the answer; else what it stored as the answer's error.
 */
export async function* askInBackground(
  server: OpenWebUI,
  question: Question,
  at: AnswerPlace,
  options: { readonly signal: AbortSignal; readonly idleMs: number },
): AsyncGenerator<Frame, void, undefined> {
  const { signal } = options;
  try {
    signal.throwIfAborted();
    const { tree } = await readChat(server, at.chatId);
    const there = Object.hasOwn(tree.history.messages, at.answerId);
    // Not told to stop while it begins: only an answer that has begun can be stopped on the server.
    const doubt = there ? null : await start(server, question, at, tree);
    yield* follow(server, at, { ...options, doubt });
  } catch (error) {
    const givenUp = signal.aborted ? signal.reason !== LEFT_RUNNING : problemOf(error).kind === 'timeout';
    if (givenUp) await stopInBackground(server, at.chatId);
    if (signal.aborted) throw signal.reason instanceof Failure ? signal.reason : failure('stopped', where, 'stopped');
    throw error;
  }
}

/** Begins the answer. Gives the failure when it is not known whether it has begun, and throws when it surely has not. */
async function start(server: OpenWebUI, question: Question, at: AnswerPlace, tree: ChatTree): Promise<Failure | null> {
  const stored = path(tree, at.questionId).at(-1);
  if (stored === undefined) throw failure('missing', where, 'the question is not in the chat');
  const childrenIds = [...new Set([...stored.childrenIds, at.answerId])];
  const old = !isAtLeast((await version(server)).version, 0, 9);
  const body = {
    ...bodyOf(question, at.chatId),
    id: at.answerId,
    session_id: SESSION,
    // Up to 0.11 the server puts this in place of the stored question (docs/openwebui-compatibility.md): all of it, then.
    user_message: { ...stored, childrenIds },
    ...(old && { parent_id: at.questionId }),
    background_tasks: {},
  };
  try {
    await json(server, { method: 'POST', path: completions, about: 'answer', body }, started);
    return null;
  } catch (error) {
    if (error instanceof Failure && (error.problem.kind === 'timeout' || error.problem.kind === 'cut')) return error;
    throw error;
  }
}

async function* follow(
  server: OpenWebUI,
  at: AnswerPlace,
  options: { readonly signal: AbortSignal; readonly idleMs: number; readonly doubt: Failure | null },
): AsyncGenerator<Frame, void, undefined> {
  const { clock } = server;
  const reader = storedAnswerReader(where);
  let seen = '';
  let pause = SOON_MS;
  let alive = clock.now();
  let moved = alive;
  for (let gone = 0; ; ) {
    await wait(server, pause, options.signal, where);
    const begun = clock.now();
    const look = await lookAt(server, at).catch((error: unknown) =>
      passing(error, clock.now() - alive < options.idleMs),
    );
    if (look === null) {
      pause = LATE_MS;
      continue;
    }
    const now = JSON.stringify(look.message ?? null);
    const changed = now !== seen;
    seen = now;
    if (look.message) for (const frame of reader.take(look.message)) yield frame;
    if (reader.failed) throw reader.failed;
    if (reader.done) return;
    // An answer that ended between two looks is seen whole by the next.
    gone = look.running ? 0 : gone + 1;
    if (gone > 1)
      throw options.doubt ?? failure('cut', where, 'the server no longer makes the answer and did not finish it');
    // A tool may take its time: as long as the server names the task, it is at work.
    if (look.running || changed) alive = clock.now();
    if (changed) moved = clock.now();
    if (clock.now() - moved > STILL * options.idleMs)
      throw failure('timeout', where, 'nothing new for a very long time');
    pause = changed ? GROWING_MS : Math.min(LATE_MS, pause * 1.5);
    pause = Math.max(pause, CALM * (clock.now() - begun));
  }
}

interface Look {
  readonly message: Readonly<Record<string, unknown>> | undefined;
  readonly running: boolean;
}

async function lookAt(server: OpenWebUI, at: AnswerPlace): Promise<Look> {
  // In this order: an answer whose task is over has been stored before.
  const running = (await tasksOf(server, at.chatId)).length > 0;
  const { tree } = await readChat(server, at.chatId);
  const { messages } = tree.history;
  return { message: Object.hasOwn(messages, at.answerId) ? messages[at.answerId] : undefined, running };
}

/** A server that is away for a moment is asked again; anything else, or one that stays away, ends the answer. */
function passing(error: unknown, patient: boolean): null {
  const { kind } = problemOf(error);
  if (patient && (kind === 'unreachable' || kind === 'timeout' || kind === 'cut' || kind === 'busy')) return null;
  throw error;
}

/** Stops what runs in a chat. Quietly does nothing where nothing runs; throws when the server refuses. */
async function stopInBackground(server: OpenWebUI, chatId: string): Promise<void> {
  if (isAtLeast((await version(server)).version, 0, 9)) {
    const path = `/api/tasks/chat/${segment(chatId)}/stop`;
    await json(server, { method: 'POST', path, about: 'answer', body: {} }, z.unknown());
    return;
  }
  for (const id of await tasksOf(server, chatId))
    await json(
      server,
      { method: 'POST', path: `/api/tasks/stop/${segment(id)}`, about: 'answer', body: {} },
      z.unknown(),
    );
}

/**
 * Makes sure that nothing will write the answer any more, so that it can be stored by us: an unfinished one that the server lost
 * is deleted, since from 0.12 on it could never be finished (docs/openwebui-compatibility.md). Throws `busy` while it is being made.
 */
export async function settleInBackground(server: OpenWebUI, at: AnswerPlace): Promise<void> {
  const { message, running } = await lookAt(server, at);
  if (message === undefined || message.done === true) return;
  if (running) throw failure('busy', where, 'the answer is still being made');
  if (isAtLeast((await version(server)).version, 0, 12)) await deleteMessage(server, at.chatId, at.answerId);
}

/** Whether this server lets models call tools natively where their settings say nothing: from 0.10 on (our reference, openwebui 3.2). */
export async function usesToolsNatively(server: OpenWebUI): Promise<boolean> {
  return isAtLeast((await version(server)).version, 0, 10);
}

async function tasksOf(server: OpenWebUI, chatId: string): Promise<readonly string[]> {
  const path = `/api/tasks/chat/${segment(chatId)}`;
  return (await json(server, { method: 'GET', path, about: 'answer' }, tasks)).task_ids;
}
