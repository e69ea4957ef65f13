import type { FromPage, ToPage } from '../protocol.ts';
import { CLOSED } from '../words.ts';
import { change, fresh, set, state } from './state.ts';

/** Frames that are answered, without the number that ties the answer to them. */
type Asking =
  Extract<FromPage, { n: string }> extends infer Frame
    ? Frame extends { n: string }
      ? Omit<Frame, 'n'>
      : never
    : never;
type Reply = Extract<ToPage, { n: string }>;

/** What becomes of a request: an answer, or a sentence that says why not. */
export type Answered = Reply | { readonly type: 'refused'; readonly n: string; readonly why: string };

const ANSWER_MS = 20_000;
/** The server sends something at least every 20 s. */
const SILENCE_MS = 50_000;
const NOT_THERE = 'Parley did not answer. Please try again.';

let socket: WebSocket | null = null;
let attempts = 0;
let timer = 0;
let watchdog = 0;
let receive: (frame: ToPage) => void = () => undefined;
const waiting = new Map<string, (reply: Answered) => void>();

/** Connects, and connects again with growing pauses whenever the connection is lost. `take` gets every frame. */
export function connect(take: (frame: ToPage) => void): void {
  receive = take;
  window.addEventListener('online', hurry);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) hurry();
  });
  open();
}

/** Closes for good, until {@link connect} is called again. */
export function disconnect(): void {
  clearTimeout(timer);
  clearTimeout(watchdog);
  const old = socket;
  socket = null;
  old?.close();
}

function hurry(): void {
  if (socket === null && state.me && state.link === 'lost') {
    clearTimeout(timer);
    open();
  }
}

function open(): void {
  const me = state.me;
  if (!me) return;
  const mine = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/local/live`);
  socket = mine;
  watch();
  mine.addEventListener('open', () => {
    write({
      type: 'hello',
      person: me.id,
      key: me.key,
      version: document.documentElement.dataset.version ?? '',
      seen: state.book === null ? null : { book: state.book, seq: state.seq },
      holds: [...state.held.keys()].slice(-20),
    });
  });
  mine.addEventListener('message', (event) => {
    if (socket !== mine) return;
    watch();
    const frame: ToPage = JSON.parse(String(event.data));
    if (frame.type === 'ready') attempts = 0;
    if ('n' in frame && frame.n !== null) {
      waiting.get(frame.n)?.(
        frame.type === 'page' || frame.type === 'went' ? { type: 'done', n: frame.n, conversation: null } : frame,
      );
    }
    receive(frame);
  });
  mine.addEventListener('close', (event) => {
    if (socket !== mine) return;
    socket = null;
    void lost(event.code);
  });
}

/** After a lost connection: is the server away, or are we no longer let in? */
async function lost(code: number): Promise<void> {
  clearTimeout(watchdog);
  if (code === CLOSED.stranger) {
    change((now) => {
      now.me = null;
      now.link = 'out';
    });
    return;
  }
  set({ link: 'lost' });
  const status = await session();
  if (status === 401) {
    set({ stale: 'Parley has another token now. Open the new link from its log.' });
  }
  const pause = Math.min(15_000, 400 * 2 ** attempts) * (0.7 + Math.random() * 0.6);
  attempts += 1;
  clearTimeout(timer);
  timer = setTimeout(open, pause);
}

async function session(): Promise<number> {
  try {
    return (await fetch('/local/session', { cache: 'no-store' })).status;
  } catch (error) {
    if (error instanceof TypeError) return 0;
    throw error;
  }
}

function watch(): void {
  clearTimeout(watchdog);
  watchdog = setTimeout(() => socket?.close(), SILENCE_MS);
}

function write(frame: FromPage): boolean {
  if (socket?.readyState !== WebSocket.OPEN) return false;
  socket.send(JSON.stringify(frame));
  return true;
}

/** Asks for a conversation's messages and for news of it. Without a connection nothing happens: `hello` will ask. */
export function look(conversation: string): void {
  write({ type: 'look', conversation });
}

/** Sends a request and resolves with its answer; never rejects. The same `n` again means the same request. */
export function ask(frame: Asking, n: string = fresh()): Promise<Answered> {
  return new Promise((resolve) => {
    const give = (reply: Answered) => {
      clearTimeout(late);
      if (waiting.get(n) === give) waiting.delete(n);
      resolve(reply);
    };
    const late = setTimeout(() => give({ type: 'refused', n, why: NOT_THERE }), ANSWER_MS);
    waiting.set(n, give);
    if (!write({ ...frame, n }))
      give({ type: 'refused', n, why: 'There is no connection right now. It comes back by itself.' });
  });
}
