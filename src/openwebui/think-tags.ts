/** A piece of what a model wrote: for the reader, or its thinking. */
export interface Piece {
  readonly type: 'text' | 'reasoning';
  readonly text: string;
}

/** Takes a model's text piece by piece and tells thinking from answer. */
export interface ThinkSplitter {
  push(text: string): Piece[];
  /** What was held back because it might have become a tag. A block that was never closed stays thinking. */
  end(): Piece[];
}

/** The pairs that models use, as Open WebUI knows them (our reference, openwebui 3.4). */
const tags: readonly (readonly [open: string, close: string])[] = [
  ['<think>', '</think>'],
  ['<thinking>', '</thinking>'],
  ['<reason>', '</reason>'],
  ['<reasoning>', '</reasoning>'],
  ['<thought>', '</thought>'],
  ['<Thought>', '</Thought>'],
  ['<|begin_of_thought|>', '<|end_of_thought|>'],
  ['◁think▷', '◁/think▷'],
];
const fences = ['```', '~~~'] as const;

/**
 * A tag counts at the start of a line and outside a code block only, so that an answer about these tags keeps them.
 * Space after a thinking block and empty lines before the answer are dropped, as is the space a block begins with. Holds back no
 * more than the start of one line that may still become a tag, or as much of a closing tag as has come. The pieces joined are
 * the same wherever the text is cut.
 */
export function thinkSplitter(): ThinkSplitter {
  let held = '';
  let closing: string | null = null;
  let lineStart = true;
  let skip: 'empty lines' | 'space' | 'nothing' = 'empty lines';
  let fresh = false;
  let fence: string | null = null;

  /** Takes from `held` what can be told; false when more text is needed. */
  const step = (out: Piece[], last: boolean): boolean => {
    if (held === '') return false;
    if (closing !== null) return think(out, closing, last);
    if (lineStart) return classify(last);
    const end = held.indexOf('\n') + 1;
    emit(out, 'text', end === 0 ? held : held.slice(0, end));
    held = end === 0 ? '' : held.slice(end);
    lineStart = end !== 0;
    return true;
  };

  const think = (out: Piece[], close: string, last: boolean): boolean => {
    const at = held.indexOf(close);
    if (at !== -1) {
      emit(out, 'reasoning', held.slice(0, at));
      held = held.slice(at + close.length);
      closing = null;
      lineStart = true;
      skip = 'space';
      return true;
    }
    const keep = last ? 0 : overlap(held, close);
    emit(out, 'reasoning', held.slice(0, held.length - keep));
    held = held.slice(held.length - keep);
    return false;
  };

  const classify = (last: boolean): boolean => {
    if (skip === 'space') held = held.trimStart();
    if (skip === 'empty lines') held = held.replace(/^(?:[ \t]{0,32}\n)+/, '');
    const rest = held.replace(/^[ \t]{1,32}/, '');
    const pair = fence === null ? tags.find(([open]) => rest.startsWith(open)) : undefined;
    if (pair !== undefined) {
      closing = pair[1];
      fresh = true;
      held = rest.slice(pair[0].length);
      return true;
    }
    const maybe = [...(fence === null ? tags.map(([open]) => open) : []), ...fences];
    if (!last && maybe.some((mark) => mark.startsWith(rest))) return false;
    const mark = fences.find((each) => rest.startsWith(each));
    if (mark !== undefined && (fence === null || fence === mark)) fence = fence === null ? mark : null;
    lineStart = false;
    return held !== '';
  };

  const emit = (out: Piece[], type: Piece['type'], raw: string): void => {
    const text = type === 'reasoning' && fresh ? raw.trimStart() : raw;
    if (text === '') return;
    if (type === 'text') skip = 'nothing';
    else fresh = false;
    const before = out.at(-1);
    if (before?.type === type) out[out.length - 1] = { type, text: before.text + text };
    else out.push({ type, text });
  };

  const run = (last: boolean): Piece[] => {
    const out: Piece[] = [];
    while (step(out, last));
    return out;
  };

  return {
    push(text) {
      held += text;
      return run(false);
    },
    end: () => run(true),
  };
}

/** How many characters at the end of `text` are a proper beginning of `mark`. */
function overlap(text: string, mark: string): number {
  for (let length = Math.min(mark.length - 1, text.length); length > 0; length -= 1) {
    if (mark.startsWith(text.slice(-length))) return length;
  }
  return 0;
}
