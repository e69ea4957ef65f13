import type { CommandSpec } from '../../../src/chat/commands.ts';
import type { Form } from '../../../src/chat/forms.ts';
import type { Entered, PageConversation, PageFile, PageMessage, PagePending, PagePerson } from '../protocol.ts';

/** The messages of one conversation, oldest first. */
export interface Held {
  readonly messages: readonly PageMessage[];
  /** There are older ones on the server. */
  readonly more: boolean;
  readonly loadingOlder: boolean;
}

/** A message on its way, or one that did not get through. */
export interface Unsent {
  readonly n: string;
  readonly to: string;
  readonly text: string;
  readonly files: readonly PageFile[];
  readonly at: number;
  /** Null while it is being sent; else why it was not. */
  readonly failed: string | null;
}

/** A form on the screen. */
export interface ShownForm {
  readonly form: Form;
  readonly errors: Readonly<Record<string, string>>;
  readonly sending: boolean;
}

/** All that the page shows. Changed only through {@link change}. */
export interface State {
  me: Entered | null;
  /** `lost` until the connection is back; `out` when the token is no longer good. */
  link: 'connecting' | 'open' | 'lost' | 'out';
  stale: string | null;
  notice: string | null;
  book: string | null;
  seq: number;
  people: Map<string, PagePerson>;
  conversations: Map<string, PageConversation>;
  held: Map<string, Held>;
  /** The conversation on the screen. */
  current: string;
  commands: readonly CommandSpec[];
  fileBytes: number;
  filesPerMessage: number;
  pending: Map<string, PagePending>;
  busy: Map<string, string>;
  unsent: readonly Unsent[];
  form: ShownForm | null;
  filter: string;
  drawer: boolean;
  editing: string | null;
  renaming: boolean;
  /** A message for a short while, such as "Copied". */
  toast: string | null;
  /** Read aloud by screen readers. */
  said: string;
  theme: 'auto' | 'light' | 'dark';
  /** Buttons that were pressed and not yet answered, `message control`. */
  pressed: Set<string>;
  menuFor: string | null;
}

/** The only one there is: everything the page shows is drawn from it. */
export const state: State = {
  me: null,
  link: 'connecting',
  stale: null,
  notice: null,
  book: null,
  seq: 0,
  people: new Map(),
  conversations: new Map(),
  held: new Map(),
  current: '',
  commands: [],
  fileBytes: 0,
  filesPerMessage: 10,
  pending: new Map(),
  busy: new Map(),
  unsent: [],
  form: null,
  filter: '',
  drawer: false,
  editing: null,
  renaming: false,
  toast: null,
  said: '',
  theme: 'auto',
  pressed: new Set(),
  menuFor: null,
};

let draw: () => void = () => undefined;
let due = false;

/** Says how the state is drawn. */
export function drawWith(task: () => void): void {
  draw = task;
}

/** Changes the state and draws it once before the next frame, however many changes there are. */
export function change(task: (state: State) => unknown): void {
  task(state);
  if (due) return;
  due = true;
  // A hidden tab gets no frames, and must not fall behind either.
  if (document.hidden) setTimeout(flush);
  else requestAnimationFrame(flush);
}

/** Changes some of the state. */
export function set(some: Partial<State>): void {
  change((now) => Object.assign(now, some));
}

function flush(): void {
  due = false;
  draw();
}

/** A number that is new everywhere: for requests and private conversations. */
export function fresh(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

let toastTimer = 0;

/** Shows a short message for a few seconds, and reads it aloud. */
export function toast(text: string): void {
  change((now) => {
    now.toast = text;
    now.said = text;
  });
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => set({ toast: null }), 4_000);
}
