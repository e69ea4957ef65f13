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

  const playing = play(answer.steps, world.wheel, {
    take(step: Step) {
      if ('text' in step) text += step.text;
      else if ('reasoning' in step) reasoning += step.reasoning;
      else if ('frame' in step) {
        const frame = asObject(step.frame) ?? {};
        sources.push(...asList(frame.sources));
        if (frame.error !== undefined) error = frame.error;
        if (asText(frame.type) === 'response.output_text.delta') text += asText(frame.delta) ?? '';
        const delta = asObject(asObject(asList(frame.choices)[0])?.delta);
        text += asText(delta?.content) ?? '';
        reasoning += asText(delta?.reasoning_content) ?? '';
        toolCalls.push(...asList(delta?.tool_calls));
      }
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
