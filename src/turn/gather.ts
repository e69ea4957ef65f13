import type { Accounts, Identity } from '../accounts/accounts.ts';
import type { Adapter } from '../chat/adapter.ts';
import type { Clock } from '../chat/clock.ts';
import { Failure, problemOf } from '../chat/errors.ts';
import type { Place } from '../chat/places.ts';
import type { Turn } from '../openwebui/chat-tree.ts';
import { branch } from '../openwebui/chat-tree.ts';
import type { Question as ModelQuestion } from '../openwebui/completions.ts';
import type { Log } from '../ops/log.ts';
import type { Conversation, Job, Store } from '../store/port.ts';
import type { Vault } from '../store/vault.ts';
import type { FindModel } from './asked-model.ts';
import type { AttachmentLimits } from './attachments.ts';
import { attach } from './attachments.ts';
import { changeConversation } from './change-conversation.ts';
import { messageId, openChat, type StoredQuestion } from './chat.ts';
import { savedTurn } from './checkpoint.ts';
import { composeQuestion, reworded, titleOf } from './compose.ts';
import { attachedFiles, messagesOf, storedFiles } from './context.ts';
import { asAsker, isAway, sameAccount, whoAsks } from './credentials.ts';
import { withFileTexts } from './file-text.ts';
import { withoutForeignFiles } from './foreign-files.ts';
import { knownTurns } from './known-turns.ts';
import { conversationKey } from './locate.ts';
import { overhear } from './overhear.ts';
import { decodeQuestion, type Question } from './question.ts';
import type { Ids, TurnState } from './state.ts';
import { putInFolder, requestOf, wishedFiles } from './wished.ts';

/** All that is needed to ask the model. */
export interface Gathered {
  /** Whose account asks. */
  readonly ask: Identity;
  /** The chat is the asker's own and holds the question: only then may the model be asked through it. */
  readonly own: boolean;
  readonly question: ModelQuestion;
  readonly ids: Ids;
  /** The question as it stands in the chat, or is to stand there. */
  readonly asked: string;
  readonly notices: readonly string[];
}

/**
 * Finds out what to ask, and whose accounts ask and save: history, names, files, model, and the chat in Open WebUI. Throws a
 * `Failure` that the person is told.
 */
export type Gather = (job: Job, question: Question, state: TurnState, signal: AbortSignal) => Promise<Gathered>;

