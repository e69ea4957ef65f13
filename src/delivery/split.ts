import { chooseCut } from './cut.ts';
import { type Scan, scan } from './scanner.ts';
import { closing, seamAt } from './seam.ts';

/** One part of a reply: `source[from, to)` between wrappers. Its text is {@link pieceText}. */
export interface Piece {
  readonly from: number;
  readonly to: number;
  /** Wrapper before: a fence reopened, a table's head, the list and quote it stands in. */
  readonly open: string;
  /** Characters at `from` that `open` has written anew. */
  readonly skip: number;
  /** Wrapper behind. */
  readonly close: string;
  /** It ends inside a fence: white space at its end counts. */
  readonly verbatim: boolean;
}

/** Size of a text as the part with this index, in the platform's unit. `last`: with everything that stands under the last part. */
export type Measure = (
  markdown: string,
  index: number,
  last: boolean,
) => { readonly size: number; readonly max: number };

/**
 * Cuts a growing text into parts. Closed parts never change; only the tail does, so the work per call depends on the tail alone.
 * Where the cuts fall depends on the whole text and the measure only, never on the steps in which the text came.
 */
export interface Splitter {
  /** Closed parts, in order. */
  readonly pieces: readonly Piece[];
  /** The text has grown to this. It must begin with what was given before. */
  grow(source: string): void;
  /** This is all: closes the tail, after which `pieces` is the whole reply. */
  end(source: string): void;
  /** The tail as it stands: from where, and with which wrapper. */
  tail(): { readonly from: number; readonly open: string; readonly skip: number };
  /** No cut before this offset of the source: what an append-only message already shows. */
  keep(offset: number): void;
  /** Closes the tail now at this offset at the latest, because its message can no longer change. */
  close(source: string, offset: number): void;
  /** The platform refused a part as too large although it was measured to fit: from this part on, cut again smaller. */
  narrow(index: number): void;
}

/** The text of a part: what is rendered. */
export function pieceText(source: string, piece: Piece): string {
  const body = piece.open + source.slice(piece.from + piece.skip, piece.to);
  return (piece.verbatim ? body : body.trimEnd()) + piece.close;
}

/** The first look at whether a tail still fits, in UTF-16 units; later looks follow from its size. */
const FIRST_LOOK = 256;
/** The shortest way between two looks. */
const STEP = 48;
/** Part of the room left that is gone through before the next look. */
const STRIDE = 0.7;
/** Room for what closes a part, in UTF-16 units. */
const CLOSING = 64;
/** A wrapper may take this share of a part. */
const WRAPPER = 0.4;
/** A part that was refused as too large is cut to this share of the limit. */
const NARROW = 0.8;

