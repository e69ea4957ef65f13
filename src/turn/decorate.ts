import type { Accounts, Identity } from '../accounts/accounts.ts';
import type { Clock } from '../chat/clock.ts';
import { problemOf } from '../chat/errors.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { branch } from '../openwebui/chat-tree.ts';
import { readChat } from '../openwebui/chats.ts';
import type { ChatMessage } from '../openwebui/completions.ts';
import { emojiFor, followUpsFor, titleFor } from '../openwebui/tasks.ts';
import type { Log } from '../ops/log.ts';
import type { Job, Store } from '../store/port.ts';
import type { Vault } from '../store/vault.ts';
import { savedTurn } from './checkpoint.ts';
import { cleanTitle } from './compose.ts';
import { sameAccount, whoAsks } from './credentials.ts';
import type { Ended } from './ended.ts';
import { knownTurns } from './known-turns.ts';
import type { Naming } from './naming.ts';
import type { Offers } from './offers.ts';
import { decodeQuestion, type Question } from './question.ts';
import { withoutControls } from './without-controls.ts';

/** What follows an answer, which each can be switched off. */
export interface AfterOptions {
  readonly titles: boolean;
  readonly emoji: boolean;
  readonly followUps: boolean;
}

/**
 * The emoji on the first question, the title, the follow-up questions: one at a time, each at its best effort. `save` is the
 * account of the chat's owner, null while it cannot be used. `found` is told the follow-ups before they are shown. Never rejects.
 */
export type Decorate = (
  turn: Ended,
  job: Job,
  save: Identity | null,
  found: (followUps: readonly string[]) => Promise<void>,
) => Promise<void>;

const MOST_FOLLOW_UPS = 3;
/** Messages of the conversation that a title or a follow-up is made of. */
const MOST_MESSAGES = 6;

/** See {@link Decorate}. The asker's account does the work, as it did for the answer: the model is one that it may use. */
export function createDecorate(rooms: {
  store: Store;
  vault: Vault;
  accounts: Pick<Accounts, 'asking'>;
  delivery: Delivery;
  naming: Naming;
  offers: Offers;
  options: AfterOptions;
  clock: Clock;
  log: Log;
}): Decorate {
  const { store, delivery, options } = rooms;

  return (turn, job, save, found) => step('decoration', turn, () => decorate(turn, job, save, found));

  async function decorate(turn: Ended, job: Job, save: Identity | null, found: Parameters<Decorate>[3]): Promise<void> {
    if (!options.emoji && !options.titles && !options.followUps) return;
    const ask = await rooms.accounts.asking(whoAsks(turn.question));
    // The link was taken away or made since: nobody else's account goes on in its place.
    if (ask.owner !== turn.ids.asker) return;
    const turns = save
      ? branch((await readChat(save.server, turn.ids.chatId)).tree, turn.ids.answerId)
      : await knownTurns({ ...rooms, jobs: store.jobs }, turn.job.conversation ?? '', turn.ids.chatId);
    const messages = turns.slice(-MOST_MESSAGES).map((one): ChatMessage => ({ role: one.role, content: one.text }));
    const chatId = save && sameAccount(ask, save) ? turn.ids.chatId : null;
    const input = { model: turn.ids.model, messages, chatId };
    const first = turns.filter((one) => one.role === 'user').length === 1;
    if (options.emoji && first && turn.question.message && !(await wasAnswered(turn.question)))
      await step('emoji', turn, () => emoji(turn, ask, chatId));
    if (options.titles && turn.conversation.titledBy === 'question')
      await step('title', turn, () => title(turn, job, ask, input));
    if (options.followUps) await step('follow-ups', turn, () => followUps(turn, job, ask, input, found));
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

  async function emoji(turn: Ended, { server }: Identity, chatId: string | null): Promise<void> {
    const found = await emojiFor(server, { model: turn.ids.model, prompt: turn.question.text, chatId });
    if (!found || !turn.question.message) return;
    const problem = await delivery.react(turn.question.message, found, true);
    if (problem) rooms.log.info({ turn: turn.job.id, kind: problem.kind, detail: problem.detail }, 'emoji not shown');
  }

  async function title(
    turn: Ended,
    lease: Job,
    { server }: Identity,
    input: Parameters<typeof titleFor>[1],
  ): Promise<void> {
    const found = await titleFor(server, input);
    const named = found && cleanTitle(found);
    if (named) await rooms.naming.byModel(turn.conversation.key, named, lease);
  }

  async function followUps(
    turn: Ended,
    job: Job,
    { server }: Identity,
    input: Parameters<typeof followUpsFor>[1],
    tell: Parameters<Decorate>[3],
  ): Promise<void> {
    const found = (await followUpsFor(server, input)).slice(0, MOST_FOLLOW_UPS);
    if (found.length === 0) return;
    await tell(found);
    if (!(await isNewest(turn))) return;
    await rooms.offers.show(turn.job.id, job);
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
}
