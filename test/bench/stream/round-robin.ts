import { systemClock } from '../../../src/chat/clock.ts';
import { problemOf } from '../../../src/chat/errors.ts';
import { createPacer, type Payer, type Ticket, type Wish } from '../../../src/delivery/pacer.ts';
import type { Policy } from './policy.ts';
import { createWriter } from './writer.ts';

/** No two edits of one reply come closer, in milliseconds, as in Parley. */
const GAP_MS = 250;

/** Parley's own buckets, with the next edit for whoever has waited longest for one, however much there is to show. */
export const roundRobin: Policy = (adapter) => {
  const pacer = createPacer({ clock: systemClock, rate: (scope) => adapter.limits.rate(scope) });
  return {
    reply(place, name) {
      const writer = createWriter(adapter, place, name);
      const over = Promise.withResolvers<void>();
      let final = false;
      let calling = false;
      let calledAt = 0;
      let retryAt = 0;

      const payer: Payer = {
        wish(now): Wish | null {
          const scopes = calling ? null : writer.next();
          if (!scopes) return null;
          const weight = now - calledAt;
          if (final) return { scopes, rank: 0, weight, at: retryAt };
          if (!writer.begun()) return writer.readable() ? { scopes, rank: 1, weight, at: retryAt } : null;
          return { scopes, rank: 2, weight, at: Math.max(retryAt, calledAt + GAP_MS) };
        },
        go: (ticket) => void perform(ticket),
      };

      async function perform(ticket: Ticket): Promise<void> {
        calling = true;
        calledAt = Date.now();
        try {
          if (await writer.call()) ticket.settle(null);
          else ticket.refund();
        } catch (thrown) {
          const problem = problemOf(thrown);
          ticket.settle(problem);
          if (problem.kind !== 'busy') retryAt = Date.now() + 1_000;
        }
        calling = false;
        if (writer.done()) over.resolve();
        else pacer.wake(payer);
      }

      return {
        show(text) {
          writer.take(text, false);
          pacer.wake(payer);
        },
        finish(text) {
          final = true;
          writer.take(text, true);
          pacer.wake(payer);
          return over.promise;
        },
        messages: writer.messages,
      };
    },
    learn: pacer.learn,
    stop: async () => pacer.stop(),
  };
};
