import * as z from 'zod';
import type { Source } from '../chat/view.ts';
import type { Where } from './errors.ts';
import { errorText, failure, providerFailure } from './errors.ts';
import { outputItems, outputText } from './message-text.ts';
import { maxSources, sourceCollector } from './sources.ts';
import { thinkSplitter } from './think-tags.ts';

/** What an answer consists of, in the order in which it came. */
export type Frame =
  /** More of the answer, Markdown. Never empty. */
  | { readonly type: 'text'; readonly text: string }
  /** More of the model's thinking. Never empty. */
  | { readonly type: 'reasoning'; readonly text: string }
  /** All sources known so far, numbered as the text cites them. */
  | { readonly type: 'sources'; readonly sources: readonly Source[]; readonly raw: readonly unknown[] }
  /** What the provider counted, in its own words: fit to be stored with the answer. */
  | { readonly type: 'usage'; readonly usage: Readonly<Record<string, unknown>> }
  /** The model that answers in place of an arena. */
  | { readonly type: 'model'; readonly id: string }
  /** A picture the model made: http(s), a data URL, or a path on the server. */
  | { readonly type: 'image'; readonly url: string }
  /** The model asked for a tool that nobody runs in this mode. */
  | { readonly type: 'tool-call'; readonly name: string }
  /** The server runs a tool for the model; its name as people may read it. */
  | { readonly type: 'working'; readonly tool: string }
  /** The last frame of every whole answer: the provider's reason (`stop`, `length`, `tool_calls` …) when it told one. */
  | { readonly type: 'end'; readonly reason: string | null };

/** Turns the payloads of an answer into frames. One for each answer. */
export interface FrameReader {
  /** One `data:` payload. Throws a Failure for what the server or the provider says went wrong. */
  take(data: string): Frame[];
  /** A whole answer that came as one JSON document: frames up to `end`. Throws as `take` does, and for `null`. */
  whole(body: string): Frame[];
  /** The body is over: what was held back, then `end`. Throws `cut` when nothing ever said that the answer was complete. */
  end(): Frame[];
  /** Whether `[DONE]` has come. */
  readonly done: boolean;
}

/** Null is what providers send for most of these, in every chunk: taking it as a fault would cost more than all the rest. */
const text = z.string().nullish().catch(undefined);
const parts = z.array(
  z.looseObject({ type: text, text, thinking: z.unknown().optional(), image_url: z.unknown().optional() }).catch({}),
);
const content = z.union([z.string(), parts]).nullish().catch(undefined);
const message = z.object({
  content,
  reasoning_content: text,
  reasoning: text,
  thinking: text,
  refusal: text,
  tool_calls: z
    .array(
      z.looseObject({
        index: z.number().optional().catch(undefined),
        function: z.looseObject({ name: text }).catch({}),
      }),
    )
    .nullish()
    .catch(undefined),
  images: z.array(z.unknown()).nullish().catch(undefined),
  annotations: z.array(z.unknown()).nullish().catch(undefined),
});
type Message = z.infer<typeof message>;
const choice = z.object({
  delta: message.nullish().catch(undefined),
  message: message.nullish().catch(undefined),
  text,
  finish_reason: text,
  error: z.unknown().optional(),
});
const chunk = z.object({
  type: text,
  sources: z.array(z.unknown()).optional().catch(undefined),
  selected_model_id: text,
  choices: z.array(choice.catch({})).optional().catch(undefined),
  usage: z.record(z.string(), z.unknown()).nullish().catch(undefined),
  error: z.unknown().optional(),
  detail: z.unknown().optional(),
  output: outputItems.optional().catch(undefined),
  task_ids: z.array(z.string()).optional().catch(undefined),
  event: z.looseObject({ type: text, data: z.unknown().optional() }).optional().catch(undefined),
});
type Chunk = z.infer<typeof chunk>;