/** Makes a splitter for one text that grows. `measure` is asked about every part before it is closed. */
export function createSplitter(measure: Measure): Splitter {
  const pieces: Piece[] = [];
  let from = 0;
  let open = '';
  let skip = 0;
  let look = FIRST_LOOK;
  let kept = 0;
  let fitted = 0;
  let share = 1;

  const room = (markdown: string, last: boolean): { size: number; max: number } => {
    const { size, max } = measure(markdown, pieces.length, last);
    return { size, max: max * share };
  };
  const textTo = (source: string, to: number): string => open + source.slice(from + skip, to);

  function closedText(text: string, scanned: Scan, at: number): { markdown: string; close: string; verbatim: boolean } {
    const { close } = seamAt(text, scanned, at);
    const line = scanned.lines.at(-1);
    const verbatim = insideFence(scanned, at);
    const body = text.slice(0, at);
    return { markdown: (verbatim || !line ? body : body.trimEnd()) + close, close, verbatim };
  }

  /** Freezes the first piece of `text`, which does not fit. */
  function freeze(text: string, last: boolean): void {
    const scanned = scan(text);
    const least = open.length;
    const shown = Math.min(text.length, Math.max(least, least + kept - from - skip));
    const fits = (at: number): boolean => {
      const { size, max } = room(closedText(text, scanned, at).markdown, false);
      return size <= max;
    };
    // So much fitted when it was looked at, less room for a wrapper: the search begins there.
    let most = Math.max(least + 1, shown, least + fitted - from - skip - CLOSING);
    for (let high = text.length - 1; most < high; ) {
      const middle = (most + high + 1) >> 1;
      if (fits(middle)) most = middle;
      else high = middle - 1;
    }
    if (last) most = Math.min(most, text.length - 1);
    let at = chooseCut(text, scanned, least, shown, most);
    while (!fits(at) && at > least + 1 && at > shown && most > least + 1) {
      most = least + Math.max(1, Math.floor((Math.min(most, at) - least) * 0.9));
      at = chooseCut(text, scanned, least, shown, most);
    }
    cutAt(text, scanned, Math.min(at, text.length));
  }

  function cutAt(text: string, scanned: Scan, at: number): void {
    const { close, verbatim } = closedText(text, scanned, at);
    const seam = seamAt(text, scanned, at);
    const to = from + skip + at - open.length;
    pieces.push({ from, to, open, skip, close, verbatim });
    from = to;
    open = wrapper(seam.open, seam.bare);
    skip = open === seam.open ? seam.skip : 0;
    look = from + FIRST_LOOK;
    fitted = from;
  }

  function wrapper(full: string, bare: string): string {
    for (const one of [full, bare]) {
      const { size, max } = room(one, false);
      if (size <= max * WRAPPER) return one;
    }
    return '';
  }

  /** Looks at the fixed places up to the end of what is there; each cut is decided by the text up to such a place. */
  function grow(source: string): void {
    while (look <= source.length) {
      const text = textTo(source, look);
      // Without the wrapper that would close it: a cut is measured exactly, this only tells when one is due.
      const { size, max } = room(text, false);
      if (size > max && text.length > open.length + 1) freeze(text, false);
      else {
        fitted = look;
        look += Math.max(STEP, Math.floor((((max - size) * text.length) / Math.max(1, size)) * STRIDE));
      }
    }
  }

  return {
    pieces,
    grow,
    end(source) {
      grow(source);
      for (;;) {
        const text = textTo(source, source.length);
        const blank = text.slice(open.length).trim() === '';
        const previous = pieces.at(-1);
        if (blank && previous) {
          const whole = { ...previous, to: source.length };
          const { size, max } = measure(pieceText(source, previous), pieces.length - 1, true);
          if (size <= max * share) {
            // Only white space is left: the part before is the last one.
            pieces[pieces.length - 1] = previous.verbatim ? { ...previous } : whole;
            return;
          }
          open = '';
          skip = 0;
        }
        const scanned = scan(text);
        const close = blank ? '' : closing(text, scanned, open.length);
        const verbatim = scanned.fence !== null;
        const { size, max } = room((verbatim ? text : text.trimEnd()) + close, true);
        if (size <= max || text.length <= open.length + 1 || blank) {
          pieces.push({ from, to: source.length, open, skip, close, verbatim });
          from = source.length;
          return;
        }
        freeze(text, true);
      }
    },
    tail: () => ({ from, open, skip }),
    keep(offset) {
      kept = offset;
    },
    close(source, offset) {
      const text = textTo(source, Math.min(offset, source.length));
      if (text.length > open.length) cutAt(text, scan(`${text}\n`), text.length);
    },
    narrow(index) {
      const piece = pieces[index];
      share *= NARROW;
      if (!piece) return;
      pieces.length = index;
      ({ from, open, skip } = piece);
      look = from + FIRST_LOOK;
      fitted = from;
    },
  };
}

function insideFence(scanned: Scan, at: number): boolean {
  for (const line of scanned.lines) {
    if (line.from > at) break;
    if (at <= line.to && line.fence && line.kind !== 'fence-open' && !(line.kind === 'fence-close' && at === line.to))
      return true;
  }
  return false;
}
