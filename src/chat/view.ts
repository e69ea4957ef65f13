/** Where an answer's claim comes from. `url` is http(s) or null. */
export interface Source {
  /** The number that the answer's text cites as `[n]`, from 1. */
  readonly number: number;
  readonly name: string;
  readonly url: string | null;
}

/** A button. Stateless: `id` alone says what to do, after a restart too. At most 100 UTF-16 units, `[A-Za-z0-9:_-]`. */
export interface Button {
  readonly id: string;
  readonly label: string;
  readonly style: 'plain' | 'primary' | 'danger';
  /** What it is for, so that a platform can use its own native control for it. */
  readonly role: 'stop' | 'regenerate' | 'retry' | 'follow-up' | 'good' | 'bad' | 'other';
}

/** A list to choose one from. */
export interface Menu {
  readonly id: string;
  readonly placeholder: string;
  readonly choices: readonly { readonly label: string; readonly value: string }[];
}

/** What can be pressed under a message. Rows are the adapter's business. */
export interface Controls {
  readonly buttons: readonly Button[];
  readonly menu: Menu | null;
}

/** A short text with buttons, for everything that is not a streamed answer: notes, errors, help, lists. Markdown. */
export interface Body {
  readonly markdown: string;
  readonly controls: Controls | null;
}

/** A model's thinking, kept out of the answer: shown folded or small. */
export interface Note {
  /** Such as "Thought for 5 s". */
  readonly title: string;
  readonly markdown: string;
}

/**
 * The whole of what a reply shows at one moment. Delivery takes nothing else.
 * `markdown` only grows from one view to the next of the same generation; `final` is set once, on the last.
 */
export interface View {
  readonly markdown: string;
  /** One line of what is being done while there is no text, or null. */
  readonly status: string | null;
  readonly note: Note | null;
  readonly sources: readonly Source[];
  readonly controls: Controls | null;
  readonly final: boolean;
}

/** One message's worth of a view, cut and repaired by delivery: valid Markdown by itself. */
export interface Part {
  readonly markdown: string;
  /** From 0. */
  readonly index: number;
  /** The part that still grows or ends the reply. Status, sources and controls stand only here. */
  readonly last: boolean;
  readonly status: string | null;
  readonly note: Note | null;
  readonly sources: readonly Source[];
}

/** A part as one platform shows it. `payload` is the adapter's own; `size` and `max` are in the platform's own unit. */
export interface Rendered<Payload = unknown> {
  readonly payload: Payload;
  readonly size: number;
  readonly max: number;
}
