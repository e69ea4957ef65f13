import type { Adapter, SurfaceRef } from '../chat/adapter.ts';
import type { Clock } from '../chat/clock.ts';
import type { Problem } from '../chat/errors.ts';
import type { Trigger } from '../chat/events.ts';
import type { Upload } from '../chat/messages.ts';
import type { MessageRef, Place, UserRef } from '../chat/places.ts';
import type { Body, View } from '../chat/view.ts';
import type { Lease, Outbox } from '../store/port.ts';
import { choreRate, createChores } from './chores.ts';
import { createLiveReply } from './live-reply.ts';
import { createMeter, type Stats } from './meter.ts';
import { createPacer } from './pacer.ts';
import type { ReplyRoom } from './reply-state.ts';

/** Where delivery says what it does. Fields carry ids and kinds, never text. */
export type DeliveryLog = (event: string, fields: Record<string, unknown>) => void;

/** What delivery needs of the rest. */
export interface DeliveryOptions {
  /** The adapter of a platform. Throws for a name that is not configured. */
  adapter(platform: string): Adapter;
  readonly outbox: Outbox;
  readonly clock: Clock;
  /** Jitter, in [0, 1). */
  readonly random?: () => number;
  readonly log: DeliveryLog;
  /** How long a last text is tried before its reply fails. 10 minutes when not given. */
  readonly finalDeadlineMs?: number;
}

/** Which reply is begun, or taken up again. */
export interface ReplyOptions {
  /** Holding it allows writing; once it is lost, nothing more is posted. Null where no job stands behind the reply. */
  readonly lease: Lease | null;
  readonly job: string;
  readonly generation: number;
  readonly place: Place;
  readonly via: Trigger | null;
  /** The question: messages are looked for after it. */
  readonly after: MessageRef | null;
  /** Regenerate: put into these messages first, delete the surplus at the end. */
  readonly reuse: readonly SurfaceRef[];
  /** When the outbox rows may be deleted, in milliseconds since the epoch. */
  readonly expiresAt: number;
  /** For a private reply that outlives its token: what is left goes to them directly. */
  readonly answerUser?: UserRef;
}

/** What became of a reply or a message: the messages it stands in, and the problem when it is not whole. */
export type Delivered =
  | { readonly ok: true; readonly parts: readonly SurfaceRef[] }
  | { readonly ok: false; readonly problem: Problem; readonly parts: readonly SurfaceRef[] };

/** A reply that grows until it is finished. */
export interface LiveReply {
  /** The newest view. Synchronous and cheap (called per token): it only notes the view and wakes the pacer. */
  show(view: View): void;
  /** The last view. Resolves when every part stands as it should, or with the problem that made that impossible. Never rejects. */
  finish(view: View): Promise<Delivered>;
  /** Gives up without touching what is shown (shutdown, lease lost). */
  abandon(): void;
}

/** One short message that never changes. */
export interface Saying {
  readonly lease: Lease | null;
  readonly job: string;
  readonly place: Place;
  readonly body: Body;
  readonly via: Trigger | null;
  /** Tells several sayings of one job apart. 0 when not given. */
  readonly part?: number;
  readonly expiresAt: number;
}

/** Everything that appears on a platform goes through here. */
export interface Delivery {
  /**
   * Begins (or, after a crash, takes up again) the reply of a job. Outbox rows of the same job and generation are reconciled:
   * `sent` rows are reopened, `intent` rows looked for with `adapter.find` before anything is posted again.
   */
  reply(options: ReplyOptions): LiveReply;
  /** One message that never changes (a note, an error, a list): durable by its key, posted once, paced, split when it is long. Never rejects. */
  say(saying: Saying): Promise<Delivered>;
  /** Something for one person's eyes. `impossible` also when the platform refused. Never rejects. */
  tell(user: UserRef, place: Place, body: Body, via: Trigger | null): Promise<'ephemeral' | 'private' | 'impossible'>;
  /** Deletes a message of ours, or the one that was posted under this key. Null: it stands no more, or nobody can reach it. Never rejects. */
  remove(place: Place, what: SurfaceRef | string): Promise<Problem | null>;
  /** Sets or takes off the bot's reaction, when the budget has room. Null: done. Never rejects. */
  react(ref: MessageRef, emoji: string, on: boolean): Promise<Problem | null>;
  /**
   * Names a conversation. Null: done, or the platform has no titles. `later`: the budget has no room now, or the platform took no
   * name now; it is shown when it does, within half an hour of this process, and of several names the last. Never rejects.
   */
  title(place: Place, title: string, by: 'model' | 'person'): Promise<'later' | Problem | null>;
  /** Shows that the bot is at work, or with null that it no longer is. The newest wins; failures are only logged. */
  busy(place: Place, status: string | null): void;
  /** Posts a file. `key` is what `adapter.find` looks for. Never rejects. */
  upload(place: Place, file: Upload, key: string): Promise<Delivered>;
  /** Gives a file to one person alone. `impossible` also when the platform refused. Never rejects. */
  hand(
    user: UserRef,
    place: Place,
    file: Upload,
    key: string,
    via: Trigger | null,
  ): Promise<'ephemeral' | 'private' | 'impossible'>;
  /** The place where a conversation about a message lives. Waits out refusals and outages for a minute, then throws the `Failure`. */
  thread(origin: MessageRef | Trigger, name: string): Promise<Place>;
  /** What response headers teach: `left` calls remain in the scope until `resetMs` from now. */
  learn(platform: string, scope: string, left: number, resetMs: number): void;
  /** Counted since the start. */
  stats(): Stats;
  /** Waits up to `drainMs` for replies that are finishing, then abandons all that live and stops every timer. */
  stop(drainMs: number): Promise<void>;
}

