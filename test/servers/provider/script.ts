/**
 * What a scripted model does, as data: steps one after the other, and how they are put on the wire.
 * A script comes from the model's id (`models.ts`) or over the control endpoint, so it is checked here.
 */
import * as z from 'zod';

/** One step of an answer. */
const step = z.union([
  /** A piece of text, in one delta. */
  z.strictObject({ say: z.string() }),
  /** A piece of reasoning, in one `reasoning_content` delta. */
  z.strictObject({ think: z.string() }),
  /** A tool call; its arguments come in two deltas, as real providers cut them. */
  z.strictObject({ call: z.strictObject({ id: z.string(), name: z.string(), arguments: z.string() }) }),
  /** An SSE comment line. */
  z.strictObject({ comment: z.string() }),
  /** Silence, in ms. */
  z.strictObject({ wait: z.number().int().min(0).max(600_000) }),
  /** A `data:` frame with exactly this value. */
  z.strictObject({ frame: z.json() }),
  /** Exactly these characters on the wire, unframed. */
  z.strictObject({ raw: z.string() }),
  /** The connection is cut here, without a proper end. */
  z.strictObject({ cut: z.literal(true) }),
]);
export type Step = z.infer<typeof step>;

/** A refusal before the first byte: an object is sent as JSON, a string as plain text. */
const refusal = z.strictObject({
  status: z.number().int().min(400).max(599),
  body: z.union([z.string(), z.record(z.string(), z.json())]),
  headers: z.record(z.string(), z.string()).optional(),
});

/** A whole answer. Everything but `steps` has the default that a well-behaved provider would have. */
export const scriptSchema = z.strictObject({
  steps: z.array(step).max(20_000).default([]),
  /** Refuse instead of answering. */
  refuse: refusal.optional(),
  /** ms between two steps. */
  pace: z.number().int().min(0).max(60_000).default(0),
  /** The line end of SSE frames. */
  newline: z.enum(['lf', 'crlf']).default('lf'),
  /** How the stream ends: as usual, without the line end after `[DONE]`, or without `[DONE]`. */
  done: z.enum(['full', 'bare', 'missing']).default('full'),
  /** Bytes per write; frames and characters are cut wherever that falls. 0 leaves each frame whole. */
  split: z.number().int().min(0).max(65_536).default(0),
  /** Answer a request for a stream with one JSON body. */
  json: z.boolean().default(false),
  /** Always send usage, on the last chunk (`last`) or in a frame of its own (`frame`); `asked`: a frame when `stream_options` asks. */
  usage: z.enum(['asked', 'frame', 'last']).default('asked'),
  /** The `finish_reason` of the last delta. */
  finish: z.string().default('stop'),
});
export type Script = z.infer<typeof scriptSchema>;
export type ScriptInput = z.input<typeof scriptSchema>;

/** Fills in the defaults of a script; throws zod's error where it is not one. */
export function script(input: ScriptInput): Script {
  return scriptSchema.parse(input);
}

const part = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  image_url: z.looseObject({ url: z.string() }).optional(),
});
const message = z.looseObject({ role: z.string(), content: z.union([z.string(), z.array(part), z.null()]).optional() });

/** The part of an OpenAI chat request that the scripted models look at; the rest is kept for `/control/requests`. */
export const chatRequestSchema = z.looseObject({
  model: z.string(),
  messages: z.array(message),
  stream: z.boolean().optional(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  tools: z.array(z.looseObject({ function: z.looseObject({ name: z.string() }).optional() })).nullish(),
});
export type ChatRequest = z.infer<typeof chatRequestSchema>;
export type ChatMessage = ChatRequest['messages'][number];

/** A message's text: its string, or its text parts joined by line ends. */
export function textOf(message: ChatMessage | undefined): string {
  const content = message?.content ?? '';
  if (typeof content === 'string') return content;
  return content.flatMap((part) => (part.text === undefined ? [] : [part.text])).join('\n');
}

/** The last message of that role, if any. */
export function lastOf(request: ChatRequest, role: string): ChatMessage | undefined {
  return request.messages.findLast((message) => message.role === role);
}
