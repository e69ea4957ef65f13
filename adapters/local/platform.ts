import type { Adapter, Finding, Host, Surface, SurfaceRef } from '../../src/chat/adapter.ts';
import type { Clock } from '../../src/chat/clock.ts';
import type { CommandSpec } from '../../src/chat/commands.ts';
import type { Trigger } from '../../src/chat/events.ts';
import type { Form } from '../../src/chat/forms.ts';
import type { MessageRef, Place } from '../../src/chat/places.ts';
import type { Rendered } from '../../src/chat/view.ts';
import type { Board } from './board.ts';
import type { Book } from './book.ts';
import { conversationId, teamPlace } from './conversations.ts';
import { failing, localFailure } from './failures.ts';
import { localLimits, PUT } from './limits.ts';
import { type Kept, payloadJson } from './messages.ts';
import { type LocalPayload, renderBody, renderLocal } from './render.ts';
import { messageOf } from './shown.ts';
import { PARLEY, TEAM, TITLE_UNITS } from './words.ts';

/** What the platform's actions need of the page's server. */
export interface Doors {
  readonly book: Book;
  readonly board: Board;
  readonly clock: Clock;
  /** A public answer through this trigger began a conversation: whoever used it goes there. */
  went(trigger: Trigger, conversation: string): void;
  /** Shows a form to whoever holds the trigger; false when they are not there. */
  openForm(trigger: Trigger, form: Form): boolean;
  publish(commands: readonly CommandSpec[]): void;
  start(host: Host, signal: AbortSignal): void;
  stop(): Promise<void>;
  findings(): readonly Finding[];
}

