import type { Adapter, Surface, SurfaceRef } from '../chat/adapter.ts';
import type { Clock } from '../chat/clock.ts';
import type { Problem } from '../chat/errors.ts';
import type { View } from '../chat/view.ts';
import type { Outbox } from '../store/port.ts';
import { type Composer, createComposer } from './composer.ts';
import type { DeliveryLog, LiveReply, ReplyOptions } from './delivery.ts';
import { createLedger, type Ledger, type Slot } from './ledger.ts';
import type { Meter } from './meter.ts';
import type { Pacer } from './pacer.ts';

/** What all replies share. */
export interface ReplyRoom {
  readonly adapter: Adapter;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: DeliveryLog;
  readonly pacer: Pacer;
  readonly meter: Meter;
  readonly outbox: Outbox;
  readonly finalDeadlineMs: number;
  /** A scope's name among those of all platforms. */
  scopes(names: readonly string[]): readonly string[];
  /** The reply has ended, one way or another. */
  ended(reply: LiveReply): void;
}

/** Everything about one reply that changes. Times are milliseconds since the epoch. */
export interface Reply {
  readonly room: ReplyRoom;
  readonly options: ReplyOptions;
  readonly composer: Composer;
  readonly ledger: Ledger;
  view: View | null;
  /** First part that is not done with. */
  front: number;
  /** Text up to here, and this view, have been handed to the platform at this time. */
  sentTo: number;
  sentView: View | null;
  sentAt: number;
  readonly startedAt: number;
  /** When the first text came; null before. */
  textAt: number | null;
  /** Some of the text can be seen. */
  visible: boolean;
  finishedAt: number | null;
  /** No call before this time, and the failures in a row that led to it. */
  retryAt: number;
  failures: number;
  narrowings: number;
  lastProblem: Problem | null;
  /** The deferred answer of the trigger has been used up. */
  viaUsed: boolean;
  /** Old messages from this index on cannot be reused; those dealt with without being reused. */
  reusable: number;
  readonly discarded: Set<string>;
  /** From this part on the answer goes to the asker directly, once, at the end. */
  toldFrom: number;
}

/** The state of a reply that has shown nothing yet. */
export function createReply(room: ReplyRoom, options: ReplyOptions): Reply {
  const now = room.clock.now();
  return {
    room,
    options,
    composer: createComposer(room.adapter),
    ledger: createLedger({ ...options, adapter: room.adapter, outbox: room.outbox }),
    view: null,
    front: 0,
    sentTo: 0,
    sentView: null,
    sentAt: now,
    startedAt: now,
    textAt: null,
    visible: false,
    finishedAt: null,
    retryAt: 0,
    failures: 0,
    narrowings: 0,
    lastProblem: null,
    viaUsed: false,
    reusable: options.reuse.length,
    discarded: new Set(),
    toldFrom: Number.POSITIVE_INFINITY,
  };
}

/** One call to the platform. */
export type Step =
  | { readonly do: 'put'; readonly slot: Slot; readonly surface: Surface; readonly closed: boolean }
  | { readonly do: 'open' | 'tell'; readonly slot: Slot; readonly closed: boolean }
  | { readonly do: 'remove'; readonly slot: Slot }
  | { readonly do: 'discard'; readonly ref: SurfaceRef }
  | { readonly do: 'file' };

/** What is to be done next, as far as can be told without cutting or rendering; null when nothing is. */
export function nextStep(reply: Reply): Step | null {
  const { view, composer, ledger, front } = reply;
  if (!view) return null;
  const closed = front < composer.closed();
  if (composer.ended() && !closed) return tidyStep(reply);
  const slot = ledger.slot(front);
  if (slot.index >= reply.toldFrom) return view.final ? { do: 'tell', slot, closed } : null;
  if (!slot.surface) return slot.done && !view.final ? null : { do: 'open', slot, closed };
  if (slot.surface.mode === 'once' && !view.final) return null;
  return { do: 'put', slot, surface: slot.surface, closed };
}

/** What is left once the whole text stands: old messages without use, and the file for a long answer. */
export function tidyStep({ composer, ledger, options, discarded, room }: Reply): Step | null {
  const slots = ledger.slots();
  const surplus = slots.find((slot) => slot.index >= composer.closed() && slot.surface);
  if (surplus) return { do: 'remove', slot: surplus };
  const ref = options.reuse.find((one) => !discarded.has(one.id) && !slots.some((slot) => slot.ref?.id === one.id));
  if (ref) return { do: 'discard', ref };
  // A file stands there for everybody: what one person alone may read has none.
  if (options.answerUser || options.via?.private) return null;
  return composer.closed() > room.adapter.limits.partsBeforeFile && !ledger.file().done ? { do: 'file' } : null;
}

/** Budgets that a step pays from. */
export function scopesOf(reply: Reply, step: Step): readonly string[] {
  const { room, options } = reply;
  if (step.do === 'put') return room.scopes(step.surface.scopes(step.closed ? 'finish' : 'grow'));
  if (step.do === 'remove' && step.slot.surface) return room.scopes(step.slot.surface.scopes('finish'));
  return room.scopes(room.adapter.openScopes(options.place));
}
