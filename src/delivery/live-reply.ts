import type { Adapter, Surface, SurfaceRef } from '../chat/adapter.ts';
import type { Clock } from '../chat/clock.ts';
import { Failure, type Problem, problemOf } from '../chat/errors.ts';
import type { View } from '../chat/view.ts';
import { type Composed, createComposer } from './composer.ts';
import type { Delivered, DeliveryLog, LiveReply, ReplyOptions } from './delivery.ts';
import { printOf } from './keys.ts';
import { createLedger, LEASE_LOST, type Slot } from './ledger.ts';
import type { Meter } from './meter.ts';
import type { Pacer, Payer, Ticket, Wish } from './pacer.ts';
import { backOff, isFatal } from './retry.ts';

/** What all replies share. */
export interface ReplyRoom {
  readonly adapter: Adapter;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: DeliveryLog;
  readonly pacer: Pacer;
  readonly meter: Meter;
  readonly outbox: Parameters<typeof createLedger>[0]['outbox'];
  readonly finalDeadlineMs: number;
  /** A scope's name among those of all platforms. */
  scopes(names: readonly string[]): readonly string[];
  /** The reply has ended, one way or another. */
  ended(reply: LiveReply): void;
}

/** No two edits of one reply come closer than this, in milliseconds. */
const GAP_MS = 250;
/** An edit for fewer new characters than this waits until the last one is {@link FEW_MS} old. */
const FEW = 20;
const FEW_MS = 1_000;
/** A first text is a word, or this many characters, or whatever is there after {@link WORD_MS}. */
const FIRST_UNITS = 24;
const WORD_MS = 150;
/** Without text for so long, the status becomes the first message (DESIGN, Delivery 4). */
const STATUS_MS = 10_000;
/** A message whose days are numbered gets its last text so long before, in milliseconds. */
const DYING_MS = 20_000;
/** A part refused as too large is cut smaller so many times before we give up. */
const NARROWINGS = 6;

type Step =
  | { readonly do: 'put'; readonly slot: Slot; readonly surface: Surface; readonly closed: boolean }
  | { readonly do: 'open' | 'tell'; readonly slot: Slot; readonly closed: boolean }
  | { readonly do: 'remove'; readonly slot: Slot }
  | { readonly do: 'discard'; readonly ref: SurfaceRef }
  | { readonly do: 'file' };