/** The port's methods: each is a write on the board, so it is done when it returns. Nothing here waits for a network. */
export function createPlatform(doors: Doors): Adapter {
  const { book, board, clock } = doors;

  /** The message, when it is there. */
  function present(id: string): Kept {
    const kept = /^\d{1,15}$/.test(id) ? book.messages.get(Number(id)) : null;
    if (!kept) throw localFailure('missing', `no message ${id}`);
    if (kept.gone) throw localFailure('gone', `message ${id} was deleted`);
    return kept;
  }

  function writable(place: Place): void {
    if (place.platform !== 'local') throw localFailure('invalid', `a place of ${place.platform}`);
    if (place.channel === TEAM && place.thread === null) return;
    if (!book.conversations.get(conversationId(place)))
      throw localFailure('closed', `no conversation ${conversationId(place)}`);
  }

  function surface(kept: Kept, ref: SurfaceRef): Surface {
    const id = kept.id;
    return {
      ref,
      mode: 'edit',
      diesAt: null,
      scopes: () => [PUT],
      put: failing(async (rendered, final) => {
        const before = present(String(id));
        const payload = payloadOf(rendered);
        board.changed(book.messages.put(id, final ? { ...payload, live: false } : payload), before);
      }),
      remove: failing(async () => {
        const found = book.messages.get(id);
        if (found && !found.gone) board.gone(book.messages.delete(id));
      }),
    };
  }

  /** Who alone sees what is written through this trigger. */
  const readerOf = (via: Trigger | null) => (via?.private ? via.user.id : null);

  return {
    name: 'local',
    limits: localLimits,
    async start(host, signal) {
      doors.start(host, signal);
      host.state('connected', '');
    },
    async stop() {
      await doors.stop();
    },
    render: renderLocal,
    thread: failing(async (origin, name) => {
      if ('token' in origin) return origin.place;
      const kept = present(origin.id);
      const place = kept.root ? teamPlace(kept.conversation) : origin.place;
      const conversation = book.conversations.begin(place, null, clock.now());
      if (conversation.title === null && name.trim() !== '') board.title(conversation.id, oneLine(name), 'question');
      return place;
    }),
    openScopes: () => [PUT],
    open: failing(async (place, first, key, via) => {
      writable(place);
      const payload = payloadOf(first);
      const was = book.messages.byKey(key);
      if (was && !was.gone) return surface(was, refOf(was, place));
      const begins = place.channel === TEAM && place.thread === null && !via?.private;
      const kept = board.post({
        conversation: begins ? null : conversationId(place),
        author: PARLEY,
        reader: readerOf(via),
        text: payload.markdown,
        shown: payload,
        files: [],
        key: was ? null : key,
        at: clock.now(),
      });
      board.busy(kept.conversation, null);
      if (via) {
        board.settle(via.id);
        if (begins) doors.went(via, kept.conversation);
      }
      return surface(kept, refOf(kept, place));
    }),
    reopen: failing(async (ref) => {
      const kept = book.messages.get(Number(ref.id));
      return kept && !kept.gone ? surface(kept, ref) : 'gone';
    }),
    find: failing(async (place, key, after) => {
      const kept = book.messages.byKey(key);
      if (!kept || kept.gone || kept.author !== PARLEY) return null;
      if (after && kept.id <= Number(after.id)) return null;
      const here = kept.root ? place.channel === TEAM : kept.conversation === conversationId(place);
      return here ? refOf(kept, place) : null;
    }),
    tell: failing(async (user, place, body, via) => {
      if (!book.people.get(user.id)) return 'impossible';
      board.post({
        conversation: conversationId(place),
        author: PARLEY,
        reader: user.id,
        text: body.markdown,
        shown: renderBody(body),
        files: [],
        key: null,
        at: clock.now(),
      });
      if (via) board.settle(via.id);
      return 'ephemeral';
    }),
    react: failing(async (ref, emoji, on) => {
      const kept = present(ref.id);
      if (kept.reactions.includes(emoji) === on) return;
      const reactions = on ? [...kept.reactions, emoji] : kept.reactions.filter((one) => one !== emoji);
      board.changed(book.messages.react(kept.id, reactions), kept);
    }),
    history: failing(async (place, around, limit) => {
      const span = { reader: null, before: numberOf(around.before), after: numberOf(around.after), limit };
      const top = place.channel === TEAM && place.thread === null;
      const found = top ? book.messages.roots(span) : book.messages.read(conversationId(place), span);
      return found.map((kept) => messageOf(book, kept));
    }),
    download: failing(async (file, maxBytes) => {
      const kept = book.files.get(file.token);
      if (!kept) throw localFailure('missing', 'no such file');
      if (kept.size > maxBytes) throw localFailure('too-large', `${kept.size} of ${maxBytes} bytes`);
      const bytes = book.files.bytes(kept.id);
      if (!bytes) throw localFailure('missing', 'no such file');
      return { name: kept.name, type: kept.type, bytes };
    }),
    upload: failing(async (place, file, key) => {
      writable(place);
      const was = book.messages.byKey(key);
      if (was && !was.gone) return { place, id: String(was.id) };
      if (file.bytes.length > localLimits.fileBytes) throw localFailure('too-large', `${file.bytes.length} bytes`);
      const at = clock.now();
      const kept = book.together(() => {
        const page = book.files.add(file, PARLEY, at);
        const begins = place.channel === TEAM && place.thread === null;
        return board.post({
          conversation: begins ? null : conversationId(place),
          author: PARLEY,
          reader: null,
          text: file.alt ?? '',
          shown: renderBody({ markdown: file.alt ?? '', controls: null }),
          files: [page],
          key: was ? null : key,
          at,
        });
      });
      return { place, id: String(kept.id) };
    }),
    hand: failing(async (user, place, file, key, via) => {
      if (!book.people.get(user.id)) return 'impossible';
      if (file.bytes.length > localLimits.fileBytes) throw localFailure('too-large', `${file.bytes.length} bytes`);
      if (book.messages.byKey(key)) return 'ephemeral';
      const at = clock.now();
      book.together(() =>
        board.post({
          conversation: conversationId(place),
          author: PARLEY,
          reader: user.id,
          text: file.alt ?? '',
          shown: renderBody({ markdown: file.alt ?? '', controls: null }),
          files: [book.files.add(file, PARLEY, at)],
          key,
          at,
        }),
      );
      if (via) board.settle(via.id);
      return 'ephemeral';
    }),
    async *probe() {
      yield* doors.findings();
    },
    busy: failing(async (place, status) => {
      board.busy(conversationId(place), status);
    }),
    title: failing(async (place, title, by) => {
      const conversation = book.conversations.get(conversationId(place));
      if (!conversation) throw localFailure('missing', `no conversation ${conversationId(place)}`);
      if (by === 'person' || conversation.titledBy !== 'person') {
        board.title(conversation.id, oneLine(title), by === 'person' ? 'person' : 'parley');
      }
    }),
    openForm: failing(async (trigger, form) => {
      if (clock.now() >= trigger.expiresAt) throw localFailure('expired', 'the trigger is dead');
      if (!doors.openForm(trigger, form)) throw localFailure('expired', 'nobody is there to fill the form in');
    }),
    publish: failing(async (commands) => {
      doors.publish(commands);
    }),
  };
}

function payloadOf(rendered: Rendered): LocalPayload {
  const read = payloadJson.safeParse(rendered.payload);
  if (!read.success) throw localFailure('invalid', 'the payload is not one of render');
  if (rendered.size > rendered.max) throw localFailure('too-large', `${rendered.size} of ${rendered.max}`);
  return read.data;
}

function refOf(kept: Kept, place: Place): SurfaceRef {
  return { place, id: String(kept.id), openedAt: kept.at, via: null };
}

function numberOf(ref: MessageRef | null): number | null {
  return ref && /^\d{1,15}$/.test(ref.id) ? Number(ref.id) : null;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, TITLE_UNITS).toWellFormed();
}
