import * as z from 'zod';
import { Failure } from '../chat/errors.ts';
import { errorText, providerFailure, type Where } from './errors.ts';
import type { Frame } from './frames.ts';
import { messageText, outputItems } from './message-text.ts';
import { maxSources, sourceCollector } from './sources.ts';

/** Reads an answer that the server itself writes into a chat, each time it is looked at. One for each answer. */
export interface StoredAnswerReader {
  /** What has come since the last look, as {@link Frame}s up to `end` once the answer is whole. */
  take(message: Readonly<Record<string, unknown>>): Frame[];
  /** Whether nothing more will come: `end` has been given, or the answer has failed. */
  readonly done: boolean;
  /** What the server stored as the answer's error, or `forbidden` when a tool waits for a yes that only the web page can give. */
  readonly failed: Failure | null;
}

const word = z.string().optional().catch(undefined);
const calls = z
  .array(
    z.looseObject({ type: word, name: word, call_id: word, status: word, arguments: z.unknown().optional() }).catch({}),
  )
  .catch([]);
const usageOf = z.record(z.string(), z.unknown());
const pictures = z.array(z.looseObject({ type: word, url: word }).catch({})).catch([]);
const asked = z.looseObject({
  questions: z.array(
    z.looseObject({
      question: z.string(),
      options: z.array(z.looseObject({ label: z.string(), description: word })).catch([]),
    }),
  ),
});

/** Reads one stored answer (our reference, openwebui 3.7; docs/openwebui-compatibility.md). `where` names the call in failures. */
export function storedAnswerReader(where: Where): StoredAnswerReader {
  const sources = sourceCollector();
  const shownPictures = new Set<string>();
  let text = '';
  let reasoning = '';
  let cited = '';
  let working = '';
  let done = false;
  let failed: Failure | null = null;

  /** What the text has grown by. Only its end may grow: a text that was rewritten meanwhile is added whole once it is final. */
  const grown = (now: string, final: boolean): Frame[] => {
    const whole = final ? now : now.trimEnd();
    if (whole === text || whole === '') return [];
    const kept = text.trimEnd();
    const rest = whole.startsWith(text)
      ? whole.slice(text.length)
      : whole.startsWith(kept)
        ? whole.slice(kept.length)
        : null;
    if (rest === null && !final) return [];
    const frame = rest ?? `\n\n${whole}`;
    text = whole;
    return frame === '' ? [] : [{ type: 'text', text: frame }];
  };

  return {
    take(message) {
      const frames: Frame[] = [];
      const items = calls.parse(message.output);
      const pending = items.find((item) => item.type === 'function_call' && item.status === 'pending');
      const final = message.done === true || Boolean(message.error) || pending !== undefined;

      const thought = reasoningIn(message.output);
      if (thought.length > reasoning.length) {
        frames.push({ type: 'reasoning', text: thought.slice(reasoning.length) });
        reasoning = thought;
      }
      const raw = Array.isArray(message.sources) ? message.sources.slice(0, maxSources) : [];
      const key = JSON.stringify(raw);
      if (raw.length > 0 && key !== cited) {
        cited = key;
        frames.push({ type: 'sources', sources: sources.add(raw), raw });
      }
      const tool = final ? '' : runningTool(items);
      if (tool !== working) {
        working = tool;
        if (tool !== '') frames.push({ type: 'working', tool });
      }
      const question = pending?.name === 'ask_user' ? questionFrom(pending.arguments) : null;
      const said = messageText(message);
      frames.push(
        ...grown(question === null ? said : [said, question].filter((each) => each !== '').join('\n\n'), final),
      );
      for (const { type, url } of pictures.parse(message.files)) {
        if (type !== 'image' || !url || shownPictures.has(url)) continue;
        shownPictures.add(url);
        frames.push({ type: 'image', url });
      }
      if (!final) return frames;
      done = true;
      const usage = usageOf.safeParse(message.usage);
      if (usage.success) frames.push({ type: 'usage', usage: usage.data });
      if (message.error) failed = providerFailure(wordsOf(message.error), where);
      else if (pending !== undefined && question === null)
        failed = new Failure({
          ...APPROVAL,
          detail: `${where.call}: a tool waits for an approval`,
        });
      if (failed) return frames;
      return [...frames, { type: 'end', reason: null }];
    },
    get done() {
      return done;
    },
    get failed() {
      return failed;
    },
  };
}

const APPROVAL = {
  kind: 'forbidden',
  retry: { when: 'never' },
  say: 'The model wants to use a tool that must be allowed first. Open this chat in Open WebUI to allow it.',
} as const;

function reasoningIn(output: unknown): string {
  const items = outputItems.safeParse(output);
  return (items.data ?? [])
    .filter((item) => item.type === 'reasoning')
    .map((item) => (item.content ?? []).map((part) => part.text).join(''))
    .join('\n\n');
}

/** The tool that has been called and has not answered yet; empty for none. */
function runningTool(items: z.infer<typeof calls>): string {
  const answered = new Set(items.filter((item) => item.type === 'function_call_output').map((item) => item.call_id));
  const running = items.findLast((item) => item.type === 'function_call' && !answered.has(item.call_id));
  return (running?.name ?? '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .slice(0, 60);
}

/** What the model asks the person by the server's own tool, as plain text; the web page shows buttons for it. */
function questionFrom(written: unknown): string | null {
  const read = asked.safeParse(typeof written === 'string' ? jsonOf(written) : written);
  if (!read.success) return null;
  return read.data.questions
    .map(({ question, options }) =>
      [
        question,
        ...options.map(({ label, description }) => `- **${label}**${description ? `: ${description}` : ''}`),
      ].join('\n'),
    )
    .join('\n\n');
}

/** Up to 0.8 the error is the provider's own object below `content`, later its words. */
function wordsOf(error: unknown): string {
  const content = z.looseObject({ content: z.unknown() }).safeParse(error);
  const said = content.success && content.data.content !== undefined ? content.data.content : error;
  return errorText(typeof said === 'string' ? said : JSON.stringify({ error: said }));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