const responseEvent = z.looseObject({
  type: z.string(),
  delta: text,
  message: text,
  item: z.looseObject({ type: text, name: text, result: text }).optional().catch(undefined),
  annotation: z.unknown().optional(),
  response: z
    .looseObject({
      usage: z.record(z.string(), z.unknown()).nullish().catch(undefined),
      error: z.unknown().optional(),
      incomplete_details: z.looseObject({ reason: text }).nullish().catch(undefined),
    })
    .optional()
    .catch(undefined),
});
const imageLink = z.union([
  z.string().transform((url) => ({ url })),
  z.looseObject({ url: z.string() }),
  z.looseObject({ image_url: z.looseObject({ url: z.string() }) }).transform((image) => image.image_url),
  z.looseObject({ image_url: z.string() }).transform((image) => ({ url: image.image_url })),
]);
const citation = z.union([
  z
    .looseObject({ url_citation: z.looseObject({ url: z.string(), title: text }) })
    .transform((note) => note.url_citation),
  z.looseObject({ url: z.string(), title: text }),
]);
const said = z.looseObject({ content: z.string() });

/** Tools named in one answer, at most. */
const maxCalls = 200;

/** Reads one answer of the direct mode (our reference, openwebui 3.3 and 3.4). `where` names the call in failures. */
export function frameReader(where: Where): FrameReader {
  const splitter = thinkSplitter();
  const sources = sourceCollector();
  const rawSources: unknown[] = [];
  const called = new Set<string>();
  let reason: string | null = null;
  let complete = false;
  let done = false;
  let broken = false;

  const take = (data: string): Frame[] => {
    const payload = data.trim();
    if (payload === '' || payload === '{}') return [];
    if (payload === '[DONE]') {
      done = true;
      return [];
    }
    const value = jsonOf(payload);
    if (value === undefined) return takeLines(payload);
    const parsed = chunk.safeParse(value);
    return parsed.success ? read(parsed.data, value) : [];
  };

  /** Several payloads under one event, or one that is no JSON: words are let pass, half an object is not. */
  const takeLines = (payload: string): Frame[] => {
    const lines = payload.split('\n');
    if (lines.length > 1) return lines.flatMap(take);
    if (payload.startsWith('{')) broken = true;
    return [];
  };

  const read = (data: Chunk, value: unknown): Frame[] => {
    if (broken) throw failure('malformed', where, 'a frame in the middle of the answer is no JSON');
    if (data.type?.startsWith('response.') || (data.type === 'error' && data.choices === undefined))
      return response(value);
    const frames: Frame[] = [];
    if (data.sources !== undefined) frames.push(...cite(data.sources));
    if (data.selected_model_id) frames.push({ type: 'model', id: data.selected_model_id });
    if (data.event !== undefined) frames.push(...event(data.event.type, data.event.data));
    for (const each of data.choices?.slice(0, 1) ?? []) {
      if (each.message) complete = true;
      frames.push(...spoken(each.delta ?? each.message ?? { content: each.text }));
      if (each.finish_reason) {
        reason = each.finish_reason;
        complete = true;
      }
      if (each.error) throw providerFailure(errorText(JSON.stringify(each.error)), where);
      if (each.finish_reason === 'error') throw providerFailure('the provider ended with an error', where);
    }
    if (data.usage) frames.push({ type: 'usage', usage: data.usage });
    const refused = data.error ?? (data.choices === undefined ? data.detail : undefined);
    if (refused) throw providerFailure(errorText(JSON.stringify(value)), where);
    return frames;
  };

  const spoken = (whole: Partial<Message>): Frame[] => {
    const frames: Frame[] = [];
    const thought = whole.reasoning_content || whole.reasoning || whole.thinking;
    if (thought) frames.push({ type: 'reasoning', text: thought });
    if (typeof whole.content === 'string') frames.push(...splitter.push(whole.content));
    else for (const piece of whole.content ?? []) frames.push(...partFrames(piece));
    if (whole.refusal) frames.push({ type: 'text', text: whole.refusal });
    for (const image of whole.images ?? []) frames.push(...picture(image));
    for (const call of whole.tool_calls ?? [])
      frames.push(...toolCall(call.function.name, String(call.index ?? called.size)));
    for (const note of whole.annotations ?? []) frames.push(...page(note));
    return frames;
  };

  const partFrames = (piece: z.infer<typeof parts>[number]): Frame[] => {
    if (piece.type === 'image_url') return picture(piece);
    if (piece.thinking !== undefined) {
      const thought = typeof piece.thinking === 'string' ? piece.thinking : parts.safeParse(piece.thinking).data;
      const joined = typeof thought === 'string' ? thought : (thought ?? []).map((each) => each.text ?? '').join('');
      return joined === '' ? [] : [{ type: 'reasoning', text: joined }];
    }
    return typeof piece.text === 'string' ? splitter.push(piece.text) : [];
  };

  const picture = (value: unknown): Frame[] => {
    const image = imageLink.safeParse(value);
    return image.success ? [{ type: 'image', url: image.data.url }] : [];
  };

  const toolCall = (name: string | null | undefined, key: string): Frame[] => {
    if (!name || called.has(key) || called.size >= maxCalls) return [];
    called.add(key);
    return [{ type: 'tool-call', name }];
  };

  const cite = (value: readonly unknown[]): Frame[] => {
    rawSources.push(...value.slice(0, Math.max(0, maxSources - rawSources.length)));
    return [{ type: 'sources', sources: sources.add(value), raw: [...rawSources] }];
  };

  const page = (value: unknown): Frame[] => {
    const note = citation.safeParse(value);
    if (!note.success) return [];
    const before = sources.all;
    const { url, title } = note.data;
    if (sources.addPage(url, title ?? null) === before) return [];
    rawSources.push({
      source: { name: title ?? url, url },
      document: [''],
      metadata: [{ source: url, name: title ?? url }],
    });
    return [{ type: 'sources', sources: sources.all, raw: [...rawSources] }];
  };

  /** Events that a pipe sends along with its text. */
  const event = (type: string | null | undefined, value: unknown): Frame[] => {
    if (type === 'source' || type === 'citation') return cite([value]);
    const more = said.safeParse(value);
    if (!more.success || (type !== 'message' && type !== 'chat:message:delta')) return [];
    return splitter.push(more.data.content);
  };

  /** Events of a connection of the type "Responses API". */
  const response = (value: unknown): Frame[] => {
    const parsed = responseEvent.safeParse(value);
    if (!parsed.success) return [];
    const { type, delta, item } = parsed.data;
    if (type === 'error' || type === 'response.failed') {
      const words = errorText(JSON.stringify(parsed.data.response?.error ?? value));
      throw providerFailure(words, where);
    }
    if (type === 'response.output_text.delta' || type === 'response.refusal.delta') return splitter.push(delta ?? '');
    if (type === 'response.reasoning_summary_text.delta' || type === 'response.reasoning_text.delta') {
      return delta ? [{ type: 'reasoning', text: delta }] : [];
    }
    if (type === 'response.output_text.annotation.added') return page(parsed.data.annotation);
    if (type === 'response.output_item.added' && item?.type === 'function_call')
      return toolCall(item.name, String(called.size));
    if (type === 'response.output_item.done' && item?.type === 'image_generation_call' && item.result) {
      return [{ type: 'image', url: `data:image/png;base64,${item.result}` }];
    }
    if (type !== 'response.completed' && type !== 'response.incomplete') return [];
    complete = true;
    reason =
      type === 'response.completed' ? 'stop' : (parsed.data.response?.incomplete_details?.reason ?? 'incomplete');
    const usage = parsed.data.response?.usage;
    return usage ? [{ type: 'usage', usage }] : [];
  };

  const end = (): Frame[] => {
    if (broken || !(complete || done)) throw failure('cut', where, 'the stream ended without an end mark');
    return [...splitter.end(), { type: 'end', reason }];
  };

  return {
    take,
    whole(body) {
      const value = jsonOf(body.trim());
      if (value === undefined) throw failure('malformed', where, 'the answer is no JSON');
      const parsed = chunk.safeParse(value);
      if (!parsed.success) throw failure('model', where, 'an empty answer (null)');
      if (parsed.data.task_ids !== undefined)
        throw failure('malformed', where, 'a background task in place of an answer');
      const frames = read(parsed.data, value);
      if (parsed.data.choices === undefined) frames.push(...splitter.push(outputText(parsed.data.output ?? [])));
      if (parsed.data.choices === undefined && parsed.data.output === undefined) {
        throw failure('malformed', where, 'JSON without an answer');
      }
      complete = true;
      return [...frames, ...end()];
    },
    end,
    get done() {
      return done;
    },
  };
}

function jsonOf(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}
