import type { Produced } from './answer.ts';
import type { Change } from './ground.ts';

/** What a reader saw of one answer. Times are milliseconds, characters are those that are not white space. */
export interface Seen {
  /** Characters × milliseconds between being written and being visible. */
  readonly staleness: number;
  readonly characters: number;
  /** First content of the model to first whole word visible. */
  readonly first: number;
  /** Last content of the model to the whole text visible. */
  readonly lag: number;
  /** Characters that are never seen, or not where they belong. */
  readonly lost: number;
}

/**
 * Compares what was written with what the server's history says could be read, from when. White space is left out, since it falls away
 * where a text is cut; visible is what agrees with the answer from its beginning on, so that anything lost or out of order costs all
 * that follows it.
 */
export function measure(
  text: string,
  produced: readonly Produced[],
  changes: readonly Change[],
  messages: readonly string[],
): Seen {
  const whole = bare(text);
  const written = grown(text, produced);
  const stands = new Map<string, string>();
  const visible: Produced[] = [];
  for (const { at, message, text: now } of changes) {
    if (!messages.includes(message)) continue;
    stands.set(message, bare(now));
    visible.push({ at, length: agreeing(whole, messages.map((id) => stands.get(id) ?? '').join('')) });
  }
  const word = bare(/^\S+/.exec(text)?.[0] ?? '').length;
  const begin = produced[0]?.at ?? 0;
  const end = produced.at(-1)?.at ?? 0;
  const shown = messages.map((id) => stands.get(id) ?? '').join('').length;
  const right = visible.at(-1)?.length ?? 0;
  const complete = visible.find(({ length }) => length === whole.length)?.at ?? visible.at(-1)?.at ?? end;
  return {
    staleness: area(written, visible, Math.max(end, complete)),
    characters: whole.length,
    first: (visible.find(({ length }) => length >= word)?.at ?? complete) - begin,
    lag: Math.max(0, complete - end),
    lost: Math.max(whole.length - right, shown - right),
  };
}

function bare(text: string): string {
  return text.replace(/\s+/g, '');
}

/** The same growth, counted without white space. */
function grown(text: string, produced: readonly Produced[]): Produced[] {
  let from = 0;
  let length = 0;
  return produced.map(({ at, length: to }) => {
    length += bare(text.slice(from, to)).length;
    from = to;
    return { at, length };
  });
}

function agreeing(whole: string, shown: string): number {
  if (whole.startsWith(shown)) return shown.length;
  let at = 0;
  while (at < shown.length && whole[at] === shown[at]) at += 1;
  return at;
}

/** ∫ (written − visible) dt. */
function area(written: readonly Produced[], visible: readonly Produced[], end: number): number {
  const events = [
    ...written.map(({ at, length }) => ({ at, length, side: 'written' as const })),
    ...visible.map(({ at, length }) => ({ at, length, side: 'visible' as const })),
  ].sort((a, b) => a.at - b.at);
  const now = { written: 0, visible: 0 };
  let sum = 0;
  events.forEach(({ at, length, side }, index) => {
    now[side] = length;
    const until = Math.min(end, events[index + 1]?.at ?? end);
    sum += Math.max(0, now.written - now.visible) * Math.max(0, until - at);
  });
  return sum;
}
