import { request } from 'undici';
import { Failure } from '../chat/errors.ts';
import type { OpenWebUI } from './connection.ts';
import { failure, isHtml, transportFailure, type Where } from './errors.ts';
import { eventStream, Overflow } from './event-stream.ts';
import { type Frame, frameReader } from './frames.ts';
import { header, headersFor, readAll, refusalOf } from './request.ts';
import { isAtLeast, version } from './server.ts';

/** A piece of a message for the model. Image addresses may be data URLs. */
export type ContentPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } };

/** A message for the model. */
export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string | readonly ContentPart[];
}

/** What the model may search in: files and collections of the server. */
export type AttachedFile =
  | { readonly type: 'file'; readonly id: string; readonly context?: 'full' }
  /** The name is what its sources are called by. */
  | { readonly type: 'collection'; readonly id: string; readonly name?: string };

/** One question with all that goes before it. */
export interface Question {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  /** The asker's own chat that it belongs to, so that the folder's instructions apply where the server can; null for none. */
  readonly chatId: string | null;
  readonly files?: readonly AttachedFile[] | undefined;
  readonly toolIds?: readonly string[] | undefined;
  /** What the server adds by itself: `web_search`, `image_generation`, `code_interpreter`, `memory`. */
  readonly features?: Readonly<Record<string, boolean>> | undefined;
  /** `legacy` makes the server run tools and searches itself before it answers; null leaves it to the model's settings. */
  readonly functionCalling: 'legacy' | 'native' | null;
  /** `{{NAME}}` → value, for the model's own system prompt. */
  readonly variables?: Readonly<Record<string, string>> | undefined;
  /** More of Open WebUI's `params`: `system`, `temperature` … */
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  /** Ask the provider to count tokens. Some providers refuse a request that asks. */
  readonly countTokens?: boolean | undefined;
}

const path = '/api/chat/completions';
const where: Where = { call: `POST ${path}`, about: 'answer' };
/** UTF-16 units of one event; pictures come as data URLs inside one. */
const maxEvent = 33_554_432;
const maxJson = 67_108_864;
/** After the last mark of an answer, so that the server can finish what it does behind it. */
const lingerMs = 1000;

/**
 * Asks a model and gives its answer as it comes, in direct mode: nothing is stored on the server. The last frame is `end`.
 *
 * Throws a {@link Failure}: `timeout` after `idleMs` without a byte, `stopped` when `signal` aborts (or the signal's reason when
 * that is a Failure), `cut` when the answer ends without an end mark, else what the server or provider said. Never asks twice:
 * whoever asks decides that. Leaving the loop early, like aborting, closes the connection, which stops the model.
 */
