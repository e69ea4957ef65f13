import type { Answer, Host } from '../../src/chat/adapter.ts';
import type { Clock } from '../../src/chat/clock.ts';
import type { ChatEvent, Trigger } from '../../src/chat/events.ts';
import type { Form, FormValue } from '../../src/chat/forms.ts';
import { messageKey, type Place } from '../../src/chat/places.ts';
import { Secret } from '../../src/chat/secret.ts';
import type { Board } from './board.ts';
import type { Book } from './book.ts';
import { conversationId, directPlace, teamPlace } from './conversations.ts';
import { localFailure } from './failures.ts';
import { fileRef } from './files.ts';
import type { Kept } from './messages.ts';
import type { FromPage, PageFile } from './protocol.ts';
import { renderBody } from './render.ts';
import { mentions, messageOf, personOf } from './shown.ts';
import { PARLEY, TEAM } from './words.ts';

/** One frame of a kind that a person acts with. */
type Of<Type extends FromPage['type']> = Extract<FromPage, { type: Type }>;

/** What an action came to, for the one tab that asked. */
export type Outcome =
  | { readonly type: 'done'; readonly conversation: string | null }
  | { readonly type: 'form'; readonly form: Form }
  | { readonly type: 'errors'; readonly fields: Readonly<Record<string, string>> };

/**
 * What people do on the page, told to the host as events. Each resolves when the host has taken the event and it can be seen;
 * rejects with a `Failure` when it was not taken: nothing has happened then, and the same request may be sent again.
 */
export interface Actions {
  send(person: string, frame: Of<'send'>): Promise<Outcome>;
  edit(person: string, frame: Of<'edit'>): Promise<Outcome>;
  delete(person: string, frame: Of<'delete'>): Promise<Outcome>;
  rename(person: string, frame: Of<'rename'>): Promise<Outcome>;
  press(person: string, frame: Of<'press'>): Promise<Outcome>;
  command(person: string, frame: Of<'command'>): Promise<Outcome>;
  form(person: string, frame: Of<'form'>): Promise<Outcome>;
  /** Where a person's words would stand; throws where they may not write. */
  place(person: string, conversation: string): Place;
  /** A message, when this person sees it. */
  visible(person: string, id: string): Kept;
}

/** A trigger may be answered for so long, as on other platforms. */
const TRIGGER_MS = 15 * 60_000;
const DONE: Outcome = { type: 'done', conversation: null };

