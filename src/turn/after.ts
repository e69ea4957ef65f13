import * as z from 'zod';
import type { Clock } from '../chat/clock.ts';
import { type Problem, problemOf } from '../chat/errors.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { branch } from '../openwebui/chat-tree.ts';
import { readChat } from '../openwebui/chats.ts';
import type { ChatMessage } from '../openwebui/completions.ts';
import type { OpenWebUI } from '../openwebui/connection.ts';
import { emojiFor, followUpsFor, titleFor } from '../openwebui/tasks.ts';
import type { Log } from '../ops/log.ts';
import type { Conversation, Job, Store } from '../store/port.ts';
import type { Vault } from '../store/vault.ts';
import { changeConversation } from './change-conversation.ts';
import { saveAnswer } from './chat.ts';
import { savedTurn } from './checkpoint.ts';
import { cleanTitle } from './compose.ts';
import { conversationKey } from './locate.ts';
import type { Naming } from './naming.ts';
import { decodeQuestion, type Question } from './question.ts';
import { KEPT_MS } from './runner.ts';
import type { Ids, TurnState } from './state.ts';
import { viewOf } from './view.ts';
import { withoutControls } from './without-controls.ts';

/** What follows an answer, which each can be switched off. */
export interface AfterOptions {
  readonly titles: boolean;
  readonly emoji: boolean;
  readonly followUps: boolean;
}

/** Performs the jobs of the lane `after`. */
export interface After {
  run(held: { readonly job: Job; readonly lost: AbortSignal }): Promise<void>;
  /** Saves what a conversation's earlier answers could not save yet; quietly gives up where that still fails. */
  savePending(conversation: string): Promise<void>;
}

/** Saving is tried again for so long, each time after a longer wait. */
const SAVE_FOR_MS = 86_400_000;
const LONGEST_WAIT_MS = 600_000;
const MOST_FOLLOW_UPS = 3;

const payload = z.object({ turn: z.string() });
const checkpoint = z.object({ turn: z.string(), saved: z.boolean(), followUps: z.array(z.string()) });

/** A turn that is over, with all that is known of it. */
interface Ended {
  readonly job: Job;
  readonly question: Question;
  readonly state: TurnState;
  readonly ids: Ids & { readonly chatId: string };
  readonly conversation: Conversation;
}

/**
 * First the chat is saved: a lasting intent, tried until it is done, refused for good, or a day old. Then, one at a time and
 * each at its best effort: the emoji on the first question, the title, the follow-up questions.
 */
