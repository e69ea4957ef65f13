import type { View } from '../../src/chat/view.ts';
import { createDelivery, type Delivery, type LiveReply, type ReplyOptions } from '../../src/delivery/delivery.ts';
import { createTestClock, type TestClock } from '../clock.ts';
import { createPlain, PLACE, type Plain, type PlainOptions } from '../servers/plain.ts';
import { createMemoryOutbox, type MemoryOutbox } from './memory-outbox.ts';

/** Delivery on the plain platform, with everything a test wants to look at. */
export interface World {
  readonly clock: TestClock;
  readonly plain: Plain;
  readonly outbox: MemoryOutbox;
  readonly log: { readonly event: string; readonly fields: Record<string, unknown> }[];
  delivery: Delivery;
  /** Another process on the same store and platform. */
  restart(): void;
  reply(options?: Partial<ReplyOptions>): LiveReply;
}

export function createWorld(options: Partial<PlainOptions> & { clock?: TestClock } = {}): World {
  const clock: TestClock = options.clock ?? createTestClock();
  const plain = createPlain({ ...options, clock });
  const outbox = createMemoryOutbox();
  const log: World['log'] = [];
  const begin = (): Delivery =>
    createDelivery({
      adapter: () => plain.adapter,
      outbox,
      clock,
      random: () => 0.5,
      log: (event, fields) => log.push({ event, fields }),
    });
  const world: World = {
    clock,
    plain,
    outbox,
    log,
    delivery: begin(),
    restart() {
      world.delivery = begin();
    },
    reply: (more = {}) =>
      world.delivery.reply({
        lease: { id: 'job', fence: 1 },
        job: 'job',
        generation: 0,
        place: PLACE,
        via: null,
        after: null,
        reuse: [],
        expiresAt: clock.now() + 86_400_000,
        ...more,
      }),
  };
  return world;
}

export function view(markdown: string, more: Partial<View> = {}): View {
  return { markdown, status: null, note: null, sources: [], controls: null, final: false, ...more };
}
