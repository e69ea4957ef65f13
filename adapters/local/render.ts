import type { Controls, Note, Part, Rendered, Source } from '../../src/chat/view.ts';
import { BUTTONS, NOTE_UNITS, PART_UNITS } from './limits.ts';

/** A message of Parley's as the page shows it. */
export interface LocalPayload {
  readonly markdown: string;
  /** Which part of an answer it is, from 0: later ones join the one before. */
  readonly part: number;
  readonly note: Note | null;
  readonly sources: readonly Source[];
  readonly status: string | null;
  readonly live: boolean;
  readonly controls: Controls | null;
}

/**
 * A part as the page shows it, measured in UTF-16 units of its Markdown. Pure. Text stays as it is: nothing in it can ping,
 * since only what people send is searched for names, and the page sanitises what it draws.
 */
export function renderLocal(
  part: Part,
  options: { readonly live: boolean; readonly controls: Controls | null },
): Rendered<LocalPayload> {
  const controls = part.last ? options.controls : null;
  return {
    payload: {
      markdown: part.markdown,
      part: part.index,
      note: part.note && { title: part.note.title, markdown: middleCut(part.note.markdown) },
      sources: part.last ? part.sources : [],
      status: part.last ? part.status : null,
      live: options.live,
      controls: controls && { buttons: controls.buttons.slice(0, BUTTONS), menu: controls.menu },
    },
    size: part.markdown.length,
    max: PART_UNITS,
  };
}

/** A short text with buttons, in the same shape. */
export function renderBody(body: { readonly markdown: string; readonly controls: Controls | null }): LocalPayload {
  const { markdown, controls } = body;
  const cut = markdown.length > PART_UNITS ? `${markdown.slice(0, PART_UNITS - 1).toWellFormed()}…` : markdown;
  return { markdown: cut, part: 0, note: null, sources: [], status: null, live: false, controls };
}

function middleCut(text: string): string {
  if (text.length <= NOTE_UNITS) return text;
  const half = NOTE_UNITS / 2;
  return `${text.slice(0, half).toWellFormed()}\n\n…\n\n${text.slice(-half).toWellFormed()}`;
}
