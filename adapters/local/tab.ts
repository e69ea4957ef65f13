import type { WebSocket } from 'ws';
import { problemOf } from '../../src/chat/errors.ts';
import type { Actions, Outcome } from './actions.ts';
import type { Board } from './board.ts';
import type { Book } from './book.ts';
import type { Hub, Tab } from './hub.ts';
import type { FromPage, PagePerson, ToPage } from './protocol.ts';
import { fromPage } from './protocol.ts';
import { isListed, pageConversation, pageMessage } from './shown.ts';
import { CLOSED } from './words.ts';

/** What a tab's server side needs. */
export interface TabRooms {
  readonly book: Book;
  readonly board: Board;
  readonly hub: Hub;
  readonly actions: Actions;
  now(): number;
  /** What every page is told on coming in. */
  welcome(): Pick<
    Extract<ToPage, { type: 'ready' }>,
    'version' | 'commands' | 'notice' | 'fileBytes' | 'filesPerMessage'
  >;
  suggest(
    person: string,
    frame: Extract<FromPage, { type: 'suggest' }>,
  ): Extract<ToPage, { type: 'suggestions' }>['choices'];
  /** This tab will be shown what comes of this request's trigger. */
  asks(trigger: string, tab: Tab, n: string): void;
}

type Hello = Extract<FromPage, { type: 'hello' }>;
type Request = Exclude<FromPage, { type: 'hello' | 'look' | 'older' | 'suggest' }>;

const PAGE = 60;
/** After so many missed changes a conversation is sent whole. */
const MISSED = 200;
/** Requests of one tab that may be under way together. */
const AT_ONCE = 32;
/** A tab that reads too slowly is cut off beyond so many bytes; it comes again and gets what it missed, in one piece. */
const BEHIND_BYTES = 8 * 1024 * 1024;
/** Frames a tab may send at once, and per second. */
const FRAMES = { burst: 80, perSecond: 20 };
const HOLDS = 20;

