import type { Surface } from '../chat/adapter.ts';
import { type Problem, problemOf } from '../chat/errors.ts';
import type { View } from '../chat/view.ts';
import type { Composed } from './composer.ts';
import type { Delivered, LiveReply, ReplyOptions } from './delivery.ts';
import type { Payer, Ticket } from './pacer.ts';
import { DYING_MS, makeCall, type Witness } from './reply-calls.ts';
import { nextOnProblem } from './reply-problem.ts';
import { createReply, type ReplyRoom, tidyStep } from './reply-state.ts';
import { wishOf } from './reply-wish.ts';
import { backOff, isFatal } from './retry.ts';

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

/** One answer on its way into a conversation: the newest view, one call at a time, until the last text stands. See {@link LiveReply}. */
export function createLiveReply(room: ReplyRoom, options: ReplyOptions): LiveReply {
  const { clock, pacer, meter } = room;
  const reply = createReply(room, options);
  const { composer, ledger } = reply;
  const result = Promise.withResolvers<Delivered>();
  const timers = new Set<() => void>();
  let over = false;
  let ready = false;
  let calling = false;

  // Staleness: the area between what was produced and what could be seen (our reference, streaming 3.1).
  let staleness = 0;
  let measuredAt = reply.startedAt;
  let produced = 0;
  let shown = 0;

  const payer: Payer = {
    wish: (now) => (ready && !calling && !over ? wishOf(reply, now) : null),
    go: (ticket) => void perform(ticket),
  };

  const witness: Witness = {
    sent(composed) {
      const whole = reply.view?.markdown.length ?? 0;
      reply.sentTo = composed && reply.front < composer.closed() ? composed.to : whole;
      reply.sentView = reply.view;
      reply.sentAt = clock.now();
    },
    stands(composed: Composed) {
      const now = clock.now();
      reply.failures = 0;
      account(now);
      shown = Math.max(shown, composed.to);
      if (reply.visible || !composed.text) return;
      reply.visible = true;
      if (reply.textAt !== null) meter.firstVisible(now - reply.textAt);
    },
    opened: watch,
    over: () => over,
  };

  function later(ms: number, task: () => void): void {
    const cancel = clock.after(ms, () => {
      timers.delete(cancel);
      task();
    });
    timers.add(cancel);
  }

  /** A message that will die is given its last text before it does. */
  function watch(surface: Surface): void {
    if (surface.diesAt !== null) later(Math.max(0, surface.diesAt - DYING_MS - clock.now()), wake);
  }

  function wake(): void {
    if (!over) pacer.wake(payer);
  }

  function account(now: number): void {
    staleness += Math.max(0, produced - shown) * (now - measuredAt);
    measuredAt = now;
  }

  function note(newest: View): void {
    const now = clock.now();
    account(now);
    reply.view = newest;
    produced = newest.markdown.length;
    if (reply.textAt === null && /\S/.test(newest.markdown)) reply.textAt = now;
  }

  async function perform(ticket: Ticket): Promise<void> {
    calling = true;
    try {
      await makeCall(reply, witness, ticket);
    } catch (thrown) {
      const problem = problemOf(thrown);
      ticket.settle(problem);
      room.log('call failed', { job: options.job, part: reply.front, kind: problem.kind, detail: problem.detail });
      // What was refused has not been seen: it counts as unseen again.
      reply.sentTo = Math.min(reply.sentTo, shown);
      if (nextOnProblem(reply, problem) === 'give up') fail(problem);
    }
    calling = false;
    if (composer.ended() && reply.front >= composer.closed() && !tidyStep(reply)) end({ ok: true, parts: parts() });
    wake();
  }

  function parts(): Delivered['parts'] {
    return ledger
      .slots()
      .flatMap((slot) => (slot.ref && slot.index < Math.max(1, composer.closed()) ? [slot.ref] : []));
  }

  function fail(problem: Problem): void {
    end({ ok: false, problem, parts: parts() });
  }

  function end(delivered: Delivered): void {
    if (over) return;
    over = true;
    for (const cancel of timers) cancel();
    timers.clear();
    pacer.wake(payer);
    const now = clock.now();
    account(now);
    meter.ended(delivered.ok, staleness, produced, reply.finishedAt === null ? 0 : now - reply.finishedAt);
    result.resolve(delivered);
    room.ended(live);
  }

  async function recover(): Promise<void> {
    for (let tries = 1; !over; tries += 1) {
      try {
        await ledger.recover();
        break;
      } catch (thrown) {
        const problem = problemOf(thrown);
        room.log('recovery failed', { job: options.job, kind: problem.kind, detail: problem.detail });
        if (isFatal(problem)) fail(problem);
        else await new Promise<void>((resolve) => later(backOff(problem, tries, room.random), resolve));
      }
    }
    for (const slot of ledger.slots()) {
      if (slot.surface) watch(slot.surface);
      if (slot.ref) reply.viaUsed = true;
    }
    ready = true;
    wake();
  }

  const live: LiveReply = {
    show(newest) {
      if (over || reply.finishedAt !== null) return;
      note(newest);
      wake();
    },
    finish(last) {
      if (!over && reply.finishedAt === null) {
        reply.finishedAt = clock.now();
        note({ ...last, final: true });
        later(room.finalDeadlineMs, () => fail(reply.lastProblem ?? TOO_LATE));
        wake();
      }
      return result.promise;
    },
    abandon: () => fail(ABANDONED),
  };
  void recover();
  return live;
}
