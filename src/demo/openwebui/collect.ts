import { createParser } from 'eventsource-parser';
import { asList, asObject, asText } from './json.ts';
import type { Answer, Step } from './model.ts';
import { type Playing, play } from './play.ts';
import type { Collected } from './sse.ts';
import type { World } from './world.ts';

/** An answer being gathered inside the server: for JSON replies and for the background mode. */
export interface Gathering extends Playing {
  /** What has come so far. */
  so(): Collected;
}

/** Plays the answer to its end and hands over everything it held. `done` is called once, unless stopped before. */
export function gather(
  world: World,
  answer: Extract<Answer, { steps: unknown }>,
  done: (got: Collected) => void,
): Gathering {
  let text = '';
  let reasoning = '';
  let error: unknown = null;
  let cut = false;
  const sources: unknown[] = [];
  const toolCalls: unknown[] = [];
  const so = (): Collected => ({ text, reasoning, sources, toolCalls, error, usage: answer.usage ?? null, cut });

  const takeFrame = (value: unknown): void => {
    const frame = asObject(value) ?? {};
    sources.push(...asList(frame.sources));
    if (frame.error !== undefined) error = frame.error;
    if (asText(frame.type) === 'response.output_text.delta') text += asText(frame.delta) ?? '';
    const delta = asObject(asObject(asList(frame.choices)[0])?.delta);
    text += asText(delta?.content) ?? '';
    reasoning += asText(delta?.reasoning_content) ?? '';
    toolCalls.push(...asList(delta?.tool_calls));
  };
  // Bytes are what a provider would send: they are read as the server reads them.
  const decoder = new TextDecoder();
  const events = createParser({ onEvent: ({ data }) => takeFrame(jsonOf(data)) });

  const playing = play(answer.steps, world.wheel, {
    take(step: Step) {
      if ('text' in step) text += step.text;
      else if ('reasoning' in step) reasoning += step.reasoning;
      else if ('frame' in step) takeFrame(step.frame);
      else if ('raw' in step)
        events.feed(typeof step.raw === 'string' ? step.raw : decoder.decode(step.raw, { stream: true }));
      return true;
    },
    ready: () => undefined,
    cut() {
      cut = true;
      done(so());
    },
    end: () => done(so()),
  });
  return { stop: playing.stop, so };
}

/** `[DONE]` and comments are no JSON and hold nothing. */
function jsonOf(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}

/** The sentence inside a provider's error, whatever shape it has. */
export function errorText(error: unknown): string {
  const object = asObject(error);
  return (
    asText(error) ??
    asText(object?.message) ??
    asText(object?.detail) ??
    asText(asObject(object?.error)?.message) ??
    'Something went wrong :/'
  );
}