/** One answer on its way into a conversation. See {@link LiveReply}. */
export function createLiveReply(room: ReplyRoom, options: ReplyOptions): LiveReply {
  const { adapter, clock, pacer, meter } = room;
  const { place } = options;
  const composer = createComposer(adapter);
  const ledger = createLedger({ ...options, adapter, outbox: room.outbox });
  const startedAt = clock.now();
  const result = Promise.withResolvers<Delivered>();

  let view: View | null = null;
  let over = false;
  let ready = false;
  let busy = false;
  /** First slot that is not closed for good. */
  let front = 0;
  /** Text up to here has been handed to the platform. */
  let sentTo = 0;
  let sentView: View | null = null;
  let sentAt = startedAt;
  let textAt: number | null = null;
  let visible = false;
  let finishedAt: number | null = null;
  let retryAt = 0;
  let failures = 0;
  let narrowings = 0;
  let lastProblem: Problem | null = null;
  /** The deferred answer of the trigger has been used up. */
  let viaUsed = false;
  /** Reused messages from this index on cannot be had. */
  let reusable = options.reuse.length;
  /** Old messages that are dealt with without being reused. */
  const discarded = new Set<string>();
  /** From this part on the answer goes to the asker directly, once, at the end. */
  let toldFrom = Number.POSITIVE_INFINITY;
  const timers = new Set<() => void>();

  let staleness = 0;
  let measuredAt = startedAt;
  let produced = 0;
  let shownUnits = 0;

  const payer: Payer = { wish, go: (ticket) => void perform(ticket) };

  function later(ms: number, task: () => void): void {
    const cancel = clock.after(ms, () => {
      timers.delete(cancel);
      task();
    });
    timers.add(cancel);
  }

  function wake(): void {
    if (!over) pacer.wake(payer);
  }

  function account(now: number): void {
    staleness += (produced - shownUnits) * (now - measuredAt);
    measuredAt = now;
  }

  function note(newest: View): void {
    const now = clock.now();
    account(now);
    view = newest;
    produced = newest.markdown.length;
    if (textAt === null && newest.markdown.trim() !== '') textAt = now;
  }

  /** What is to be done next, as far as can be told without cutting or rendering. */
  function step(): Step | null {
    if (!view) return null;
    const closed = front < composer.closed();
    if (composer.ended() && !closed) return wrapUp();
    const slot = ledger.slot(front);
    if (slot.index >= toldFrom) return view.final ? { do: 'tell', slot, closed } : null;
    if (!slot.surface) return slot.done && !view.final ? null : { do: 'open', slot, closed };
    if (slot.surface.mode === 'once' && !view.final) return null;
    return { do: 'put', slot, surface: slot.surface, closed };
  }

  function wrapUp(): Step | null {
    const surplus = ledger.slots().find((slot) => slot.index >= composer.closed() && slot.surface);
    if (surplus) return { do: 'remove', slot: surplus };
    const ref = options.reuse.find(
      (one) => !discarded.has(one.id) && !ledger.slots().some((slot) => slot.ref?.id === one.id),
    );
    if (ref) return { do: 'discard', ref };
    const file = ledger.file();
    return composer.closed() > adapter.limits.partsBeforeFile && !file.done ? { do: 'file' } : null;
  }

  function scopesOf(next: Step): readonly string[] {
    if (next.do === 'put') return room.scopes(next.surface.scopes(next.closed ? 'finish' : 'grow'));
    if (next.do === 'remove' && next.slot.surface) return room.scopes(next.slot.surface.scopes('finish'));
    return room.scopes(adapter.openScopes(place));
  }

  function wish(now: number): Wish | null {
    if (!ready || busy || over || !view) return null;
    const next = step();
    if (!next) return null;
    const scopes = scopesOf(next);
    const unseen = view.markdown.length - sentTo;
    const age = now - sentAt;
    if (view.final) return { scopes, rank: 0, weight: (unseen + 1) * (now - (finishedAt ?? now) + 1), at: retryAt };
    if (!visible) {
      if (textAt === null) {
        if (view.status === null && view.note === null) return null;
        const at = Math.max(
          retryAt,
          startedAt + STATUS_MS,
          sentView === view ? Number.POSITIVE_INFINITY : sentAt + FEW_MS,
        );
        return at === Number.POSITIVE_INFINITY ? null : { scopes, rank: 2, weight: 1, at };
      }
      const readable = /\S\s/.test(view.markdown.slice(0, FIRST_UNITS)) || view.markdown.length >= FIRST_UNITS;
      const waited = sentTo === view.markdown.length ? (composer.heldUntil() ?? 0) : 0;
      return { scopes, rank: 1, weight: now - textAt, at: Math.max(retryAt, waited, readable ? 0 : textAt + WORD_MS) };
    }
    const weight = unseen * age;
    // A part that is over is put at once: what follows it waits for that.
    if (closes(next)) return { scopes, rank: 2, weight, at: retryAt };
    if (unseen > 0) {
      return { scopes, rank: 2, weight, at: Math.max(retryAt, sentAt + (unseen < FEW ? FEW_MS : GAP_MS)) };
    }
    const held = composer.heldUntil();
    if (held !== null) return { scopes, rank: 2, weight: age, at: Math.max(retryAt, held, sentAt + GAP_MS) };
    if (sentView && differs(sentView, view))
      return { scopes, rank: 3, weight: age, at: Math.max(retryAt, sentAt + FEW_MS) };
    return null;
  }

  async function perform(ticket: Ticket): Promise<void> {
    busy = true;
    try {
      await act(ticket);
    } catch (thrown) {
      const problem = problemOf(thrown);
      ticket.settle(problem);
      onProblem(problem);
    }
    busy = false;
    conclude();
    wake();
  }

  async function act(ticket: Ticket): Promise<void> {
    const planned = step();
    compose();
    const next = step();
    if (!planned || !next || over || !samePlace(scopesOf(planned), scopesOf(next))) {
      ticket.refund();
      return;
    }
    switch (next.do) {
      case 'put':
        return put(ticket, next.slot, next.surface, next.closed);
      case 'open':
        return open(ticket, next.slot);
      case 'tell':
        return tell(ticket, next.slot);
      case 'remove':
        await next.slot.surface?.remove();
        ticket.settle(null);
        if (next.slot.ref) discarded.add(next.slot.ref.id);
        next.slot.surface = null;
        return ledger.forget(next.slot);
      case 'discard': {
        const old = await adapter.reopen(next.ref);
        if (typeof old !== 'string') await old.remove();
        ticket.settle(null);
        discarded.add(next.ref.id);
        return;
      }
      case 'file':
        return file(ticket);
    }
  }

  /** Lets the newest view into the parts. */
  function compose(): void {
    if (!view) return;
    const went = composer.take(view);
    // What an earlier run finished and nobody can change any more stays as it is.
    for (
      let slot = ledger.slot(front);
      slot.done && !slot.surface && front < composer.closed();
      slot = ledger.slot(front)
    )
      front += 1;
    if (went) return;
    room.log('text replaced', { job: options.job });
    front = 0;
    sentTo = 0;
    shownUnits = 0;
    for (const slot of ledger.slots()) slot.done = false;
  }

  function body(slot: Slot, closed: boolean): Composed | null {
    return closed ? composer.part(slot.index) : composer.tail(clock.now(), slot.surface?.mode === 'append');
  }

  async function put(ticket: Ticket, slot: Slot, surface: Surface, closed: boolean): Promise<void> {
    const now = clock.now();
    if (!closed && surface.diesAt !== null && now >= surface.diesAt - DYING_MS && options.answerUser && slot.to > 0) {
      ticket.refund();
      leave(slot);
      return;
    }
    const composed = body(slot, closed);
    const print = closed && composed ? printOf(composed.rendered) : null;
    const text = composed ? JSON.stringify(composed.rendered.payload) : null;
    const same =
      composed !== null &&
      ((text === slot.body && surface.mode === 'edit') || (print !== null && print === slot.shown));
    if (!composed || same) {
      ticket.refund();
      noteSent(composed);
      if (composed && closed) await close(slot, composed, print ?? '');
      return;
    }
    // An earlier run had ended with another text here: from now on it has not.
    if (slot.shown !== null && !closed) await ledger.sent(slot, surface);
    slot.shown = null;
    noteSent(composed);
    await surface.put(composed.rendered, closed);
    ticket.settle(null);
    slot.body = text;
    slot.to = composed.to;
    if (surface.mode === 'append') composer.keep(composed.to);
    noteVisible(composed);
    if (closed) await close(slot, composed, print ?? '');
  }

  async function open(ticket: Ticket, slot: Slot): Promise<void> {
    if (await reuse(slot)) {
      ticket.refund();
      return;
    }
    const private_ = options.via?.private === true;
    const via = options.via && (private_ || !viaUsed) && clock.now() < options.via.expiresAt ? options.via : null;
    if (private_ && !via) throw new Failure(EXPIRED);
    if (!hasBody(slot)) {
      ticket.refund();
      noteSent(null);
      return;
    }
    await ledger.intend(slot);
    if (slot.uncertain) {
      const found = await adapter.find(place, slot.key, options.after);
      const surface = found && (await adapter.reopen(found));
      slot.uncertain = false;
      if (surface && typeof surface !== 'string') {
        ticket.settle(null);
        await ledger.sent(slot, surface);
        return;
      }
    }
    // Rendered only now, after the wait for the store: the newest there is.
    compose();
    const closed = slot.index < composer.closed();
    const composed = body(slot, closed);
    if (!composed || over) {
      ticket.refund();
      return;
    }
    noteSent(composed);
    slot.uncertain = true;
    const surface = await adapter.open(place, composed.rendered, slot.key, via);
    ticket.settle(null);
    viaUsed = true;
    slot.surface = surface;
    slot.ref = surface.ref;
    slot.uncertain = false;
    watch(surface);
    if (surface.mode === 'once') return ledger.sent(slot, surface);
    slot.body = JSON.stringify(composed.rendered.payload);
    slot.to = composed.to;
    if (surface.mode === 'append') composer.keep(composed.to);
    noteVisible(composed);
    if (closed && surface.mode === 'edit') await close(slot, composed, printOf(composed.rendered));
    else await ledger.sent(slot, surface);
  }

  /** Takes over an older message of ours for this part, when there is one. */
  async function reuse(slot: Slot): Promise<boolean> {
    const ref = slot.index < reusable && !slot.intended ? options.reuse[slot.index] : undefined;
    if (!ref) return false;
    const surface = await adapter.reopen(ref);
    if (typeof surface === 'string') {
      reusable = slot.index;
      return false;
    }
    watch(surface);
    await ledger.sent(slot, surface);
    return true;
  }

  function hasBody(slot: Slot): boolean {
    return body(slot, slot.index < composer.closed()) !== null;
  }

  async function tell(ticket: Ticket, slot: Slot): Promise<void> {
    const composed = composer.text(slot.index);
    const user = options.answerUser;
    if (!user) throw new Failure(EXPIRED);
    await ledger.intend(slot);
    const how = await adapter.tell(user, place, composed, null);
    ticket.settle(null);
    if (how === 'impossible') throw new Failure(EXPIRED);
    noteSent(composer.part(slot.index));
    noteVisible(composer.part(slot.index));
    await close(slot, composer.part(slot.index), '');
  }

  /** The last part of a message that dies is left as it is; what follows goes to the asker directly. */
  function leave(slot: Slot): void {
    composer.close(slot.to);
    toldFrom = Math.min(toldFrom, slot.index + 1);
    room.log('private answer goes on elsewhere', { job: options.job, part: slot.index });
  }

  async function close(slot: Slot, composed: Composed, print: string): Promise<void> {
    slot.to = composed.to;
    front = Math.max(front, slot.index + 1);
    await ledger.done(slot, print);
  }

  async function file(ticket: Ticket): Promise<void> {
    const slot = ledger.file();
    await ledger.intend(slot);
    const found = slot.uncertain ? await adapter.find(place, slot.key, options.after) : null;
    if (!found && view) {
      slot.uncertain = true;
      const bytes = new TextEncoder().encode(view.markdown);
      await adapter.upload(place, { name: 'answer.md', type: 'text/markdown', bytes, alt: null }, slot.key);
    }
    ticket.settle(null);
    await ledger.done(slot, '');
  }

  function watch(surface: Surface): void {
    if (surface.diesAt !== null) later(Math.max(0, surface.diesAt - DYING_MS - clock.now()), wake);
  }

  function noteSent(composed: Composed | null): void {
    sentTo = composed && front < composer.closed() ? composed.to : (view?.markdown.length ?? 0);
    sentView = view;
    sentAt = clock.now();
  }

  function noteVisible(composed: Composed): void {
    const now = clock.now();
    failures = 0;
    account(now);
    shownUnits = Math.max(shownUnits, composed.to);
    if (!visible && composed.text) {
      visible = true;
      if (textAt !== null) meter.firstVisible(now - textAt);
    }
  }

  function onProblem(problem: Problem): void {
    lastProblem = problem;
    const fields = { job: options.job, part: front, kind: problem.kind, detail: problem.detail };
    room.log('call failed', fields);
    // What was refused was not seen: it counts as unseen again.
    sentTo = Math.min(sentTo, shownUnits);
    if (problem.kind === LEASE_LOST.kind) {
      fail(problem);
      return;
    }
    const slot = ledger.slot(front);
    const wrapping = composer.ended() && front >= composer.closed();
    switch (problem.kind) {
      case 'busy':
        // The pacer holds the scope; nothing more is to be waited for here.
        slot.uncertain = false;
        return;
      case 'too-large':
        narrowings += 1;
        if (wrapping || narrowings > NARROWINGS) break;
        slot.uncertain = false;
        composer.narrow(front);
        return;
      case 'expired':
        slot.uncertain = false;
        if (wrapping) break;
        expire(slot, problem);
        return;
      case 'gone':
        // Somebody deleted a part that was already read: the rest goes on.
        if (front + 1 < composer.closed()) {
          slot.done = true;
          slot.surface = null;
          front += 1;
          return;
        }
        break;
      default:
    }
    if (wrapping && (isFatal(problem) || failures >= 3)) {
      skipWrapUp();
      return;
    }
    if (isFatal(problem)) {
      fail(problem);
      return;
    }
    failures += 1;
    retryAt = clock.now() + backOff(problem, failures, room.random);
  }

  /** The trigger or message can no longer be used. */
  function expire(slot: Slot, problem: Problem): void {
    if (options.answerUser) {
      if (slot.surface && slot.to > 0 && front >= composer.closed()) {
        leave(slot);
        return;
      }
      toldFrom = Math.min(toldFrom, slot.index);
      return;
    }
    if (options.via?.private || (slot.surface === null && viaUsed)) {
      fail(problem);
      return;
    }
    viaUsed = true;
    slot.surface = null;
    slot.ref = null;
    slot.intended = false;
  }

  /** The answer stands; what was left to tidy up is not worth failing for. */
  function skipWrapUp(): void {
    for (const slot of ledger.slots()) if (slot.index >= composer.closed()) slot.surface = null;
    for (const ref of options.reuse) discarded.add(ref.id);
    ledger.file().done = true;
  }

  function parts(): Delivered['parts'] {
    return ledger
      .slots()
      .flatMap((slot) => (slot.ref && slot.index < Math.max(1, composer.closed()) ? [slot.ref] : []));
  }

  function conclude(): void {
    if (over || !composer.ended() || front < composer.closed() || wrapUp()) return;
    settle({ ok: true, parts: parts() });
  }

  function fail(problem: Problem): void {
    settle({ ok: false, problem, parts: parts() });
  }

  function settle(delivered: Delivered): void {
    if (over) return;
    over = true;
    for (const cancel of timers) cancel();
    timers.clear();
    pacer.wake(payer);
    const now = clock.now();
    account(now);
    meter.ended(delivered.ok, staleness, produced, finishedAt === null ? 0 : now - finishedAt);
    result.resolve(delivered);
    room.ended(reply);
  }

  async function recover(): Promise<void> {
    for (let tries = 1; !over; tries += 1) {
      try {
        await ledger.recover();
        for (let index = 0; index < options.reuse.length; index += 1) ledger.slot(index);
        for (const slot of ledger.slots()) {
          if (slot.surface) watch(slot.surface);
          if (slot.intended) viaUsed = true;
        }
        ready = true;
        wake();
        return;
      } catch (thrown) {
        const problem = problemOf(thrown);
        room.log('recovery failed', { job: options.job, kind: problem.kind, detail: problem.detail });
        if (isFatal(problem)) {
          fail(problem);
          return;
        }
        await new Promise<void>((resolve) => later(backOff(problem, tries, room.random), resolve));
      }
    }
  }

  const reply: LiveReply = {
    show(newest) {
      if (over || finishedAt !== null) return;
      note(newest);
      wake();
    },
    finish(last) {
      if (!over && finishedAt === null) {
        finishedAt = clock.now();
        note({ ...last, final: true });
        later(room.finalDeadlineMs, () => fail(lastProblem ?? TOO_LATE));
        wake();
      }
      return result.promise;
    },
    abandon() {
      fail(ABANDONED);
    },
  };
  void recover();
  return reply;
}

function closes(step: Step): boolean {
  return (step.do === 'put' || step.do === 'open') && step.closed;
}

function differs(a: View, b: View): boolean {
  return a.status !== b.status || a.controls !== b.controls || a.note !== b.note || a.sources !== b.sources;
}

function samePlace(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index]);
}

const EXPIRED: Problem = {
  kind: 'expired',
  retry: { when: 'never' },
  say: 'The time to answer here privately has run out. Please ask again.',
  detail: 'the trigger is past its time and there is no other way to the asker',
};
const TOO_LATE: Problem = {
  kind: 'timeout',
  retry: { when: 'later' },
  say: 'The answer could not be shown in time. Please try again.',
  detail: 'deadline of the final text reached',
};
const ABANDONED: Problem = {
  kind: 'stopped',
  retry: { when: 'later' },
  say: 'The answer was interrupted.',
  detail: 'abandoned',
};
