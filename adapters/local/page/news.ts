import type { PageMessage, ToPage } from '../protocol.ts';
import { PARLEY } from '../words.ts';
import { look } from './connection.ts';
import { go } from './route.ts';
import { forgetUnsent, resendAll } from './sending.ts';
import { change, type Held, type State, state } from './state.ts';

const EMPTY: Held = { messages: [], more: false, loadingOlder: false };

/** Takes in what the server says. */
export function take(frame: ToPage): void {
  change((now) => {
    // A page of messages says nothing about other conversations: `ready`, which follows it, does.
    if ('seq' in frame && frame.type !== 'page') now.seq = Math.max(now.seq, frame.seq);
    apply(now, frame);
  });
  if (frame.type === 'ready') {
    if (!state.held.has(state.current)) look(state.current);
    resendAll();
  }
}

function apply(now: State, frame: ToPage): void {
  switch (frame.type) {
    case 'ready':
      if (frame.fresh) {
        now.conversations = new Map();
        now.seq = frame.seq;
      }
      now.book = frame.book;
      now.link = 'open';
      now.notice = frame.notice;
      now.people = new Map(frame.people.map((person) => [person.id, person]));
      for (const one of frame.conversations) now.conversations.set(one.id, one);
      now.commands = frame.commands;
      now.fileBytes = frame.fileBytes;
      now.filesPerMessage = frame.filesPerMessage;
      now.pending = new Map(frame.pending.map((one) => [one.id, one]));
      now.busy = new Map(frame.busy.map((one) => [one.conversation, one.status]));
      if (frame.version === document.documentElement.dataset.version) now.stale = null;
      return;
    case 'person':
      now.people.set(frame.person.id, frame.person);
      return;
    case 'commands':
      now.commands = frame.commands;
      return;
    case 'conversation':
      now.conversations.set(frame.conversation.id, frame.conversation);
      return;
    case 'page':
      return void page(now, frame);
    case 'message':
      if (frame.message.author === now.me?.id && frame.message.n !== null) forgetUnsent(frame.message.n);
      return void put(now, [frame.message], frame.message.conversation);
    case 'grow':
      return void grow(now, frame);
    case 'gone':
      return void drop(now, frame.conversation, [frame.message]);
    case 'pending':
      now.pending.set(frame.pending.id, frame.pending);
      return;
    case 'settled':
      now.pending.delete(frame.id);
      return;
    case 'busy':
      if (frame.status === null) now.busy.delete(frame.conversation);
      else now.busy.set(frame.conversation, frame.status);
      return;
    case 'form':
      now.form = { form: frame.form, errors: frame.form.errors, sending: false };
      return;
    case 'went':
      queueMicrotask(() => go(frame.conversation));
      return;
    case 'stale':
      now.stale = frame.why;
      return;
    case 'done':
    case 'refused':
    case 'errors':
    case 'suggestions':
    case 'beat':
      return;
  }
}

function page(now: State, frame: Extract<ToPage, { type: 'page' }>): void {
  const before = now.held.get(frame.conversation) ?? EMPTY;
  for (const message of frame.messages)
    if (message.author === now.me?.id && message.n !== null) forgetUnsent(message.n);
  if (frame.as === 'whole') {
    hold(now, frame.conversation, { messages: frame.messages, more: frame.more, loadingOlder: false });
  } else if (frame.as === 'older') {
    const known = new Set(before.messages.map((message) => message.id));
    const older = frame.messages.filter((message) => !known.has(message.id));
    hold(now, frame.conversation, { messages: [...older, ...before.messages], more: frame.more, loadingOlder: false });
  } else {
    put(now, frame.messages, frame.conversation);
    drop(now, frame.conversation, frame.gone);
  }
}

/** Holds a conversation as the one used last; the oldest are let go, as the server does. */
function hold(now: State, id: string, held: Held): void {
  now.held.delete(id);
  now.held.set(id, held);
  for (const old of now.held.keys()) {
    if (now.held.size <= 20) break;
    if (old !== now.current) now.held.delete(old);
  }
}

function put(now: State, messages: readonly PageMessage[], conversation: string): void {
  const held = now.held.get(conversation);
  if (!held) return;
  const all = [...held.messages];
  for (const message of messages) {
    const at = all.findLastIndex((one) => one.id === message.id);
    if (at !== -1) {
      const before = all[at];
      if (before?.live && !message.live) announce(now, message);
      all[at] = message;
      continue;
    }
    // Ids grow, so a new one stands at the end; one that was changed and is older than what is held does not belong here.
    const after = all.findLastIndex((one) => Number(one.id) < Number(message.id));
    if (after === -1 && held.more) continue;
    all.splice(after + 1, 0, message);
    if (!message.live && message.author !== now.me?.id) announce(now, message);
  }
  now.held.set(conversation, { ...held, messages: all });
}

function grow(now: State, frame: Extract<ToPage, { type: 'grow' }>): void {
  const held = now.held.get(frame.conversation);
  const at = held?.messages.findLastIndex((one) => one.id === frame.message) ?? -1;
  const before = held?.messages[at];
  if (!held || !before) return;
  if (before.text.length !== frame.from) {
    look(frame.conversation);
    return;
  }
  const message = { ...before, seq: frame.seq, text: before.text + frame.text, live: frame.live };
  if (before.live && !message.live) announce(now, message);
  now.held.set(frame.conversation, { ...held, messages: held.messages.with(at, message) });
}

function drop(now: State, conversation: string, ids: readonly string[]): void {
  const held = now.held.get(conversation);
  if (!held || ids.length === 0) return;
  now.held.set(conversation, { ...held, messages: held.messages.filter((one) => !ids.includes(one.id)) });
}

/** Whole messages are read aloud, never single words of one that still grows. */
function announce(now: State, message: PageMessage): void {
  if (message.conversation !== now.current) return;
  const name = message.author === PARLEY ? 'Parley' : (now.people.get(message.author)?.name ?? 'Somebody');
  const text = message.text.length > 400 ? `${message.text.slice(0, 400)}… (more on the page)` : message.text;
  now.said = `${name}: ${text.replaceAll(/[`*_#>|]+/g, '')}`;
}
