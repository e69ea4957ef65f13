import { withoutKeys } from '../chat/keys.ts';
import type { Message } from '../chat/messages.ts';
import type { Question } from './question.ts';

/** UTF-16 units of what people wrote before the question; older messages are left out first. */
const OVERHEARD_UNITS = 40_000;

/** UTF-16 units of the earlier turns that are sent again; older turns are left out first, never the last one. */
const HISTORY_UNITS = 200_000;

/**
 * The question as the model reads it and as it stands in Open WebUI: what people wrote meanwhile, with names, then what it
 * replies to, then the question itself, with a name where several people may speak. Pure.
 */
export function composeQuestion(question: Question, overheard: readonly Message[], first: boolean): string {
  const blocks: string[] = [];
  const heard = newestThatFit(
    overheard.filter((message) => message.text.trim() !== ''),
    (message) => message.text.length + message.author.name.length,
    OVERHEARD_UNITS,
  );
  if (heard.length > 0) {
    const head = first ? 'Written here before you were asked:' : 'Written here since your last answer:';
    blocks.push([head, ...heard.map((message) => spoken(message.author.name, message.text))].join('\n\n'), '---');
  }
  const quoted = question.replyTo;
  if (quoted && !heard.some((message) => message.ref.id === quoted.ref.id) && quoted.text.trim() !== '') {
    const lines = `${quoted.author.name} wrote:\n${quoted.text}`.split('\n').map((line) => `> ${line}`);
    blocks.push(lines.join('\n'));
  }
  const named = question.conversation.kind !== 'direct' && !question.private;
  const text = question.text.trim() || 'Please answer what was written above.';
  blocks.push(named ? spoken(question.asker.name, text) : text);
  // Keys that stand in what others wrote are no model's business.
  return withoutKeys(blocks.join('\n\n'));
}

/**
 * A question as it was asked, with the words of its edited form: what people wrote before it, what it replies to and its files stay.
 * Where the old words are not found in it, the new ones stand alone. `was` null: nothing was edited. Pure.
 */
export function reworded(asked: string, was: Question | null, now: Question): string {
  if (was === null) return asked;
  const [before, after] = [was, now].map((one) => composeQuestion({ ...one, replyTo: null }, [], true));
  if (before === undefined || after === undefined) return asked;
  const at = asked.lastIndexOf(before);
  return at < 0 ? after : `${asked.slice(0, at)}${after}${asked.slice(at + before.length)}`;
}

function spoken(name: string, text: string): string {
  return `${name}: ${text}`;
}

/** The earlier turns that are sent again with a question: the newest that fit. Pure. */
export function recentTurns<Turn extends { readonly text: string }>(turns: readonly Turn[]): readonly Turn[] {
  return newestThatFit(turns, (turn) => turn.text.length, HISTORY_UNITS);
}

function newestThatFit<Item>(items: readonly Item[], size: (item: Item) => number, units: number): readonly Item[] {
  let left = units;
  let from = items.length;
  while (from > 0) {
    const item = items[from - 1];
    if (item === undefined) break;
    left -= size(item);
    if (left < 0 && from < items.length) break;
    from--;
  }
  return items.slice(from);
}

/** A title from the question, until a better one comes: its first line, at most `units` UTF-16 units. Pure. */
export function titleOf(text: string, units: number): string {
  const line =
    text
      .split('\n')
      .map((each) => each.replace(/^[#>*\-\s]+/, '').trim())
      .find((each) => each !== '') ?? '';
  const plain = line.replaceAll(/\s+/g, ' ');
  if (plain === '') return 'New conversation';
  if (plain.length <= units) return plain;
  const cut = plain.slice(0, units - 1);
  const space = cut.lastIndexOf(' ');
  return `${(space > units / 2 ? cut.slice(0, space) : cut).trimEnd().replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** Takes away what no model and no page should see: control characters but tab and line end, and lone surrogates. Pure. */
export function cleanText(text: string): string {
  return (
    text
      .replaceAll('\r\n', '\n')
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters meant
      .replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g, '')
  );
}

/** A model's title as it is shown: one line, no quotes around it, at most 80 UTF-16 units; empty when nothing is left. Pure. */
export function cleanTitle(title: string): string {
  const line = cleanText(title).replaceAll(/\s+/g, ' ').trim();
  const bare = line.replace(/^["'“”„«»]+|["'“”„«»]+$/g, '').trim();
  return bare === '' ? '' : titleOf(bare, 80);
}
