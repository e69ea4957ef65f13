/** Turns a script into what an OpenAI-compatible provider puts on the wire: one JSON body, or a row of SSE writes. */
import { Buffer } from 'node:buffer';
import type { ChatRequest, Script, Step } from './script.ts';

/** One thing to do on the socket, in order. */
export type Write = { readonly bytes: Buffer } | { readonly waitMs: number } | { readonly cut: true };

/** Every answer carries these counts, so tests can look for them. */
export const usage = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 } as const;

const created = 1_700_000_000;

/** The body of an answer that is not streamed. A cut in the script is not expressible here; the server cuts before sending. */
export function completion(script: Script, request: ChatRequest): Record<string, unknown> {
  const said = script.steps.flatMap((step) => ('say' in step ? [step.say] : []));
  const thought = script.steps.flatMap((step) => ('think' in step ? [step.think] : []));
  const calls = script.steps.flatMap((step) => ('call' in step ? [step.call] : []));
  return {
    id: 'chatcmpl-script',
    object: 'chat.completion',
    created,
    model: request.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: said.length === 0 ? null : said.join(''),
          ...(thought.length > 0 && { reasoning_content: thought.join('') }),
          ...(calls.length > 0 && { tool_calls: calls.map(toolCall) }),
        },
        finish_reason: calls.length > 0 ? 'tool_calls' : script.finish,
      },
    ],
    usage,
  };
}

/**
 * The writes of a streamed answer. Where `script.split` is set, each frame is cut to that many bytes, with a millisecond between,
 * so that the pieces are not joined again on their way.
 */
export function* writes(script: Script, request: ChatRequest): Generator<Write> {
  for (const write of whole(script, request)) {
    if (!('bytes' in write) || script.split === 0) {
      yield write;
      continue;
    }
    for (let at = 0; at < write.bytes.length; at += script.split) {
      yield { bytes: write.bytes.subarray(at, at + script.split) };
      yield { waitMs: 1 };
    }
  }
}

function* whole(script: Script, request: ChatRequest): Generator<Write> {
  const end = script.newline === 'crlf' ? '\r\n' : '\n';
  const frame = (value: unknown): Write => ({ bytes: Buffer.from(`data: ${JSON.stringify(value)}${end}${end}`) });
  const chunk = (delta: object, finish: string | null = null, extra: object = {}): Write =>
    frame({
      id: 'chatcmpl-script',
      object: 'chat.completion.chunk',
      created,
      model: request.model,
      choices: [{ index: 0, delta, finish_reason: finish }],
      ...extra,
    });

  let calls = 0;
  let first = true;
  for (const step of script.steps) {
    if (!first && script.pace > 0) yield { waitMs: script.pace };
    if ('cut' in step) {
      yield { cut: true };
      return;
    }
    if ('wait' in step) yield { waitMs: step.wait };
    else if ('comment' in step) yield { bytes: Buffer.from(`: ${step.comment}${end}${end}`) };
    else if ('raw' in step) yield { bytes: Buffer.from(step.raw) };
    else if ('frame' in step) yield frame(step.frame);
    else if ('call' in step) {
      for (const delta of callDeltas(step.call, calls)) yield chunk(delta);
      calls += 1;
    } else {
      const text = 'say' in step ? { content: step.say } : { reasoning_content: step.think };
      yield chunk(first ? { role: 'assistant', ...text } : text);
    }
    first = false;
  }
  yield chunk({}, calls > 0 ? 'tool_calls' : script.finish, script.usage === 'last' ? { usage } : {});
  if (script.usage === 'frame' || (script.usage === 'asked' && request.stream_options?.include_usage === true)) {
    yield frame({
      id: 'chatcmpl-script',
      object: 'chat.completion.chunk',
      created,
      model: request.model,
      choices: [],
      usage,
    });
  }
  if (script.done === 'full') yield { bytes: Buffer.from(`data: [DONE]${end}${end}`) };
  if (script.done === 'bare') yield { bytes: Buffer.from('data: [DONE]') };
}

type Call = Extract<Step, { call: unknown }>['call'];

function toolCall(call: Call): object {
  return { id: call.id, type: 'function', function: { name: call.name, arguments: call.arguments } };
}

function* callDeltas(call: Call, index: number): Generator<object> {
  const middle = Math.ceil(call.arguments.length / 2);
  const open = { ...toolCall({ ...call, arguments: call.arguments.slice(0, middle) }), index };
  yield { tool_calls: [open] };
  yield { tool_calls: [{ index, function: { arguments: call.arguments.slice(middle) } }] };
}