/** See {@link Actions}. */
export function createActions(rooms: { book: Book; board: Board; clock: Clock; host(): Host }): Actions {
  const { book, board, clock } = rooms;

  function place(person: string, id: string): Place {
    if (id === TEAM) return teamPlace(null);
    const found = book.conversations.get(id);
    if (found && (found.owner === null || found.owner === person)) return found.place;
    if (found || !id.startsWith('c-')) throw localFailure('missing', `no conversation ${id} for ${person}`);
    return book.conversations.begin(directPlace(person, id), person, clock.now()).place;
  }

  function visible(person: string, id: string): Kept {
    const kept = book.messages.get(Number(id));
    const conversation = kept && book.conversations.get(kept.conversation);
    const owner = conversation?.owner ?? null;
    const hidden = !kept?.sent || (kept.reader ?? person) !== person || (owner ?? person) !== person;
    if (!kept || hidden) throw localFailure('missing', `no message ${id} for ${person}`);
    if (kept.gone) throw localFailure('gone', `message ${id}`);
    return kept;
  }

  function own(person: string, id: string): Kept {
    const kept = visible(person, id);
    if (kept.author !== person) throw localFailure('invalid', 'not theirs', 'Only your own messages can be changed.');
    return kept;
  }

  function filesOf(person: string, ids: readonly string[]): PageFile[] {
    return ids.map((id) => {
      const file = book.files.get(id);
      if (file?.owner !== person)
        throw localFailure('missing', 'no such file', 'A file is missing. Please add it again.');
      return { id: file.id, name: file.name, type: file.type, size: file.size };
    });
  }

  function trigger(person: string, n: string, where: Place, hidden: boolean): Trigger {
    const id = `${person}.${n}`;
    const user = { platform: 'local', team: 'local', id: person };
    const expiresAt = clock.now() + TRIGGER_MS;
    // What is answered through it is found by its id: there is nothing secret about it.
    return { platform: 'local', id, place: where, user, token: new Secret(''), expiresAt, private: hidden };
  }

  function note(
    where: Place,
    reader: string | null,
    body: { markdown: string; controls: Parameters<typeof renderBody>[0]['controls'] },
  ): Kept {
    const begins = reader === null && conversationId(where) === TEAM;
    return board.post({
      conversation: begins ? null : conversationId(where),
      author: PARLEY,
      reader,
      text: body.markdown,
      shown: renderBody(body),
      files: [],
      key: null,
      at: clock.now(),
    });
  }

  /** Does what the host says at once. */
  function follow(answer: Answer, via: Trigger, label: string): Outcome {
    switch (answer.do) {
      case 'none':
        return DONE;
      case 'form':
        book.forms.put(answer.form, { person: via.user.id, place: via.place, private: via.private }, clock.now());
        return { type: 'form', form: answer.form };
      case 'errors':
        return { type: 'errors', fields: answer.fields };
      case 'say': {
        const hidden = answer.private || via.private;
        const kept = note(via.place, hidden ? via.user.id : null, answer.body);
        return { type: 'done', conversation: hidden ? null : kept.conversation };
      }
      case 'work': {
        const hidden = answer.private || via.private;
        const id = conversationId(via.place);
        const seenBy = hidden ? via.user.id : (book.conversations.get(id)?.owner ?? null);
        // In the channel itself a new thread will begin: until then only the asker waits for it.
        board.pending({ id: via.id, conversation: id, label }, id === TEAM ? via.user.id : seenBy, via.expiresAt);
        return DONE;
      }
    }
  }

  const accept = (event: ChatEvent) => rooms.host().accept(event);

  return {
    place,
    visible,
    async send(person, frame) {
      const kept = book.messages.byRequest(person, frame.n) ?? hold(person, frame);
      if (kept.sent) return { type: 'done', conversation: kept.conversation };
      const message = messageOf(book, kept);
      const where = kept.root ? teamPlace(kept.conversation) : message.ref.place;
      const direct = where.kind === 'direct';
      const named = kept.root || mentions(frame.text);
      const answer = await accept({
        type: 'message',
        key: messageKey(message.ref),
        message,
        addressed: direct ? 'direct' : named ? 'mention' : 'ambient',
        conversation: where,
        replyTo: null,
      });
      board.sent(kept.id);
      if (answer.do === 'say') note(where, answer.private ? person : null, answer.body);
      if (answer.do === 'work') board.busy(kept.conversation, 'thinking…');
      return { type: 'done', conversation: kept.conversation };
    },
    async edit(person, frame) {
      const before = own(person, frame.message);
      const message = messageOf(book, { ...before, text: frame.text });
      await accept({ type: 'edited', key: `edited:${messageKey(message.ref)}:${frame.n}`, message });
      board.changed(book.messages.rewrite(before.id, frame.text), before);
      return DONE;
    },
    async delete(person, frame) {
      const kept = visible(person, frame.message);
      const mine = kept.author === person;
      // A note to oneself may be put away; that is nobody else's business.
      if (!mine && kept.reader !== person)
        throw localFailure('invalid', 'not theirs', 'Only your own messages can be deleted.');
      const { ref } = messageOf(book, kept);
      if (mine) await accept({ type: 'deleted', key: `deleted:${messageKey(ref)}`, ref });
      board.gone(book.messages.delete(kept.id));
      return DONE;
    },
    async rename(person, frame) {
      const where = place(person, frame.conversation);
      if (where.thread === null) throw localFailure('invalid', 'the channel has no title');
      await accept({
        type: 'renamed',
        key: `renamed:${frame.conversation}:${person}:${frame.n}`,
        place: where,
        title: frame.title,
      });
      board.title(frame.conversation, frame.title, 'person');
      return DONE;
    },
    async press(person, frame) {
      const kept = visible(person, frame.message);
      const message = messageOf(book, kept);
      const where = book.conversations.get(kept.conversation)?.place ?? message.ref.place;
      const via = trigger(person, frame.n, where, kept.reader !== null);
      const answer = await accept({
        type: 'button',
        key: `click:${via.id}`,
        trigger: via,
        author: personOf(book, person),
        place: where,
        control: frame.control,
        value: frame.value,
        on: message.ref,
      });
      // A note to this person alone may become another; what others see stays.
      if (answer.do === 'say' && answer.instead && kept.reader === person) {
        const now = book.messages.get(kept.id);
        if (now && !now.gone) board.changed(book.messages.put(kept.id, renderBody(answer.body)), now);
        return DONE;
      }
      return follow(answer, via, 'Working on it…');
    },
    async command(person, frame) {
      const where = place(person, frame.to);
      const via = trigger(person, frame.n, where, rooms.host().isPrivate(frame.name, frame.text));
      const target = frame.target === null ? null : messageOf(book, visible(person, frame.target));
      const answer = await accept({
        type: 'command',
        key: `command:${via.id}`,
        trigger: via,
        author: personOf(book, person),
        place: where,
        name: frame.name,
        options: {},
        text: frame.text,
        files: filesOf(person, frame.files).map(fileRef),
        target,
      });
      return follow(answer, via, `Running /${frame.name}…`);
    },
    async form(person, frame) {
      const open = book.forms.get(frame.form, clock.now());
      if (open?.person !== person)
        throw localFailure('expired', 'no such form', 'That form is no longer open. Please start it again.');
      const values = new Map<string, FormValue>();
      for (const [name, value] of frame.values) {
        const type = open.types.get(name);
        if (type === 'file') values.set(name, filesOf(person, Array.isArray(value) ? value : []).map(fileRef));
        else if (type === 'secret') values.set(name, new Secret(String(value)));
        else if (type === 'toggle') values.set(name, value === true);
        else if (type === 'multi') values.set(name, Array.isArray(value) ? value : []);
        else if (type !== undefined) values.set(name, String(value));
      }
      const via = trigger(person, frame.n, open.place, open.private);
      const answer = await accept({
        type: 'form',
        key: `form:${via.id}`,
        trigger: via,
        author: personOf(book, person),
        place: open.place,
        form: frame.form,
        values,
      });
      return follow(answer, via, 'Working on it…');
    },
  };

  /** Keeps a message that nobody sees until the host has taken it, so that sending it again is the same message. */
  function hold(person: string, frame: Of<'send'>): Kept {
    const where = place(person, frame.to);
    const files = filesOf(person, frame.files);
    if (frame.text.trim() === '' && files.length === 0)
      throw localFailure('invalid', 'empty', 'There is nothing to send yet.');
    return book.messages.add({
      conversation: frame.to === TEAM ? null : conversationId(where),
      author: person,
      reader: null,
      text: frame.text,
      shown: null,
      files,
      key: null,
      n: frame.n,
      sent: false,
      at: clock.now(),
    });
  }
}
