import { systemClock } from '../../../src/chat/clock.ts';
import type { View } from '../../../src/chat/view.ts';
import { createDelivery } from '../../../src/delivery/delivery.ts';
import { createMemoryOutbox } from '../../delivery/memory-outbox.ts';
import { randomFrom } from '../../servers/discord/faults.ts';
import type { Policy } from './policy.ts';

/** Parley's own delivery, as main makes it, with an outbox in memory. */
export const parley: Policy = (adapter) => {
  const delivery = createDelivery({
    adapter: () => adapter,
    outbox: createMemoryOutbox(),
    clock: systemClock,
    random: randomFrom(1),
    log: () => undefined,
  });
  return {
    reply(place, name) {
      let messages: readonly string[] = [];
      const expiresAt = Date.now() + 3_600_000;
      const options = { lease: null, generation: 0, via: null, after: null, reuse: [], expiresAt };
      const reply = delivery.reply({ ...options, job: name, place });
      return {
        show: (text) => reply.show(viewOf(text, false)),
        async finish(text) {
          const delivered = await reply.finish(viewOf(text, true));
          messages = delivered.parts.map((part) => part.id);
        },
        messages: () => messages,
      };
    },
    learn: (scope, left, resetMs) => delivery.learn(adapter.name, scope, left, resetMs),
    stop: () => delivery.stop(0),
  };
};

/** A view with nothing but text. */
export function viewOf(markdown: string, final: boolean): View {
  return { markdown, status: null, note: null, sources: [], controls: null, final };
}
