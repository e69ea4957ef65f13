import * as z from 'zod';
import type { Clock } from '../chat/clock.ts';
import { type MessageRef, messageKey, type Place } from '../chat/places.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { Log } from '../ops/log.ts';
import type { Job, Jobs, Store } from '../store/port.ts';
import { storedShapes } from '../store/stored-shapes.ts';
import type { Vault } from '../store/vault.ts';
import { changeConversation } from '../turn/change-conversation.ts';
import { savedTurn } from '../turn/checkpoint.ts';
import { conversationKey } from '../turn/locate.ts';
import { decodeQuestion, type Question } from '../turn/question.ts';
import type { Control } from './control.ts';

/** Questions that were deleted: what runs or waits for them ends, and what was answered is taken away. */
export interface Withdrawals {
  /** The message was deleted. What follows is durable: it is done after a restart, too. */
  withdraw(message: MessageRef): Promise<void>;
  /** Performs the job of kind {@link WITHDRAW} that does it. */
  run(job: Job): Promise<void>;
}

/** The kind of its jobs, in the lane `after`. */
export const WITHDRAW = 'withdraw';

/** Turns of a conversation that are looked through, the newest. */
const MOST = 100;
/** What is just ending is looked at again so soon; what a platform refuses is tried again later, and given up after a day. */
const ENDING_MS = 300;
const LONGEST_WAIT_MS = 600_000;
const TRIED_FOR_MS = 86_400_000;

/** What a thread is called whose first question was deleted: it bore that question's words. */
const TITLE = 'Deleted question';

const payload = z.object({ message: storedShapes.messageRef });

/** Whether the message that a question was asked with has been deleted. */
export async function wasWithdrawn(jobs: Jobs, { message }: Question): Promise<boolean> {
  return message !== null && (await jobs.byKey(keyOf(message))) !== null;
}

/** See {@link Withdrawals}. `remove: false` leaves answers standing and only ends what is under way. */
export function createWithdrawals(rooms: {
  store: Store;
  vault: Vault;
  delivery: Delivery;
  control: Pick<Control, 'end'>;
  remove: boolean;
  clock: Clock;
  log: Log;
  /** There is something new in the lane. */
  wake(): void;
}): Withdrawals {
  const { store, clock } = rooms;

  /** All turns that answer a message: the first, and those that asked it again. */
  async function turnsOf(message: MessageRef): Promise<readonly Job[]> {
    const asked = await store.jobs.byKey(messageKey(message));
    if (asked?.lane !== 'turn' || asked.conversation === null) return asked?.lane === 'turn' ? [asked] : [];
    const all = [
      ...(await store.jobs.latest('turn', asked.conversation, MOST)),
      ...(await store.jobs.pending('turn', asked.conversation)),
    ];
    const theirs = all.filter((job) => decodeQuestion(job.payload, rooms.vault).message?.id === message.id);
    return [...new Map([asked, ...theirs].map((job) => [job.id, job])).values()];
  }

  async function end(turns: readonly Job[]): Promise<void> {
    // The last first: else one that waits would begin when the one before it ends.
    for (const job of turns.filter(isOpen).toReversed()) await rooms.control.end(job);
  }

  /** Takes away every message of a turn's answer. False: the platform would not, for now. */
  async function takeAway(job: Job): Promise<boolean> {
    const state = savedTurn(job);
    const nameless =
      state?.place && (await letGo(job, conversationKey(job, decodeQuestion(job.payload, rooms.vault), state.place)));
    let done = true;
    for (const name of [job.id, `${job.id}:picture`, `${job.id}:late`]) {
      for (const row of await store.outbox.of(name)) {
        const place = row.ref?.place ?? state?.place;
        const what = row.ref ?? row.key;
        const problem = place ? await rooms.delivery.remove(place, what) : null;
        if (problem === null) continue;
        rooms.log.info({ turn: job.id, kind: problem.kind, detail: problem.detail }, 'an answer could not be removed');
        done &&= problem.retry.when === 'never';
      }
    }
    // Nobody waits for it: a platform may let a thread be named again only after minutes.
    if (nameless) void rooms.delivery.title(nameless, TITLE, 'model');
    return done;
  }

  /** Nothing is put under the answer any more. Tells the thread that is to bear its words no longer, having no other. */
  async function letGo(job: Job, key: string): Promise<Place | null> {
    const others = (await store.jobs.latest('turn', job.conversation ?? '', MOST)).some((other) => {
      const { message } = decodeQuestion(other.payload, rooms.vault);
      return message?.id !== decodeQuestion(job.payload, rooms.vault).message?.id;
    });
    const nameless = !others && job.conversation !== null;
    let named = false;
    const now = await changeConversation(store.conversations, key, null, (row) => {
      if (row === null) return null;
      named = nameless && row.title !== null && row.titledBy !== 'person';
      const newest = row.newest === job.id ? null : row.newest;
      return named || newest !== row.newest ? { ...row, newest, ...(named && { title: null }) } : null;
    });
    return named && now && now.place.thread !== null ? now.place : null;
  }

  return {
    async withdraw(message) {
      const turns = await turnsOf(message);
      if (turns.length === 0) return;
      const now = clock.now();
      await store.jobs.accept(
        {
          key: keyOf(message),
          lane: 'after',
          conversation: null,
          kind: WITHDRAW,
          payload: JSON.stringify({ message }),
          notBefore: 0,
          expiresAt: now + store.keptMs,
          person: turns[0]?.person ?? null,
        },
        now,
      );
      await end(turns);
      rooms.wake();
    },
    async run(job) {
      const { message } = payload.parse(JSON.parse(job.payload));
      const turns = await turnsOf(message);
      const late = clock.now() - job.acceptedAt > TRIED_FOR_MS;
      const open = turns.some(isOpen);
      await end(turns);
      let done = !open;
      if (!open && rooms.remove) for (const turn of turns) done = (await takeAway(turn)) && done;
      if (done || late) {
        await store.jobs.finish(job, done ? 'done' : 'failed', null, [], clock.now());
        return;
      }
      const wait = open ? ENDING_MS : Math.min(LONGEST_WAIT_MS, 1_000 * 2 ** Math.min(job.attempts, 20));
      await store.jobs.retry(job, clock.now() + wait, null);
    },
  };
}

function isOpen(job: Job): boolean {
  return job.state === 'waiting' || job.state === 'running';
}

function keyOf(message: MessageRef): string {
  return `${WITHDRAW}:${messageKey(message)}`;
}
