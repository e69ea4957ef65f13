import * as z from 'zod';
import { problemOf } from '../chat/errors.ts';
import type { FileRef } from '../chat/messages.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { Log } from '../ops/log.ts';
import type { Job, Lease, Store } from '../store/port.ts';
import { storedShapes } from '../store/stored-shapes.ts';
import type { Vault } from '../store/vault.ts';
import { savedTurn } from './checkpoint.ts';
import { conversationKey } from './locate.ts';
import { decodeQuestion } from './question.ts';
import { type FollowUps, viewOf } from './view.ts';

/** A question as its asker has edited it since. */
export interface Edit {
  readonly text: string;
  readonly files: readonly FileRef[];
}

/** What is offered under an answer once it stands: follow-up questions, and to answer the question as it was edited since. */
export interface Offers {
  /** Shows what there is to offer under the answer of a turn, if it is over and still the newest of its conversation. */
  show(turn: string, lease?: Lease | null): Promise<void>;
  /** The same, if there is an edit to be offered. Never rejects. */
  showEdit(turn: string): Promise<void>;
  /** Keeps the newest form of a turn's question, or with null that it reads as it did. */
  edited(turn: Job, edit: Edit | null): Promise<void>;
  /** The newest form; null when it reads as it was asked. */
  edit(turn: string): Promise<Edit | null>;
}

const EDITED = 'edited';
const kept = z.object({ text: z.string(), files: z.array(storedShapes.file) }) satisfies z.ZodType<Edit>;
const found = z.object({ followUps: z.array(z.string()) });

/** See {@link Offers}. What is offered stands in the store, so every showing shows all of it, after a restart too. */
export function createOffers(rooms: { store: Store; vault: Vault; delivery: Delivery; log: Log }): Offers {
  const { store, delivery } = rooms;
  /** The showing under each answer that is under way: two at once would write over each other. */
  const showing = new Map<string, Promise<void>>();

  async function followUpsOf(turn: string): Promise<FollowUps | undefined> {
    const after = await store.jobs.byKey(`after:${turn}`);
    const read = found.safeParse(after?.checkpoint ? JSON.parse(after.checkpoint) : null);
    return after && read.success ? { job: after.id, questions: read.data.followUps } : undefined;
  }

  async function edit(turn: string): Promise<Edit | null> {
    const value = await store.settings.get(scopeOf(turn), EDITED);
    const read = kept.safeParse(value === null ? null : JSON.parse(value));
    return read.success ? read.data : null;
  }

  async function showNow(turn: string, lease: Lease | null): Promise<void> {
    const job = await store.jobs.get(turn);
    const state = job && savedTurn(job);
    if (!job || state?.phase !== 'over' || !state.place) return;
    const question = decodeQuestion(job.payload, rooms.vault);
    const newest = (await store.conversations.get(conversationKey(job, question, state.place)))?.newest;
    if (newest !== turn) return;
    const { generation, message, trigger } = question;
    const rows = (await store.outbox.of(turn)).filter((row) => row.generation === generation);
    // What does not stand whole would be posted now, long after its time.
    if (rows.length === 0 || rows.some((row) => row.state !== 'done')) return;
    const reply = delivery.reply({
      lease,
      job: turn,
      generation,
      place: state.place,
      via: question.private ? trigger : null,
      after: message,
      reuse: [],
      expiresAt: job.expiresAt,
    });
    await reply.finish(viewOf(state, { followUps: await followUpsOf(turn), edited: (await edit(turn)) !== null }));
  }

  async function show(turn: string, lease: Lease | null = null): Promise<void> {
    const before = showing.get(turn) ?? Promise.resolve();
    const mine = before.then(() => showNow(turn, lease));
    const settled = mine.catch(() => undefined);
    showing.set(turn, settled);
    await mine.finally(() => {
      if (showing.get(turn) === settled) showing.delete(turn);
    });
  }

  return {
    show,
    async showEdit(turn) {
      try {
        if (await edit(turn)) await show(turn);
      } catch (error) {
        rooms.log.warn({ turn, detail: problemOf(error).detail }, 'an edited question could not be offered');
      }
    },
    edited({ id, person, expiresAt }, changed) {
      if (changed === null) return store.settings.delete(scopeOf(id), EDITED);
      const more = { expiresAt, ...(person !== null && { person }) };
      return store.settings.set(scopeOf(id), EDITED, JSON.stringify(changed), more);
    },
    edit,
  };
}

function scopeOf(turn: string): string {
  return `turn:${turn}`;
}
