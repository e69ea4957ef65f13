import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Adapter, Host } from '../../src/chat/adapter.ts';
import type { Clock } from '../../src/chat/clock.ts';
import type { CommandSpec } from '../../src/chat/commands.ts';
import type { Trigger } from '../../src/chat/events.ts';
import { Secret } from '../../src/chat/secret.ts';
import { createActions } from './actions.ts';
import { loadAssets } from './assets.ts';
import { createBoard } from './board.ts';
import { openBook } from './book.ts';
import { bookFailure } from './book-file.ts';
import { localFailure } from './failures.ts';
import { createGate } from './gate.ts';
import { createHttp } from './http.ts';
import { createHub, type Tab } from './hub.ts';
import { FILES_PER_MESSAGE } from './limits.ts';
import { createPlatform } from './platform.ts';
import { personOf } from './shown.ts';
import { serveTab } from './tab.ts';

/** What the local page is made with. */
export interface LocalOptions {
  /**
   * The token of the printed link. Null: made up anew; browsers that came in by an earlier link stay in, so that a page comes back by
   * itself after a restart.
   */
  readonly token: Secret | null;
  /** The page's own data file, or `:memory:`. */
  readonly file: string;
  /** Where the shared listener listens. */
  readonly address: { readonly host: string; readonly port: number };
  /** How others reach it, such as `https://parley.example.org`; null: only this machine. */
  readonly publicUrl: string | null;
  /** What the page says at its top, such as that a stand-in answers. */
  readonly notice: string | null;
  /** Bytes of the largest file that somebody may send. */
  readonly fileBytes: number;
  readonly clock: Clock;
}

/** The local page: a chat platform of its own, served on the shared listener. */
export interface LocalAdapter extends Adapter {
  /** Answers the page's requests: `/` and everything below `/local/`. True when it took the request. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** True when it took the upgrade. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  /** The address that lets somebody in. It holds the token: for the log and the operator only. */
  link(): string;
}

const SOCKET = '/local/live';
const FRAME_BYTES = 1_048_576;
const TABS = 200;
const BEAT_MS = 20_000;
const UNSENT_KEPT_MS = 86_400_000;
const TRIGGERS = 500;
/** A page that does not answer the goodbye is cut off. */
const FAREWELL_MS = 500;

/** Makes it when it is first asked for: taking the types out of the page costs 0.1 s and 35 MB, and nobody may ever open it. */
function lazily<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Makes the local page. Throws a `Failure` when its data file cannot be opened. Answers requests from now on, takes events once started. */
export function createLocal(options: LocalOptions): LocalAdapter {
  const { clock } = options;
  const assets = lazily(loadAssets);
  const book = openBook(options.file);
  const token = options.token ?? new Secret(randomBytes(16).toString('base64url'));
  const proofKey = options.token ?? book.doorKey;
  const gate = createGate({ token, proofKey, host: options.address.host, publicUrl: options.publicUrl });
  const hub = createHub();
  const board = createBoard({ book, hub, clock });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: FRAME_BYTES, perMessageDeflate: false });
  const asked = new Map<string, { tab: Tab; n: string }>();
  let commands: readonly CommandSpec[] = [];
  let host: Host | null = null;
  let stopping: Promise<void> | null = null;
  let cancelBeat: (() => void) | null = null;

  const startedHost = (): Host => {
    if (host) return host;
    throw localFailure('stopped', 'not started');
  };
  const actions = createActions({ book, board, clock, host: startedHost });
  const http = createHttp({
    gate,
    assets,
    book,
    clock,
    fileBytes: options.fileBytes,
    entered: (person) => hub.tell(null, { type: 'person', person }),
  });
  try {
    book.messages.sweep(clock.now() - UNSENT_KEPT_MS);
  } catch (error) {
    book.close();
    throw bookFailure(options.file, error);
  }

  const adapter = createPlatform({
    book,
    board,
    clock,
    went(trigger: Trigger, conversation: string) {
      const asker = asked.get(trigger.id);
      asker?.tab.send({ type: 'went', n: asker.n, conversation });
    },
    openForm(trigger, form) {
      if (hub.count(trigger.user.id) === 0) return false;
      book.forms.put(form, { person: trigger.user.id, place: trigger.place, private: trigger.private }, clock.now());
      const asker = asked.get(trigger.id);
      if (asker) asker.tab.send({ type: 'form', form });
      else hub.tell(trigger.user.id, { type: 'form', form });
      return true;
    },
    publish(specs) {
      if (JSON.stringify(specs) === JSON.stringify(commands)) return;
      commands = specs;
      hub.tell(null, { type: 'commands', commands });
    },
    start(given, signal) {
      host = given;
      beat();
      signal.addEventListener('abort', () => void stop(), { once: true });
    },
    stop,
    findings: () => [{ what: 'Local page', state: 'ok', fact: `its messages are in ${options.file}`, mend: null }],
  });

  /** Lets pages notice a dead connection, and itself forget them. */
  function beat(): void {
    hub.tell(null, { type: 'beat' });
    cancelBeat = clock.after(BEAT_MS, beat);
  }

  function stop(): Promise<void> {
    stopping ??= close();
    return stopping;
  }

  async function close(): Promise<void> {
    host = null;
    cancelBeat?.();
    board.stop();
    const closed = [...sockets.clients].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    hub.closeAll(1012, 'Parley restarts');
    const late = Promise.withResolvers<void>();
    const cancel = clock.after(FAREWELL_MS, late.resolve);
    await Promise.race([Promise.all(closed), late.promise]);
    cancel();
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
    book.close();
  }

  function asks(trigger: string, tab: Tab, n: string): void {
    asked.set(trigger, { tab, n });
    const [oldest] = asked.keys();
    if (asked.size > TRIGGERS && oldest !== undefined) asked.delete(oldest);
  }

  return {
    ...adapter,
    handle(request, response) {
      if (stopping) return false;
      return http(request, response);
    },
    upgrade(request, socket, head) {
      if (request.url?.split('?')[0] !== SOCKET) return false;
      const allowed = gate.ownHost(request) && gate.ownOrigin(request) && gate.hasCookie(request);
      if (stopping || !allowed || hub.count(null) >= TABS) {
        const status = !gate.hasCookie(request)
          ? '401 Unauthorized'
          : !allowed
            ? '403 Forbidden'
            : '503 Service Unavailable';
        socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
        return true;
      }
      sockets.handleUpgrade(request, socket, head, (open) =>
        serveTab(open, {
          book,
          board,
          hub,
          actions,
          asks,
          now: () => clock.now(),
          welcome: () => ({
            version: assets().version,
            commands,
            notice: options.notice,
            fileBytes: options.fileBytes,
            filesPerMessage: FILES_PER_MESSAGE,
          }),
          suggest: (person, { command, option, typed, to }) =>
            startedHost().suggest({
              command,
              option,
              typed,
              author: personOf(book, person),
              place: actions.place(person, to),
            }),
        }),
      );
      return true;
    },
    link() {
      const { host: name, port } = options.address;
      const shown = ['0.0.0.0', '::'].includes(name) ? 'localhost' : name.includes(':') ? `[${name}]` : name;
      const base = options.publicUrl ?? `http://${shown}:${port}`;
      return `${base.replace(/\/+$/, '')}/?token=${encodeURIComponent(token.reveal())}`;
    },
  };
}