const FINAL_DEADLINE_MS = 600_000;
/** Sayings of a job stand in the outbox under generations below zero, where no reply is. */
const FIRST_SAYING = -1;

/** Opens the room. Call `stop` before the clock and the adapters go away. */
export function createDelivery(options: DeliveryOptions): Delivery {
  const { clock, log, outbox } = options;
  const random = options.random ?? Math.random;
  const meter = createMeter();
  const live = new Map<LiveReply, Promise<Delivered> | null>();
  const pacer = createPacer({
    clock,
    rate(scope) {
      const [platform = '', name = ''] = unscoped(scope);
      const { limits } = options.adapter(platform);
      return choreRate(name, limits) ?? limits.rate(name);
    },
  });
  const chores = createChores({ adapter: options.adapter, clock, random, log, pacer, scoped });
  let stopped = false;

  function reply(wanted: ReplyOptions): LiveReply {
    const adapter = options.adapter(wanted.place.platform);
    const room: ReplyRoom = {
      adapter,
      clock,
      random,
      log,
      pacer,
      meter,
      outbox,
      finalDeadlineMs: options.finalDeadlineMs ?? FINAL_DEADLINE_MS,
      scopes: (names) => names.map((name) => scoped(adapter.name, name)),
      ended: (ended) => live.delete(ended),
    };
    const made = createLiveReply(room, wanted);
    const tracked: LiveReply = {
      show: made.show,
      finish(view) {
        const finishing = made.finish(view);
        if (live.has(made)) live.set(made, finishing);
        return finishing;
      },
      abandon: made.abandon,
    };
    live.set(made, null);
    if (stopped) made.abandon();
    return tracked;
  }

  return {
    reply,
    say({ body, part, ...saying }) {
      const generation = FIRST_SAYING - (part ?? 0);
      const view = {
        markdown: body.markdown,
        status: null,
        note: null,
        sources: [],
        controls: body.controls,
        final: true,
      };
      return reply({ ...saying, generation, after: null, reuse: [] }).finish(view);
    },
    ...chores,
    learn: (platform, scope, left, resetMs) => pacer.learn(scoped(platform, scope), left, resetMs),
    stats: () => ({
      D: meter.D(),
      TTFV: meter.TTFV(),
      lag: meter.lag(),
      replies: { live: live.size, done: meter.done(), failed: meter.failed() },
      calls: Object.fromEntries(pacer.counts()),
    }),
    async stop(drainMs) {
      stopped = true;
      const finishing = [...live.values()].filter((one) => one !== null);
      if (finishing.length > 0 && drainMs > 0) {
        const late = Promise.withResolvers<void>();
        const cancel = clock.after(drainMs, late.resolve);
        await Promise.race([Promise.all(finishing), late.promise]);
        cancel();
      }
      for (const one of live.keys()) one.abandon();
      chores.stop();
      pacer.stop();
    },
  };
}

/** A scope's name among those of all platforms: the platform's own begins with its method, so counters read well. */
function scoped(platform: string, scope: string): string {
  return `${platform} ${scope}`;
}

function unscoped(scope: string): [string, string] {
  const space = scope.indexOf(' ');
  return [scope.slice(0, space), scope.slice(space + 1)];
}
