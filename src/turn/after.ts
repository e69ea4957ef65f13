import * as z from 'zod';
import type { Accounts } from '../accounts/accounts.ts';
import type { Clock } from '../chat/clock.ts';
import { type Problem, problemOf } from '../chat/errors.ts';
import { userKey } from '../chat/places.ts';
import type { Log } from '../ops/log.ts';
import type { Conversation, Job, Store } from '../store/port.ts';
import type { Vault } from '../store/vault.ts';
import type { Attachments } from './attachments.ts';
import { changeConversation } from './change-conversation.ts';
import { type StoredQuestion, saveAnswer } from './chat.ts';
import { storedFiles } from './context.ts';
import { isAway, OWNER_AWAY, whoAsks } from './credentials.ts';
import type { Decorate } from './decorate.ts';
import { type Ended, endedPayload, endedTurn } from './ended.ts';
import type { Kept } from './kept.ts';
import type { Naming } from './naming.ts';
import type { Question } from './question.ts';
import type { Ids } from './state.ts';

/** Performs the jobs of the lane `after`. */
export interface After {
  run(held: { readonly job: Job; readonly lost: AbortSignal }): Promise<void>;
  /**
   * Saves what a conversation's earlier answers could not save yet; quietly gives up where that still fails. False: some still
   * wait for the owner of this chat.
   */
  savePending(conversation: string, chat: Pick<Ids, 'chatId' | 'owner'>): Promise<boolean>;
}

/** Saving is tried again for so long, each time after a longer wait. What waits for an owner is kept as long as its turn's row. */
const SAVE_FOR_MS = 86_400_000;
const LONGEST_WAIT_MS = 600_000;
const LONGEST_KEPT_WAIT_MS = 3_600_000;
/** So many kept answers are saved while somebody waits for the next one. */
const MOST_AT_ONCE = 20;

const checkpoint = z.object({ turn: z.string(), saved: z.boolean(), followUps: z.array(z.string()) });

/**
 * First the chat is saved by its owner's account: a lasting intent, tried until it is done, refused for good, or a day old; while
 * that account cannot be used it waits in the owner's line, as long as the turn's row stands. Then what decorates an answer.
 */