export async function* ask(
  server: OpenWebUI,
  question: Question,
  options: { readonly signal: AbortSignal; readonly idleMs: number },
): AsyncGenerator<Frame, void, undefined> {
  const call = new AbortController();
  const watch = watchdog(server, options.idleMs, call);
  const stop = (): void =>
    call.abort(options.signal.reason instanceof Failure ? options.signal.reason : failure('stopped', where, 'stopped'));
  if (options.signal.aborted) stop();
  options.signal.addEventListener('abort', stop, { once: true });
  let begun = false;
  try {
    call.signal.throwIfAborted();
    const chatId = await chatIdFor(server, question);
    call.signal.throwIfAborted();
    watch.arm();
    const answer = await request(server.url + path, {
      method: 'POST',
      dispatcher: server.agent,
      signal: call.signal,
      headers: {
        ...headersFor(server),
        accept: 'text/event-stream, application/json',
        'accept-encoding': 'identity',
        'content-type': 'application/json',
      },
      body: JSON.stringify(bodyOf(question, chatId)),
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    begun = true;
    const contentType = header(answer.headers, 'content-type');
    if (answer.statusCode >= 300 || isHtml(contentType)) {
      const text = (await readAll(answer.body, 65_536))?.toString('utf8') ?? '';
      const retryAfter = header(answer.headers, 'retry-after');
      throw await refusalOf(server, where, { status: answer.statusCode, contentType, text, retryAfter });
    }
    const reader = frameReader(where);
    if (/\bjson\b/i.test(contentType ?? '')) {
      const bytes = await readAll(answer.body, maxJson);
      watch.disarm();
      if (bytes === null) throw failure('too-large', where, 'the answer is larger than allowed');
      yield* reader.whole(bytes.toString('utf8'));
      return;
    }
    const events = eventStream(maxEvent);
    const chunks = answer.body[Symbol.asyncIterator]();
    while (!reader.done) {
      // The time somebody takes with a frame does not count as silence.
      watch.arm();
      const next: IteratorResult<Uint8Array> = await chunks.next();
      watch.disarm();
      for (const data of next.done ? events.end() : events.push(next.value)) {
        // Here, and not `yield*` of a generator of its own: each of those costs several turns of the microtask queue for each token.
        for (const frame of reader.take(data)) yield frame;
      }
      if (next.done) break;
    }
    yield* reader.end();
    await linger(chunks, watch);
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (call.signal.aborted && call.signal.reason instanceof Failure) throw call.signal.reason;
    if (error instanceof Overflow) throw failure('malformed', where, error.message);
    throw transportFailure(error, where, begun);
  } finally {
    watch.close();
    options.signal.removeEventListener('abort', stop);
    call.abort();
  }
}

/** Reads on until the body is over, for a moment only: cutting the connection at once could cut short what runs behind the answer. */
async function linger(chunks: AsyncIterator<Uint8Array>, watch: Watchdog): Promise<void> {
  watch.arm(lingerMs);
  try {
    while (!(await chunks.next()).done);
  } catch {
    // The answer is complete: how its connection ends no longer matters.
  }
  watch.disarm();
}

/**
 * The `chat_id` to send: the chat's own up to 0.10; later servers refuse that in direct mode with a 409. Empty otherwise, and not
 * left out, since 0.9.5 fails without it (our reference, openwebui 3.5; docs/openwebui-compatibility.md).
 */
async function chatIdFor(server: OpenWebUI, question: Question): Promise<string> {
  if (question.chatId === null) return '';
  return isAtLeast((await version(server)).version, 0, 11) ? '' : question.chatId;
}

/** The request's body in direct mode; `askInBackground` adds to it. */
export function bodyOf(question: Question, chatId: string): object {
  const { files, toolIds, features, variables } = question;
  const params = {
    ...question.params,
    ...(question.functionCalling !== null && { function_calling: question.functionCalling }),
  };
  return {
    model: question.model,
    messages: question.messages,
    stream: true,
    chat_id: chatId,
    ...(files !== undefined && files.length > 0 && { files }),
    ...(toolIds !== undefined && toolIds.length > 0 && { tool_ids: toolIds }),
    ...(features !== undefined && { features }),
    ...(variables !== undefined && { variables }),
    ...(Object.keys(params).length > 0 && { params }),
    ...(question.countTokens === true && { stream_options: { include_usage: true } }),
  };
}

interface Watchdog {
  /** From now on, so many milliseconds of silence end the call. */
  arm(ms?: number): void;
  /** Silence no longer matters. */
  disarm(): void;
  /** The call is over: no timer is left. */
  close(): void;
}

/** One timer that looks again when it was too early: setting one for each token would cost more than reading the token. */
function watchdog(server: OpenWebUI, idleMs: number, call: AbortController): Watchdog {
  const { clock } = server;
  let allowed = idleMs;
  let deadline = Number.POSITIVE_INFINITY;
  let due = Number.POSITIVE_INFINITY;
  let cancel: (() => void) | null = null;

  const set = (at: number): void => {
    cancel?.();
    due = at;
    cancel = clock.after(at - clock.now(), () => {
      due = Number.POSITIVE_INFINITY;
      if (clock.now() >= deadline) call.abort(failure('timeout', where, `silent for ${allowed} ms`));
      else if (deadline !== Number.POSITIVE_INFINITY) set(deadline);
    });
  };

  return {
    arm(ms = idleMs) {
      allowed = ms;
      deadline = clock.now() + ms;
      if (deadline < due) set(deadline);
    },
    disarm() {
      deadline = Number.POSITIVE_INFINITY;
    },
    close() {
      cancel?.();
    },
  };
}
