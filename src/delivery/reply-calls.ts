import type { Surface } from '../chat/adapter.ts';
import { Failure, type Problem } from '../chat/errors.ts';
import type { Composed } from './composer.ts';
import { printOf } from './keys.ts';
import type { Slot } from './ledger.ts';
import type { Ticket } from './pacer.ts';
import { nextStep, type Reply, scopesOf } from './reply-state.ts';

/** What the calls of a reply tell it. */
export interface Witness {
  /** A call is about to be made with this body, or was found to be needless. */
  sent(composed: Composed | null): void;
  /** The body stands. */
  stands(composed: Composed): void;
  /** A message was opened or taken over. */
  opened(surface: Surface): void;
  over(): boolean;
}

/** A message whose days are numbered gets its last text so long before, in milliseconds. */
export const DYING_MS = 20_000;

/** A private answer that can no longer reach its asker. */
const EXPIRED: Problem = {
  kind: 'expired',
  retry: { when: 'never' },
  say: 'The time to answer here privately has run out. Please ask again.',
  detail: 'the trigger is past its time and there is no other way to the asker',
};

/** Makes the next call of a reply with a ticket that pays for it. Throws what the platform or the store throws. */
export async function makeCall(reply: Reply, witness: Witness, ticket: Ticket): Promise<void> {
  const { ledger, room, discarded } = reply;
  const planned = nextStep(reply);
  compose(reply);
  const step = nextStep(reply);
  // The newest text may have closed a part: another call, perhaps from another budget.
  if (!planned || !step || witness.over() || !same(scopesOf(reply, planned), scopesOf(reply, step))) {
    ticket.refund();
    return;
  }
  switch (step.do) {
    case 'put':
      return put(reply, witness, ticket, step.slot, step.surface, step.closed);
    case 'open':
      return open(reply, witness, ticket, step.slot);
    case 'tell':
      return tell(reply, witness, ticket, step.slot);
    case 'remove':
      await step.slot.surface?.remove();
      ticket.settle(null);
      if (step.slot.ref) discarded.add(step.slot.ref.id);
      step.slot.surface = null;
      step.slot.ref = null;
      return ledger.forget(step.slot);
    case 'discard': {
      const old = await room.adapter.reopen(step.ref);
      if (typeof old !== 'string') await old.remove();
      ticket.settle(null);
      discarded.add(step.ref.id);
      return;
    }
    case 'file':
      return attach(reply, ticket);
  }
}

/** A message can no longer be changed, or not for long: what it shows is all it will show, and the rest goes elsewhere. */
export function leave(reply: Reply, slot: Slot): void {
  const { composer, options, room } = reply;
  composer.close(slot.to);
  reply.viaUsed = true;
  if (options.answerUser) reply.toldFrom = Math.min(reply.toldFrom, slot.index + 1);
  room.log('answer goes on elsewhere', { job: options.job, part: slot.index });
}

/** Lets the newest view into the parts. */
function compose(reply: Reply): void {
  const { view, composer, ledger, room, options } = reply;
  if (!view) return;
  const went = composer.take(view);
  if (!went) {
    room.log('text replaced', { job: options.job });
    reply.front = 0;
    reply.sentTo = 0;
    for (const slot of ledger.slots()) slot.done = slot.done && !slot.surface;
  }
  // What is done and cannot be changed any more stays as it is.
  while (reply.front < composer.closed()) {
    const slot = ledger.slot(reply.front);
    if (!slot.done || slot.surface) break;
    reply.front += 1;
  }
}

function body({ composer, room }: Reply, slot: Slot): Composed | null {
  if (slot.index < composer.closed()) return composer.part(slot.index);
  return composer.ended() ? null : composer.tail(room.clock.now(), slot.surface?.mode === 'append');
}

async function put(
  reply: Reply,
  witness: Witness,
  ticket: Ticket,
  slot: Slot,
  surface: Surface,
  closed: boolean,
): Promise<void> {
  const { composer, ledger, room } = reply;
  if (!closed && surface.diesAt !== null && room.clock.now() >= surface.diesAt - DYING_MS && slot.to > 0) {
    ticket.refund();
    leave(reply, slot);
    return;
  }
  const composed = body(reply, slot);
  if (!composed) {
    ticket.refund();
    witness.sent(null);
    return;
  }
  const print = closed ? printOf(composed.rendered) : null;
  const text = JSON.stringify(composed.rendered.payload);
  if ((text === slot.body && surface.mode === 'edit') || (print !== null && print === slot.shown)) {
    ticket.refund();
    witness.sent(composed);
    if (print !== null) await close(reply, slot, composed, print);
    return;
  }
  // An earlier run had ended with another text here: from now on it has not.
  if (slot.shown !== null && !closed) await ledger.sent(slot, surface);
  slot.shown = null;
  witness.sent(composed);
  await surface.put(composed.rendered, closed);
  ticket.settle(null);
  slot.body = text;
  slot.to = composed.to;
  if (surface.mode === 'append') composer.keep(composed.to);
  witness.stands(composed);
  if (print !== null) await close(reply, slot, composed, print);
}