export function createAfter(rooms: {
  store: Store;
  vault: Vault;
  accounts: Pick<Accounts, 'owning'>;
  decorate: Decorate;
  naming: Naming;
  kept: Kept;
  /** The pictures of a question, fetched anew. */
  picturesOf(question: Question): Promise<Attachments['images']>;
  clock: Clock;
  log: Log;
}): After {
  const { store, accounts, kept, clock } = rooms;

  /** Null when the answer stands in its chat; {@link OWNER_AWAY} when that has to wait for the owner. */
  async function save(
    turn: Ended,
    followUps: readonly string[],
    files: StoredQuestion['files'] = [],
  ): Promise<Problem | null> {
    const owner = await accounts.owning(turn.ids.owner);
    if (!owner) return OWNER_AWAY;
    // The question is in the chat already, unless its owner was away or somebody has deleted it there.
    const question = { text: turn.state.asked ?? turn.question.text, files };
    const problem = await saveAnswer(owner.server, turn.state, turn.ids, question, followUps).then(
      () => null,
      problemOf,
    );
    return problem && isAway(owner, problem) ? OWNER_AWAY : problem;
  }

  async function afterwards(job: Job): Promise<void> {
    const turn = await endedTurn(rooms, job);
    if (!turn) return gone(job);
    const problem = wasSaved(job) ? null : (await saveKeptBefore(turn.ids)) ? await save(turn, []) : OWNER_AWAY;
    const waits = problem === OWNER_AWAY && turn.ids.owner !== null;
    if (problem && !waits && mayStillSave(problem, job, clock.now())) {
      rooms.log.warn({ turn: turn.job.id, kind: problem.kind, detail: problem.detail }, 'chat not saved yet');
      await store.jobs.retry(job, clock.now() + wait(problem, job.attempts), problem.detail);
      return;
    }
    const lost = waits ? null : problem;
    if (lost) rooms.log.error({ turn: turn.job.id, kind: lost.kind, detail: lost.detail }, 'chat could not be saved');
    if (lost?.kind === 'missing') await forgetChat(turn.conversation, turn.ids.chatId);
    let followUps: readonly string[] = [];
    const leave = (saved: boolean) =>
      store.jobs.checkpoint(job, JSON.stringify({ turn: turn.job.id, saved, followUps }));
    await leave(!waits);
    if (waits) await tellOwner(turn);
    if (!lost && turn.state.problem === null && turn.state.text !== '') {
      const owner = waits ? null : await accounts.owning(turn.ids.owner);
      await rooms.decorate(turn, job, owner, async (found) => {
        followUps = found;
        await leave(!waits);
        if (owner) await save(turn, found);
      });
    }
    const then =
      waits && turn.ids.owner !== null
        ? [kept.job(turn.ids.owner, job, 'kept', endedPayload(turn.job.id, followUps))]
        : [];
    await store.jobs.finish(job, lost ? 'failed' : 'done', lost?.detail ?? null, then, clock.now());
  }

  /** Whoever asked with their own dead key has been told in the answer's place. */
  async function tellOwner({ question, state, ids }: Ended): Promise<void> {
    const knows = state.problem?.kind === 'unauthorized' && userKey(whoAsks(question).ref) === ids.owner;
    if (ids.owner !== null && state.place && !knows) await kept.tell(ids.owner, state.place);
  }

  /** The same with its pictures, which no row keeps. */
  async function saveWhole(turn: Ended): Promise<Problem | null> {
    if (!(await accounts.owning(turn.ids.owner))) return OWNER_AWAY;
    const images = await rooms.picturesOf(turn.question);
    return save(turn, turn.followUps, storedFiles({ images, files: [] }));
  }

  async function saveKept(job: Job): Promise<void> {
    const turn = await endedTurn(rooms, job);
    if (!turn) return gone(job);
    const problem = await saveWhole(turn);
    if (problem && problem.retry.when !== 'never' && clock.now() < turn.job.expiresAt) {
      await store.jobs.retry(job, clock.now() + wait(problem, job.attempts, LONGEST_KEPT_WAIT_MS), problem.detail);
      return;
    }
    if (problem?.kind === 'missing') await forgetChat(turn.conversation, turn.ids.chatId);
    await store.jobs.finish(job, problem ? 'failed' : 'done', problem?.detail ?? null, [], clock.now());
  }

  async function gone(job: Job): Promise<void> {
    await store.jobs.finish(job, 'cancelled', 'the turn is gone', [], clock.now());
  }

  async function rename(job: Job): Promise<void> {
    const { problem, owner } = await rooms.naming.renameInOpenWebUI(job);
    const waits = problem === OWNER_AWAY && owner !== null;
    const again = waits ? kept.isKept(job) && clock.now() < job.expiresAt : mayStillSave(problem, job, clock.now());
    if (problem && again) {
      const longest = waits ? LONGEST_KEPT_WAIT_MS : LONGEST_WAIT_MS;
      await store.jobs.retry(job, clock.now() + wait(problem, job.attempts, longest), problem.detail);
      return;
    }
    const then = waits && !kept.isKept(job) ? [kept.job(owner, job, 'rename', job.payload)] : [];
    const failed = problem && then.length === 0;
    await store.jobs.finish(job, failed ? 'failed' : 'done', problem?.detail ?? null, then, clock.now());
  }

  /** The chat was deleted in Open WebUI: the next question begins a new one. */
  async function forgetChat(conversation: Conversation, chatId: string): Promise<void> {
    await changeConversation(store.conversations, conversation.key, null, (now) =>
      now?.chatId === chatId ? { ...now, chatId: null } : null,
    );
  }

  /** Saves what waits for the owner of a chat and belongs into this one, in order. False: some of it waits on. */
  async function saveKeptBefore({ owner, chatId }: Pick<Ids, 'chatId' | 'owner'>): Promise<boolean> {
    if (owner === null || chatId === null) return true;
    const jobs = await kept.of(owner);
    // Of an owner who is away much may wait: nothing of it needs to be looked through.
    if (jobs.length > 0 && !(await accounts.owning(owner))) return false;
    let saved = 0;
    for (const job of jobs) {
      const turn = job.kind === 'kept' ? await endedTurn(rooms, job) : null;
      if (turn?.ids.chatId !== chatId) continue;
      // Each is repeated by its own job, which then finds it done.
      if (saved >= MOST_AT_ONCE || (await saveWhole(turn))) return false;
      saved += 1;
    }
    return true;
  }

  return {
    run({ job }) {
      if (job.kind === 'rename') return rename(job);
      return job.kind === 'kept' ? saveKept(job) : afterwards(job);
    },
    async savePending(conversation, chat) {
      if (!(await saveKeptBefore(chat))) return false;
      let upToDate = true;
      for (const job of await store.jobs.pending('after', conversation)) {
        const turn = job.kind === 'after' && !wasSaved(job) ? await endedTurn(rooms, job) : null;
        const problem = turn && (await save(turn, []));
        if (problem) rooms.log.info({ turn: turn.job.id, detail: problem.detail }, 'chat not saved yet');
        if (problem === OWNER_AWAY && turn?.ids.chatId === chat.chatId) upToDate = false;
      }
      return upToDate;
    },
  };
}

function wasSaved(job: Job): boolean {
  const read = job.checkpoint === null ? null : checkpoint.safeParse(JSON.parse(job.checkpoint));
  return read?.data?.saved ?? false;
}

function mayStillSave(problem: Problem | null, job: Job, now: number): boolean {
  return problem !== null && problem.retry.when !== 'never' && now - job.acceptedAt < SAVE_FOR_MS;
}

function wait(problem: Problem, attempts: number, longest = LONGEST_WAIT_MS): number {
  if (problem.retry.when === 'after') return problem.retry.ms;
  return Math.min(longest, 1000 * 2 ** Math.min(attempts, 20));
}