export function createAfter(rooms: {
  store: Store;
  vault: Vault;
  server: OpenWebUI;
  delivery: Delivery;
  naming: Naming;
  options: AfterOptions;
  clock: Clock;
  log: Log;
}): After {
  const { store, server, delivery, clock, options } = rooms;

  async function ended(job: Job): Promise<Ended | null> {
    const read = payload.safeParse(JSON.parse(job.payload));
    const turn = read.success ? await store.jobs.get(read.data.turn) : null;
    const state = turn && savedTurn(turn);
    if (!turn || !state?.ids || state.ids.chatId === null || !state.place) return null;
    const question = decodeQuestion(turn.payload, rooms.vault);
    const conversation = await store.conversations.get(conversationKey(turn, question, state.place));
    return (
      conversation && { job: turn, question, state, ids: { ...state.ids, chatId: state.ids.chatId }, conversation }
    );
  }

  async function save(turn: Ended, followUps: readonly string[] = []): Promise<void> {
    // The question is in the chat already; should somebody have deleted it there, its plain text goes back in.
    await saveAnswer(server, turn.state, turn.ids, { text: turn.question.text, files: [] }, followUps);
  }

  async function afterwards(job: Job): Promise<void> {
    const turn = await ended(job);
    if (!turn) return void (await store.jobs.finish(job, 'cancelled', 'the turn is gone', [], clock.now()));
    const problem = wasSaved(job) ? null : await save(turn).then(() => null, problemOf);
    if (problem && mayStillSave(problem, job, clock.now())) {
      rooms.log.warn({ turn: turn.job.id, kind: problem.kind, detail: problem.detail }, 'chat not saved yet');
      await store.jobs.retry(job, clock.now() + wait(problem, job.attempts), problem.detail);
      return;
    }
    if (problem)
      rooms.log.error({ turn: turn.job.id, kind: problem.kind, detail: problem.detail }, 'chat could not be saved');
    if (problem?.kind === 'missing') await forgetChat(turn.conversation, turn.ids.chatId);
    const left = { turn: turn.job.id, saved: true, followUps: [] };
    await store.jobs.checkpoint(job, JSON.stringify(left));
    if (!problem && turn.state.problem === null && turn.state.text !== '')
      await step('decoration', turn, () => decorate(turn, job));
    await store.jobs.finish(job, problem ? 'failed' : 'done', problem?.detail ?? null, [], clock.now());
  }

  async function decorate(turn: Ended, job: Job): Promise<void> {
    const chat = await readChat(server, turn.ids.chatId);
    const turns = branch(chat.tree, turn.ids.answerId);
    const messages = turns.slice(-6).map((one): ChatMessage => ({ role: one.role, content: one.text }));
    const input = { model: turn.ids.model, messages, chatId: turn.ids.chatId };
    const first = turns.filter((one) => one.role === 'user').length === 1;
    if (options.emoji && first && turn.question.message && !(await wasAnswered(turn.question)))
      await step('emoji', turn, () => emoji(turn));
    if (options.titles && turn.conversation.titledBy === 'question')
      await step('title', turn, () => title(turn, job, input));
    if (options.followUps) await step('follow-ups', turn, () => followUps(turn, job, input));
  }

  /** Whether an earlier try at this question was answered, and so has had all that follows an answer. */
  async function wasAnswered({ replaces }: Question): Promise<boolean> {
    for (let id = replaces; id !== null; ) {
      const job = await store.jobs.get(id);
      const state = job && savedTurn(job);
      if (state && state.problem === null && state.text !== '') return true;
      id = job ? decodeQuestion(job.payload, rooms.vault).replaces : null;
    }
    return false;
  }

  /** A decoration that fails is logged and left out: the answer stands. */
  async function step(name: string, turn: Ended, work: () => Promise<void>): Promise<void> {
    await work().catch((error: unknown) => {
      const problem = problemOf(error);
      rooms.log.info({ turn: turn.job.id, step: name, kind: problem.kind, detail: problem.detail }, 'left out');
    });
  }

  async function emoji(turn: Ended): Promise<void> {
    const found = await emojiFor(server, {
      model: turn.ids.model,
      prompt: turn.question.text,
      chatId: turn.ids.chatId,
    });
    if (!found || !turn.question.message) return;
    const problem = await delivery.react(turn.question.message, found, true);
    if (problem) rooms.log.info({ turn: turn.job.id, kind: problem.kind, detail: problem.detail }, 'emoji not shown');
  }

  async function title(turn: Ended, lease: Job, input: Parameters<typeof titleFor>[1]): Promise<void> {
    const found = await titleFor(server, input);
    const named = found && cleanTitle(found);
    if (named) await rooms.naming.byModel(turn.conversation.key, named, lease);
  }

  async function followUps(turn: Ended, job: Job, input: Parameters<typeof followUpsFor>[1]): Promise<void> {
    const found = (await followUpsFor(server, input)).slice(0, MOST_FOLLOW_UPS);
    if (found.length === 0) return;
    await store.jobs.checkpoint(job, JSON.stringify({ turn: turn.job.id, saved: true, followUps: found }));
    await save(turn, found);
    if (!(await isNewest(turn))) return;
    const reply = delivery.reply({
      lease: job,
      job: turn.job.id,
      generation: turn.question.generation,
      place: turn.state.place ?? turn.question.place,
      via: turn.question.private ? turn.question.trigger : null,
      after: turn.question.message,
      reuse: [],
      expiresAt: clock.now() + KEPT_MS,
    });
    await reply.finish(viewOf(turn.state, { followUps: { job: job.id, questions: found } }));
    // A question that began in this very moment took the buttons off before these came.
    if (await isFollowed(turn)) await withoutControls(rooms, turn.job.id);
  }

  /** Whether the answer is the last word of its conversation, and nothing waits to follow it. */
  async function isNewest({ job, conversation }: Ended): Promise<boolean> {
    const now = await store.conversations.get(conversation.key);
    const pending = job.conversation === null ? [] : await store.jobs.pending('turn', job.conversation);
    return now?.newest === job.id && pending.length === 0;
  }

  /** Whether another answer stands below this one; one that stands in its place does not count. */
  async function isFollowed({ job, conversation }: Ended): Promise<boolean> {
    const newest = (await store.conversations.get(conversation.key))?.newest ?? null;
    const next = newest === null || newest === job.id ? null : await store.jobs.get(newest);
    return next !== null && decodeQuestion(next.payload, rooms.vault).replaces !== job.id;
  }

  /** The chat was deleted in Open WebUI: the next question begins a new one. */
  async function forgetChat(conversation: Conversation, chatId: string): Promise<void> {
    await changeConversation(store.conversations, conversation.key, null, (now) =>
      now?.chatId === chatId ? { ...now, chatId: null } : null,
    );
  }

  return {
    async run({ job }) {
      if (job.kind === 'rename') return rename(job);
      return afterwards(job);
    },
    async savePending(conversation) {
      for (const job of await store.jobs.pending('after', conversation)) {
        const turn = job.kind === 'after' && !wasSaved(job) ? await ended(job) : null;
        if (turn)
          await save(turn).catch((error: unknown) =>
            rooms.log.info({ turn: turn.job.id, detail: problemOf(error).detail }, 'chat not saved yet'),
          );
      }
    },
  };

  async function rename(job: Job): Promise<void> {
    const problem = await rooms.naming.renameInOpenWebUI(job).then(() => null, problemOf);
    if (problem && mayStillSave(problem, job, clock.now()))
      await store.jobs.retry(job, clock.now() + wait(problem, job.attempts), problem.detail);
    else await store.jobs.finish(job, problem ? 'failed' : 'done', problem?.detail ?? null, [], clock.now());
  }
}

function wasSaved(job: Job): boolean {
  const read = job.checkpoint === null ? null : checkpoint.safeParse(JSON.parse(job.checkpoint));
  return read?.data?.saved ?? false;
}

function mayStillSave(problem: Problem, job: Job, now: number): boolean {
  return problem.retry.when !== 'never' && now - job.acceptedAt < SAVE_FOR_MS;
}

function wait(problem: Problem, attempts: number): number {
  if (problem.retry.when === 'after') return problem.retry.ms;
  return Math.min(LONGEST_WAIT_MS, 1000 * 2 ** Math.min(attempts, 20));
}