async function open(reply: Reply, witness: Witness, ticket: Ticket, slot: Slot): Promise<void> {
  const { composer, ledger, room, options } = reply;
  const { adapter } = room;
  if (await reuse(reply, witness, slot)) {
    ticket.refund();
    return;
  }
  const { via: trigger } = options;
  const usable = trigger && (trigger.private || !reply.viaUsed) && room.clock.now() < trigger.expiresAt;
  const via = usable ? trigger : null;
  if (trigger?.private && !via) throw new Failure(EXPIRED);
  if (!body(reply, slot)) {
    ticket.refund();
    witness.sent(null);
    return;
  }
  await ledger.intend(slot);
  if (slot.uncertain) {
    const found = await adapter.find(options.place, slot.key, options.after);
    const surface = found && (await adapter.reopen(found));
    slot.uncertain = false;
    if (surface && typeof surface !== 'string') {
      ticket.settle(null);
      witness.opened(surface);
      await ledger.sent(slot, surface);
      return;
    }
  }
  // Rendered only now, after the wait for the store: the newest there is.
  compose(reply);
  const composed = body(reply, slot);
  if (!composed || witness.over()) {
    ticket.refund();
    return;
  }
  const closed = slot.index < composer.closed();
  witness.sent(composed);
  slot.uncertain = true;
  const surface = await adapter.open(options.place, composed.rendered, slot.key, via);
  ticket.settle(null);
  reply.viaUsed = true;
  slot.surface = surface;
  slot.ref = surface.ref;
  slot.uncertain = false;
  witness.opened(surface);
  if (surface.mode !== 'once') {
    slot.body = JSON.stringify(composed.rendered.payload);
    slot.to = composed.to;
    if (surface.mode === 'append') composer.keep(composed.to);
    witness.stands(composed);
    if (closed && surface.mode === 'edit') return close(reply, slot, composed, printOf(composed.rendered));
  }
  await ledger.sent(slot, surface);
}

/** Takes over an older message of ours for this part, when there is one. */
async function reuse(reply: Reply, witness: Witness, slot: Slot): Promise<boolean> {
  const { options, ledger, room } = reply;
  const ref = slot.index < reply.reusable && !slot.intended ? options.reuse[slot.index] : undefined;
  if (!ref) return false;
  const surface = await room.adapter.reopen(ref);
  if (typeof surface === 'string') {
    // Later ones would stand above what is posted now.
    reply.reusable = slot.index;
    return false;
  }
  witness.opened(surface);
  await ledger.sent(slot, surface);
  return true;
}

async function tell(reply: Reply, witness: Witness, ticket: Ticket, slot: Slot): Promise<void> {
  const { composer, ledger, options, room } = reply;
  const user = options.answerUser;
  if (!user) throw new Failure(EXPIRED);
  const composed = composer.part(slot.index);
  await ledger.intend(slot);
  const how = await room.adapter.tell(user, options.place, composer.text(slot.index), null);
  ticket.settle(null);
  if (how === 'impossible') throw new Failure(EXPIRED);
  witness.sent(composed);
  witness.stands(composed);
  await close(reply, slot, composed, '');
}

async function close(reply: Reply, slot: Slot, composed: Composed, print: string): Promise<void> {
  slot.to = composed.to;
  reply.front = Math.max(reply.front, slot.index + 1);
  await reply.ledger.done(slot, print);
}

/** Attaches the whole answer as a file. */
async function attach({ ledger, options, room, view }: Reply, ticket: Ticket): Promise<void> {
  const slot = ledger.file();
  await ledger.intend(slot);
  const found = slot.uncertain ? await room.adapter.find(options.place, slot.key, options.after) : null;
  if (!found && view) {
    slot.uncertain = true;
    const bytes = new TextEncoder().encode(view.markdown);
    const file = { name: 'answer.md', type: 'text/markdown', bytes, alt: null };
    await room.adapter.upload(options.place, file, slot.key);
  }
  ticket.settle(null);
  await ledger.done(slot, '');
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index]);
}