/** Serves one socket until it closes. Frames that are not of the protocol end it. */
export function serveTab(socket: WebSocket, rooms: TabRooms): void {
  const { book, board, hub, actions } = rooms;
  const holds = new Set<string>();
  let me: PagePerson | null = null;
  let running = 0;
  let sending: Promise<void> = Promise.resolve();
  let allowance = FRAMES.burst;
  let filledAt = rooms.now();

  const tab = {
    get person() {
      return me?.id ?? '';
    },
    holds,
    send(frame: ToPage) {
      if (socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount > BEHIND_BYTES) socket.close(CLOSED.slow, 'too slow');
      else socket.send(JSON.stringify(frame));
    },
    close: (code: number, why: string) => socket.close(code, why),
  } satisfies Tab;

  socket.on('message', (data, binary) => {
    const frame = binary ? null : readFrame(String(data));
    if (!frame) return socket.close(1007, 'not a frame');
    if (!allowed()) return socket.close(CLOSED.flood, 'too many frames');
    if (frame.type === 'hello') return hello(frame);
    if (!me) return socket.close(CLOSED.stranger, 'no hello');
    take(me, frame);
  });
  socket.on('close', () => hub.delete(tab));
  socket.on('error', () => socket.terminate());

  function allowed(): boolean {
    const now = rooms.now();
    allowance = Math.min(FRAMES.burst, allowance + ((now - filledAt) / 1_000) * FRAMES.perSecond);
    filledAt = now;
    allowance -= 1;
    return allowance >= 0;
  }

  function hello(frame: Hello): void {
    me = book.people.proven(frame.person, frame.key);
    if (!me) return void socket.close(CLOSED.stranger, 'unknown person');
    const welcome = rooms.welcome();
    if (frame.version !== welcome.version) {
      tab.send({ type: 'stale', why: 'Parley was updated. Reload the page to go on.' });
    }
    const person = me.id;
    const seq = book.seq();
    const since = frame.seen?.book === book.id && frame.seen.seq <= seq ? frame.seen.seq : null;
    const conversations = book.conversations
      .seenBy(person, since ?? 0)
      .filter((one) => isListed(book, one, person))
      .map((one) => pageConversation(book, one));
    for (const id of frame.holds) {
      if (since === null) look(me, id);
      else catchUp(me, id, since);
    }
    // Last, since its number says that the page has everything up to it.
    tab.send({
      type: 'ready',
      ...welcome,
      book: book.id,
      seq,
      me,
      people: book.people.all(),
      conversations,
      fresh: since === null,
      pending: board.pendingNow(person),
      busy: board.busyNow(person),
    });
    hub.add(tab);
  }

  function mayLook(person: string, id: string): boolean {
    const found = book.conversations.get(id);
    return !found || found.owner === null || found.owner === person;
  }

  function hold(id: string): void {
    holds.delete(id);
    holds.add(id);
    const [oldest] = holds;
    if (holds.size > HOLDS && oldest !== undefined) holds.delete(oldest);
  }

  function look(person: PagePerson, id: string): void {
    if (!mayLook(person.id, id)) return;
    hold(id);
    page(person, id, null, null);
  }

  function page(person: PagePerson, id: string, before: number | null, n: string | null): void {
    const found = book.messages.read(id, { reader: person.id, before, after: null, limit: PAGE + 1 });
    tab.send({
      type: 'page',
      n,
      seq: book.seq(),
      conversation: id,
      as: before === null ? 'whole' : 'older',
      messages: found.slice(-PAGE).map(pageMessage),
      gone: [],
      more: found.length > PAGE,
    });
  }

  function catchUp(person: PagePerson, id: string, since: number): void {
    if (!mayLook(person.id, id)) return;
    const changed = book.messages.changed(id, person.id, since, MISSED + 1);
    if (changed.length > MISSED) return void look(person, id);
    hold(id);
    tab.send({
      type: 'page',
      n: null,
      seq: book.seq(),
      conversation: id,
      as: 'changed',
      messages: changed.filter((kept) => !kept.gone).map(pageMessage),
      gone: changed.filter((kept) => kept.gone).map((kept) => String(kept.id)),
      more: false,
    });
  }

  function take(person: PagePerson, frame: Exclude<FromPage, Hello>): void {
    switch (frame.type) {
      case 'look':
        return void look(person, frame.conversation);
      case 'older':
        if (mayLook(person.id, frame.conversation)) page(person, frame.conversation, Number(frame.before), frame.n);
        return;
      case 'suggest':
        return void suggest(person, frame);
      case 'send':
        // In the order in which they were written.
        if (begun(frame.n)) sending = sending.then(() => request(person, frame));
        return;
      default:
        if (begun(frame.n)) void request(person, frame);
    }
  }

  function suggest(person: PagePerson, frame: Extract<FromPage, { type: 'suggest' }>): void {
    try {
      tab.send({ type: 'suggestions', n: frame.n, choices: rooms.suggest(person.id, frame) });
    } catch (error) {
      tab.send({ type: 'refused', n: frame.n, why: problemOf(error).say });
    }
  }

  function begun(n: string): boolean {
    const room = running < AT_ONCE;
    if (room) running += 1;
    else tab.send({ type: 'refused', n, why: 'That was too much at once. Please try again.' });
    return room;
  }

  /** Never rejects: what goes wrong is told to the page. */
  async function request(person: PagePerson, frame: Request): Promise<void> {
    const { n } = frame;
    try {
      rooms.asks(`${person.id}.${n}`, tab, n);
      const outcome = await perform(person.id, frame);
      if (outcome.type === 'form') {
        tab.send({ type: 'form', form: outcome.form });
        tab.send({ type: 'done', n, conversation: null });
      } else tab.send({ ...outcome, n });
    } catch (error) {
      tab.send({ type: 'refused', n, why: problemOf(error).say });
    } finally {
      running -= 1;
    }
  }

  function perform(person: string, frame: Request): Promise<Outcome> {
    switch (frame.type) {
      case 'send':
        return actions.send(person, frame);
      case 'edit':
        return actions.edit(person, frame);
      case 'delete':
        return actions.delete(person, frame);
      case 'rename':
        return actions.rename(person, frame);
      case 'press':
        return actions.press(person, frame);
      case 'command':
        return actions.command(person, frame);
      case 'form':
        return actions.form(person, frame);
    }
  }
}

function readFrame(text: string): FromPage | null {
  try {
    return fromPage.safeParse(JSON.parse(text)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
