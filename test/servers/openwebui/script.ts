/** Short ways to write down what the model behind the server shall do next. */
import type { Answer, Step } from '../../../src/demo/openwebui/model.ts';

type Steps = Extract<Answer, { steps: unknown }>;

/** How an answer differs from the plain one. */
export type Shape = Omit<Steps, 'steps'>;

/** A step in short: a string is a piece of text, a number a wait in milliseconds, a question a wait until its answer is yes. */
type Short = Step | string | number | (() => boolean);

const ASK_AGAIN_MS = 5;

/** An answer of these steps. */
export function answer(steps: Iterable<Short>, shape: Shape = {}): Steps {
  return { ...shape, steps: stepsOf(steps) };
}

function* stepsOf(steps: Iterable<Short>): Generator<Step> {
  for (const step of steps) {
    if (typeof step === 'string') yield { text: step };
    else if (typeof step === 'number') yield { wait: step };
    else if (typeof step === 'function') while (!step()) yield { wait: ASK_AGAIN_MS };
    else yield step;
  }
}

/** The text in pieces of `units` UTF-16 units, one every `everyMs`. */
export function says(
  text: string,
  { units = 8, everyMs = 0, ...shape }: Shape & { units?: number; everyMs?: number } = {},
): Steps {
  const pieces: (string | number)[] = [];
  for (let at = 0; at < text.length; at += units) pieces.push(everyMs, text.slice(at, at + units));
  return answer(pieces, shape);
}

/** A refusal before the first byte, as the provider would send it. A string body is sent as plain text. */
export function refuses(status: number, body: unknown): Answer {
  return { status, body };
}

/** Reasoning pieces in the field `reasoning_content`. */
export function reasons(...pieces: string[]): Step[] {
  return pieces.map((reasoning) => ({ reasoning }));
}

/** The frame with sources that goes before an answer. */
export function sources(...items: { name: string; url?: string; text?: string }[]): Step {
  return {
    frame: {
      sources: items.map(({ name, url, text }) => ({
        source: { name, ...(url !== undefined && { url }) },
        document: [text ?? name],
        metadata: [{ source: url ?? name, name }],
      })),
    },
  };
}

/** A frame that asks for a tool, as providers send it. */
export function toolCall(name: string, args: unknown, index = 0): Step {
  const call = { index, id: `call_${index}`, type: 'function', function: { name, arguments: JSON.stringify(args) } };
  return { frame: { choices: [{ index: 0, delta: { tool_calls: [call] }, finish_reason: null }] } };
}

/** A raw event of a connection of type "Responses API". */
export function responsesEvent(type: string, fields: object = {}): Step {
  return { frame: { type: `response.${type}`, ...fields } };
}

/** The four ways in which errors stand in the middle of a stream (our reference, openwebui 3.4). */
export const midError = {
  provider: (message: string): Step => ({ frame: { error: { message, code: 'server_error' } } }),
  pipe: (detail: string): Step => ({ frame: { error: { detail } } }),
  text: (error: string): Step => ({ frame: { error } }),
  detail: (detail: string): Step => ({ frame: { detail } }),
  /** What 0.12 sends when the provider's connection breaks: an error frame, and `[DONE]` all the same. */
  providerGone: { raw: '\n\ndata: {"error":{"message":"Chat completion stream failed"}}\n\n' } satisfies Step,
} as const;

/** Bytes of a frame, each written by itself, so that characters and lines arrive in pieces. */
export function* byteByByte(frame: unknown, eol = '\n'): Generator<Step> {
  for (const byte of Buffer.from(`data: ${JSON.stringify(frame)}${eol}${eol}`)) {
    // Each write is a chunk of its own in HTTP, and reaches the client's parser as one.
    yield { raw: Uint8Array.of(byte) };
  }
}

/** A text delta as the provider frames it, for use with {@link byteByByte} or as a raw frame. */
export function delta(content: string): object {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta: { content }, finish_reason: null }],
  };
}

/** Ends the body in the middle of a word: the connection breaks. */
export const cut: Step = { cut: true };

/** Says nothing more until the client goes away. */
export const silence: Step = { hold: true };
