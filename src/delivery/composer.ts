import type { Adapter } from '../chat/adapter.ts';
import type { Body, Part, Rendered, View } from '../chat/view.ts';
import { committed, HOLD_MS, repair } from './repair.ts';
import { createSplitter, pieceText, type Splitter } from './split.ts';

/** A message as it should stand now. */
export interface Composed {
  readonly rendered: Rendered;
  /** Up to where in the view's text it shows, in UTF-16 units. */
  readonly to: number;
  /** It shows something that a reader would call text. */
  readonly text: boolean;
}

/** Turns the newest view into messages: which parts there are and what each shows. Renders only when asked. */
export interface Composer {
  /** Takes the newest view. The last one closes the tail. False: its text did not go on from the one before, all parts begin anew. */
  take(view: View): boolean;
  /** Parts that are closed: all of them once it has ended. */
  closed(): number;
  /** The last view has been taken. */
  ended(): boolean;
  /** What a closed part shows for good. */
  part(index: number): Composed;
  /** The same as a body of its own, with what stands under it. */
  text(index: number): Body;
  /** What the live tail shows now, or null when it has nothing to show. `append`: only what will never change. */
  tail(now: number, append: boolean): Composed | null;
  /** When something that is held back may be shown, if anything is: milliseconds since the epoch. */
  heldUntil(): number | null;
  /** An append-only message shows the text up to here. */
  keep(offset: number): void;
  /** Closes the tail at this offset: its message cannot be changed any more. */
  close(offset: number): void;
  /** A part was refused as too large. */
  narrow(index: number): void;
}

/** A last view with nothing in it is no message at all. */
function isEmpty(view: View): boolean {
  return view.markdown.trim() === '' && view.note === null && view.sources.length === 0 && view.controls === null;
}

/** Units before the end of the known text that must be found again in the next view. */
const COMPARED = 128;

/** Makes the composer of one reply. */
export function createComposer(adapter: Pick<Adapter, 'render'>): Composer {
  let view: View = { markdown: '', status: null, note: null, sources: [], controls: null, final: false };
  let source = '';
  let ended = false;
  /** Text before this offset shows or has shown: it is not held back again. */
  let shownTo = 0;
  let splitter = begin();
  let held: { from: number; since: number } | null = null;

  function begin(): Splitter {
    return createSplitter((markdown, index, last) => {
      const part = partOf(markdown, index, last);
      return adapter.render(part, { live: false, controls: last ? view.controls : null });
    });
  }

  function partOf(markdown: string, index: number, last: boolean): Part {
    return {
      markdown,
      index,
      last,
      status: last && !view.final && source.trim() === '' ? view.status : null,
      note: index === 0 ? view.note : null,
      sources: last ? view.sources : [],
    };
  }

  function live(markdown: string, to: number, text: boolean): Composed {
    const part = partOf(markdown, splitter.pieces.length, true);
    const options = { live: true, controls: view.controls };
    const rendered = adapter.render(part, options);
    if (rendered.size <= rendered.max || part.sources.length === 0) return { rendered, to, text };
    return { rendered: adapter.render({ ...part, sources: [] }, options), to, text };
  }

  /** Whether a view's text begins with what we have. While it grows only the end is compared, so that an edit costs no more late than early. */
  function goesOn({ markdown, final }: View): boolean {
    if (final) return markdown.startsWith(source);
    const from = Math.max(0, source.length - COMPARED);
    return markdown.slice(from, source.length) === source.slice(from);
  }

  return {
    take(newest) {
      view = newest;
      let went = true;
      if (!goesOn(newest)) {
        went = false;
        splitter = begin();
        held = null;
        shownTo = 0;
        ended = false;
      }
      if (ended) return went;
      source = newest.markdown;
      ended = newest.final;
      if (!ended) splitter.grow(source);
      else if (!isEmpty(newest)) splitter.end(source);
      return went;
    },
    closed: () => splitter.pieces.length,
    ended: () => ended,
    part(index) {
      const piece = splitter.pieces[index];
      const last = ended && index === splitter.pieces.length - 1;
      const markdown = piece ? pieceText(source, piece) : '';
      const part = partOf(markdown, index, last);
      const rendered = adapter.render(part, { live: false, controls: last ? view.controls : null });
      return { rendered, to: piece?.to ?? 0, text: markdown !== '' };
    },
    text(index) {
      const piece = splitter.pieces[index];
      const last = ended && index === splitter.pieces.length - 1;
      return { markdown: piece ? pieceText(source, piece) : '', controls: last ? view.controls : null };
    },
    tail(now, append) {
      const { from, open, skip } = splitter.tail();
      const text = open + source.slice(from + skip);
      if (text.slice(open.length).trim() === '') {
        if (splitter.pieces.length > 0 || (view.status === null && view.note === null)) return null;
        return live('', source.length, false);
      }
      const toSource = (offset: number): number => from + skip + offset - open.length;
      const toText = (offset: number): number => offset - from - skip + open.length;
      if (held && now - held.since >= HOLD_MS) shownTo = source.length;
      const show = (length: number): Composed => {
        const cutText = text.slice(0, length);
        const least = toText(shownTo);
        if (append) {
          const offset = Math.min(length, Math.max(least, committed(cutText, least)));
          return live(cutText.slice(0, offset).trimEnd(), toSource(offset), offset > open.length);
        }
        const { markdown, shown } = repair(cutText, least);
        return live(markdown, toSource(shown), shown > open.length);
      };
      const whole = show(text.length);
      noteHeld(now, whole.to < source.length ? whole.to : null);
      if (whole.rendered.size <= whole.rendered.max) {
        shownTo = Math.max(shownTo, whole.to);
        return whole;
      }
      // It is about to be cut: until that is decided, show as much as fits.
      let fits: Composed | null = null;
      for (let low = open.length, high = text.length; high - low > 16; ) {
        const middle = (low + high) >> 1;
        const tried = show(middle);
        if (tried.rendered.size <= tried.rendered.max) {
          fits = tried;
          low = middle;
        } else high = middle;
      }
      return fits;
    },
    heldUntil: () => (held ? held.since + HOLD_MS : null),
    keep: (offset) => splitter.keep(offset),
    close: (offset) => splitter.close(source, offset),
    narrow(index) {
      splitter.narrow(index);
      if (ended) splitter.end(source);
    },
  };

  function noteHeld(now: number, from: number | null): void {
    if (from === null) held = null;
    else if (held?.from !== from) held = { from, since: now };
  }
}
