import * as z from 'zod';
import { jsonIn } from './lenient-json.ts';
import { thinkSplitter } from './think-tags.ts';

/** What a task's model wrote: its words, and its thinking, in which some models put the answer by mistake. */
export interface TaskText {
  readonly said: string;
  readonly thought: string;
}

const text = z.string().nullish().catch(null);
const parts = z
  .array(z.looseObject({ text }).catch({ text: '' }))
  .transform((list) => list.map((part) => part.text ?? '').join(''));
const completion = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        message: z
          .looseObject({
            content: z.union([z.string(), parts]).nullish().catch(null),
            reasoning_content: text,
            reasoning: text,
            thinking: text,
          })
          .optional()
          .catch(undefined),
      }),
    )
    .min(1),
});

/**
 * The model's words in a task's answer, without thinking. Null when the answer is no completion, as when the task is switched
 * off (`{"detail": "…"}`).
 */
export function taskText(answer: unknown): TaskText | null {
  const parsed = completion.safeParse(answer);
  const message = parsed.success ? parsed.data.choices[0]?.message : undefined;
  if (message === undefined) return null;
  const { said, thought } = withoutThinking(message.content ?? '');
  return { said, thought: message.reasoning_content || message.reasoning || message.thinking || thought };
}

/** The title a model gave: one line, without quotes or marks around it; null when there is none. At most 200 UTF-16 units. */
export function titleIn(answer: TaskText): string | null {
  for (const each of [answer.said, answer.thought]) {
    const title = firstOf(jsonIn(each), 'title');
    if (title !== null) return tidy(title);
  }
  const lines = answer.said.split('\n').filter((line) => line.trim() !== '');
  const only = lines.length === 1 ? (lines[0] ?? '') : '';
  return only.length <= 120 && !/[{}[\]]|^```/.test(only)
    ? tidy(only.replace(/^\s*(?:chat )?title\s*:\s*/i, ''))
    : null;
}

/** The texts in the list called `name`: trimmed, each once, at most `limit`. Empty when there are none. */
export function listIn(answer: TaskText, name: string, limit: number): readonly string[] {
  for (const each of [answer.said, answer.thought]) {
    const list = jsonIn(each)
      .map((value) => strings(value, name))
      .find((found) => found.length > 0);
    if (list !== undefined) return list.slice(0, limit);
  }
  return [];
}

/** The text called `name`, or, without any JSON, all of what was said. Null when there is nothing. */
export function textIn(answer: TaskText, name: string): string | null {
  for (const each of [answer.said, answer.thought]) {
    const found = firstOf(jsonIn(each), name);
    if (found !== null) return found;
  }
  return answer.said.trim() === '' || /^\s*[{[]/.test(answer.said) ? null : answer.said.trim();
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The first whole emoji, with its skin tone, joined people or flag. Signs such as © or a digit are none. */
export function emojiIn(answer: TaskText): string | null {
  for (const each of [answer.said, answer.thought]) {
    for (const { segment } of graphemes.segment(each.slice(0, 2000))) if (isEmoji(segment)) return segment;
  }
  return null;
}

function isEmoji(grapheme: string): boolean {
  if (/^\p{Regional_Indicator}{2}$/u.test(grapheme) || /^[0-9#*]\uFE0F?\u20E3$/u.test(grapheme)) return true;
  if (!/^\p{Extended_Pictographic}/u.test(grapheme)) return false;
  return /^\p{Emoji_Presentation}|\uFE0F/u.test(grapheme) || !/^[©®™‼⁉↔-↪]/u.test(grapheme);
}

/** Thinking ends before the answer; some models never wrote its opening tag, since their template did. */
function withoutThinking(content: string): TaskText {
  const splitter = thinkSplitter();
  const pieces = [...splitter.push(content), ...splitter.end()];
  const joined = (type: 'text' | 'reasoning'): string =>
    pieces.flatMap((piece) => (piece.type === type ? [piece.text] : [])).join('');
  const said = joined('text');
  const closed = /^[\s\S]*<\/(?:think|thinking|reason|reasoning|thought)>/i.exec(said)?.[0];
  return closed === undefined
    ? { said: said.trim(), thought: joined('reasoning') }
    : { said: said.slice(closed.length).trim(), thought: closed };
}

const object = z.record(z.string(), z.unknown());

function firstOf(found: readonly unknown[], name: string): string | null {
  for (const value of found) {
    const first = strings(value, name)[0];
    if (first !== undefined) return first;
  }
  return null;
}

function strings(value: unknown, name: string): string[] {
  const named = object.safeParse(value);
  const list = Array.isArray(value) ? value : named.success ? [named.data[name]].flat() : [];
  const found = list.flatMap((each) => {
    if (typeof each === 'string') return [each.trim()];
    const inner = object.safeParse(each);
    const first = inner.success ? (inner.data[name] ?? inner.data.text ?? inner.data.question) : undefined;
    return typeof first === 'string' ? [first.trim()] : [];
  });
  return [...new Set(found.filter((each) => each !== ''))];
}

function tidy(title: string): string | null {
  const line = title
    .replace(/\s+/g, ' ')
    .replace(/^[#\s]+/, '')
    .trim();
  const bare = line.replace(/^(["“'‘`*_]+)(.*?)["”'’`*_]+$/u, '$2').trim();
  if (bare === '') return null;
  return [...graphemes.segment(bare)].reduce(
    (kept, { segment }) => (kept.length + segment.length <= 200 ? kept + segment : kept),
    '',
  );
}