/** See {@link Gather}. */
export function createGather(rooms: {
  store: Store;
  vault: Vault;
  accounts: Pick<Accounts, 'asking' | 'owning'>;
  adapter(platform: string): Adapter;
  findModel: FindModel;
  /**
   * Saves answers of this conversation that could not be saved yet, so that the next question builds on them. False: some still
   * wait for the owner of this chat, and nothing may be put behind them yet.
   */
  savePending(conversation: string, chat: Pick<Ids, 'chatId' | 'owner'>): Promise<boolean>;
  /** The owner of the chat is to know that something waits for them. False: they cannot be told. */
  tellOwner(owner: string, place: Place): Promise<boolean>;
  limits: AttachmentLimits;
  clock: Clock;
  log: Log;
}): Gather {
  const { store, accounts, clock } = rooms;

  return async (job, question, state, signal) => {
    const ask = await asAsker(question, true, () => accounts.asking(whoAsks(question)));
    return asAsker(question, ask.owner !== null, () => gather(ask, job, question, state, signal));
  };

  async function gather(
    ask: Identity,
    job: Job,
    question: Question,
    state: TurnState,
    signal: AbortSignal,
  ): Promise<Gathered> {
    const place = state.place ?? question.place;
    const adapter = rooms.adapter(place.platform);
    const { conversation, before, old, was, chat, owner, save, isOwn } = await basis(ask, job, question, state, place);
    const [model, overheard, attachments, upToDate] = await Promise.all([
      rooms.findModel(ask, question, place),
      overhear(adapter, place, question, conversation.seen, rooms.log),
      attach(adapter, ask.server, question.files, rooms.limits, signal, !isOwn),
      rooms.savePending(conversation.key, chat),
    ]);
    const composed = composeQuestion(question, overheard.messages, conversation.chatId === null);
    const asked: StoredQuestion = {
      text: before?.asked ? reworded(before.asked, was, question) : withFileTexts(composed, attachments.texts),
      // What somebody searches in is nothing that the owner of another chat should read of.
      files: [...storedFiles(attachments), ...(isOwn ? wishedFiles(question) : [])],
    };
    const wanted: Ids = {
      chatId: chat.chatId,
      // Made of the job's own id, so that a second try after a crash finds what the first has stored.
      questionId: (was ? null : old?.questionId) ?? messageId(job.id, 'question'),
      besides: was ? old?.questionId : old?.besides,
      answerId: messageId(job.id, 'answer'),
      model: model.id,
      modelName: model.name,
      owner,
      asker: ask.owner,
    };
    signal.throwIfAborted();
    const title = await chatTitle(conversation.key, question);
    const temporary = question.wishes?.temporary ?? false;
    const opened =
      save && upToDate && !temporary ? await openFor({ ask, save }, wanted, asked, title, job.attempts > 1) : null;
    const ids: Ids = opened
      ? { ...wanted, chatId: opened.chatId, owner: opened.renewed ? ask.owner : owner }
      : { ...wanted, ...(temporary && { chatId: null }) };
    // A question that stands in the chat already was told what came before it.
    const seen = old ? null : (question.message?.id ?? overheard.messages.at(-1)?.ref.id ?? null);
    // What is temporary leaves no trace in the conversation: the next question is told what people wrote before it, too.
    if (!temporary)
      await remember(
        job,
        conversation,
        { from: wanted.chatId, renewed: opened?.renewed ?? false, ids },
        question,
        seen,
      );
    const turns = opened ? branch(opened.tree, ids.questionId) : await turnsWithoutChat(job, wanted, asked);
    const own = opened !== null && (isOwn || opened.renewed);
    const shown =
      opened && save && !own ? await withoutForeignFiles(turns, { ask, save }, rooms.log) : { turns, notices: [] };
    const notices = [...attachments.notices, ...overheard.notices, ...shown.notices];
    if (opened?.renewed) notices.push('The chat in Open WebUI was deleted, so I began a new one.');
    const folder = question.wishes?.folder ?? null;
    const unfiled =
      opened && folder !== null ? await putInFolder(own ? ask.server : null, opened.chatId, folder) : null;
    if (unfiled !== null) notices.push(unfiled);
    if (!opened && !temporary && owner !== null && !(await rooms.tellOwner(owner, place))) notices.push(KEPT);
    return {
      ask,
      own,
      ids,
      asked: asked.text,
      notices,
      question: {
        model: ids.model,
        messages: messagesOf(shown.turns),
        // A saved chat's id makes servers from 0.12 on refuse a direct question (docs/openwebui-compatibility.md).
        chatId: null,
        ...requestOf(question, model, attachedFiles(shown.turns)),
        variables: { '{{USER_NAME}}': question.asker.name, '{{USER_LANGUAGE}}': question.asker.locale ?? 'en-US' },
      },
    };
  }

  /** What a question builds on: its conversation and chat, what an earlier try or the answer it replaces has left, and whose account saves. */
  async function basis(ask: Identity, job: Job, question: Question, state: TurnState, place: Place) {
    const conversation = await store.conversations.get(conversationKey(job, question, place));
    if (!conversation) throw new Failure(lostConversation(job));
    const replaced = question.replaces === null ? null : await store.jobs.get(question.replaces);
    const before = state.ids ? state : replaced && savedTurn(replaced);
    const old = before?.ids ?? null;
    // Edited, and not begun by a try before a crash: a question of its own, beside what it was.
    const was = question.revised && !state.ids && replaced ? decodeQuestion(replaced.payload, rooms.vault) : null;
    const chat = old?.chatId ? old : conversation;
    // Who asks first gives the conversation its chat.
    const owner = chat.chatId === null ? ask.owner : chat.owner;
    const save = owner === ask.owner ? ask : await accounts.owning(owner);
    const isOwn = save !== null && sameAccount(ask, save);
    return { conversation, before, old, was, chat, owner, save, isOwn };
  }

  /** Null where the owner's account turns out to be of no use: the question is kept for later then. */
  async function openFor(
    { ask, save }: { readonly ask: Identity; readonly save: Identity },
    ids: Ids,
    asked: StoredQuestion,
    title: string,
    again: boolean,
  ): Promise<Awaited<ReturnType<typeof openChat>> | null> {
    try {
      return await openChat({ save: save.server, ask: ask.server }, ids, asked, { title, clock, again });
    } catch (error) {
      if (save === ask || !isAway(save, problemOf(error))) throw error;
      rooms.log.info({ owner: save.owner, detail: problemOf(error).detail }, 'the owner of a chat cannot save now');
      return null;
    }
  }

  /** What the chat would hold if its owner's account could be used. */
  async function turnsWithoutChat(job: Job, ids: Ids, asked: StoredQuestion): Promise<readonly Turn[]> {
    const known =
      job.conversation === null ? [] : await knownTurns({ ...rooms, jobs: store.jobs }, job.conversation, ids.chatId);
    // Of an answer that is to be replaced only the question is wanted.
    const at = known.findIndex((turn) => turn.id === (ids.besides ?? ids.questionId));
    const question = { ...asked, id: ids.questionId, role: 'user', model: null, done: true, error: null } as const;
    return [...(at < 0 ? known : known.slice(0, at)), question];
  }

  /** A person's title where there is one already: it may have been given before there was a chat. */
  async function chatTitle(key: string, question: Question): Promise<string> {
    const conversation = await store.conversations.get(key);
    const given = conversation?.titledBy === 'person' ? conversation.title : null;
    return given ?? titleOf(question.text, 100);
  }

  /** Ties the conversation to its chat, unless somebody asked for a new conversation in the meantime. */
  async function remember(
    job: Job,
    before: Conversation,
    chat: { readonly from: string | null; readonly renewed: boolean; readonly ids: Ids },
    question: Question,
    seen: string | null,
  ): Promise<void> {
    await changeConversation(store.conversations, before.key, job, (now) => {
      // A person may have named the conversation or begun a new one while files and history were fetched.
      const conversation = now ?? before;
      const ours = chat.renewed || conversation.chatId === chat.from;
      const { chatId, owner } = chat.ids;
      const names = ours && conversation.chatId !== chatId && conversation.titledBy !== 'person';
      return {
        ...conversation,
        ...(ours && { chatId, owner }),
        ...(names && { title: titleOf(question.text, 100), titledBy: 'question' }),
        seen: seen ?? conversation.seen,
        usedAt: clock.now(),
      };
    });
  }
}

/** Said where the owner of a chat cannot be told in private. */
const KEPT =
  'The account that this conversation belongs to in Open WebUI is not linked any more: this is kept, and added there once it is linked again.';

function lostConversation(job: Job) {
  return {
    kind: 'bug',
    retry: { when: 'later' },
    say: 'I lost track of this conversation. Please ask again.',
    detail: `no conversation for job ${job.id}`,
  } as const;
}
