import type { ServerResponse } from 'node:http';
import type { Json } from './json.ts';
import type { Answer } from './model.ts';
import { type Playing, play } from './play.ts';
import { newId, type World } from './world.ts';

type Streamed = Extract<Answer, { steps: unknown }>;

/**
 * Streams an answer as the provider's frames, the way the direct mode passes them on (our reference, openwebui 3.4).
 * Stops when the client goes away.
 */
export function streamTo(
  world: World,
  response: ServerResponse,
  model: string,
  answer: Streamed,
  wantsUsage: boolean,
): void {
  const eol = answer.eol ?? '\n';
  const head = `data: {"id":"chatcmpl-${newId()}","object":"chat.completion.chunk","created":${Math.floor(world.clock.now() / 1000)},"model":${JSON.stringify(model)},`;
  const frame = (value: unknown) => `data: ${JSON.stringify(value)}${eol}${eol}`;
  const delta = (json: string, finish: string) =>
    `${head}"choices":[{"index":0,"delta":${json},"finish_reason":${finish}}]}${eol}${eol}`;
  let playing: Playing | null = null;
  let over = false;
  let spoke = false;

  const finish = (aborted: boolean) => {
    if (over) return;
    over = true;
    playing?.stop();
    world.watch({ kind: 'stream-ended', model, aborted });
  };

  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
  response.on('close', () => finish(true));
  world.watch({ kind: 'stream-started', model });

  playing = play(answer.steps, world.wheel, {
    take(step) {
      const role = spoke ? '' : '"role":"assistant",';
      if ('text' in step) {
        spoke = true;
        return response.write(delta(`{${role}"content":${JSON.stringify(step.text)}}`, 'null'));
      }
      if ('reasoning' in step) {
        spoke = true;
        return response.write(delta(`{${role}"reasoning_content":${JSON.stringify(step.reasoning)}}`, 'null'));
      }
      return response.write('frame' in step ? frame(step.frame) : step.raw);
    },
    ready: (resume) => void response.once('drain', resume),
    cut() {
      // What was written must leave first; then the connection breaks without the last chunk.
      finish(true);
      const { socket } = response;
      if (socket === null) response.destroy();
      else socket.write('', () => response.destroy());
    },
    end() {
      finish(false);
      if (spoke && answer.end !== 'none') response.write(delta('{}', '"stop"'));
      if (answer.usage !== undefined && wantsUsage) {
        response.write(`${head}"choices":[],"usage":${JSON.stringify(answer.usage)}}${eol}${eol}`);
      }
      if (answer.end === 'none') response.end();
      else response.end(answer.end === 'bare' ? 'data: [DONE]' : `data: [DONE]${eol}${eol}`);
    },
  });
}

/** What a whole answer came to. */
export interface Collected {
  readonly text: string;
  readonly reasoning: string;
  readonly sources: readonly unknown[];
  readonly toolCalls: readonly unknown[];
  /** The provider's error, as it was framed, or null. */
  readonly error: unknown;
  readonly usage: Json | null;
  readonly cut: boolean;
}

/** The body of an answer that is not streamed. */
export function completion(world: World, model: string, got: Collected): Json {
  return {
    id: `chatcmpl-${newId()}`,
    object: 'chat.completion',
    created: Math.floor(world.clock.now() / 1000),
    model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: got.text,
          ...(got.reasoning !== '' && { reasoning_content: got.reasoning }),
          ...(got.toolCalls.length > 0 && { tool_calls: got.toolCalls }),
        },
        finish_reason: got.toolCalls.length > 0 ? 'tool_calls' : 'stop',
      },
    ],
    ...(got.usage !== null && { usage: got.usage }),
    ...(got.sources.length > 0 && { sources: got.sources }),
  };
}
