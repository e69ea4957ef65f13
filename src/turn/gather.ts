import type { Adapter } from '../chat/adapter.ts';
import type { Clock } from '../chat/clock.ts';
import { Failure, problemOf } from '../chat/errors.ts';
import type { Message } from '../chat/messages.ts';
import type { Place } from '../chat/places.ts';
import type { Turn } from '../openwebui/chat-tree.ts';
import { branch } from '../openwebui/chat-tree.ts';
import type { AttachedFile, ChatMessage, ContentPart, Question as ModelQuestion } from '../openwebui/completions.ts';
import type { OpenWebUI } from '../openwebui/connection.ts';
import type { Model } from '../openwebui/models.ts';
import type { Log } from '../ops/log.ts';
import type { Conversation, Job, Store } from '../store/port.ts';
import type { AttachmentLimits, Attachments } from './attachments.ts';
import { attach } from './attachments.ts';
import { changeConversation } from './change-conversation.ts';
import { messageId, openChat } from './chat.ts';
import { savedTurn } from './checkpoint.ts';
import { composeQuestion, recentTurns, titleOf } from './compose.ts';
import { conversationKey } from './locate.ts';
import type { ChooseModel } from './model-choice.ts';
import type { Question } from './question.ts';
import type { Ids, TurnState } from './state.ts';

/** All that is needed to ask the model. */
export interface Gathered {
  readonly server: OpenWebUI;
  readonly question: ModelQuestion;
  readonly ids: Ids;
  readonly notices: readonly string[];
}

/** Finds out what to ask: history, names, files, model, and the chat in Open WebUI. Throws a `Failure` that the person is told. */
export type Gather = (job: Job, question: Question, state: TurnState, signal: AbortSignal) => Promise<Gathered>;

/** What of a model matters for asking it. */
type AskedModel = Pick<Model, 'id' | 'name' | 'toolIds' | 'knowledge'>;

/** Messages of people that are read before a question. */
const OVERHEARD = 50;
/** Pictures of earlier turns that are shown again. */
const EARLIER_IMAGES = 4;

/** See {@link Gather}. */
export function createGather(rooms: {
  store: Store;
  server: OpenWebUI;
  adapter(platform: string): Adapter;
  chooseModel: ChooseModel;
  /** From memory; may be empty or a little old. */
  models(): readonly Model[];
  freshModels(): Promise<readonly Model[]>;
  /** Saves answers of this conversation that could not be saved yet, so that the next question builds on them. */
  savePending(conversation: string): Promise<void>;
  limits: AttachmentLimits;
  clock: Clock;
  log: Log;
}): Gather {
  const { store, server, clock } = rooms;

  return async (job, question, state, signal) => {
    const place = state.place ?? question.place;
    const adapter = rooms.adapter(place.platform);
    const conversation = await store.conversations.get(conversationKey(job, question, place));
    if (!conversation) throw new Failure(lostConversation(job));
    const replaced = question.replaces === null ? null : await store.jobs.get(question.replaces);
    const old = state.ids ?? (replaced && savedTurn(replaced)?.ids) ?? null;
    const [model, overheard, attachments] = await Promise.all([
      chooseModel(question, place),
      overhear(adapter, place, question, conversation),
      attach(adapter, server, question.files, rooms.limits, signal),
      rooms.savePending(conversation.key),
    ]);
    const first = conversation.chatId === null;
    const text = composeQuestion(question, overheard.messages, first);
    const wanted: Ids = {
      chatId: old?.chatId ?? conversation.chatId,
      // Made of the job's own id, so that a second try after a crash finds what the first has stored.
      questionId: old?.questionId ?? messageId(job.id, 'question'),
      answerId: messageId(job.id, 'answer'),
      model: model.id,
      modelName: model.name,
    };
    signal.throwIfAborted();
    const opened = await openChat(
      server,
      wanted,
      { text, files: storedFiles(attachments) },
      { title: await chatTitle(conversation.key, question), clock },
    );
    const ids = { ...wanted, chatId: opened.chatId };
    // A question that stands in the chat already was told what came before it.
    const seen = old ? null : (question.message?.id ?? overheard.messages.at(-1)?.ref.id ?? null);
    await remember(job, conversation, { from: wanted.chatId, ...opened }, question, seen);
    const turns = branch(opened.tree, ids.questionId);
    const notices = [...attachments.notices, ...overheard.notices];
    if (opened.renewed) notices.push('The chat in Open WebUI was deleted, so I began a new one.');
    return {
      server,
      ids,
      notices,
      question: {
        model: ids.model,
        messages: messagesOf(turns),
        // A saved chat's id makes servers from 0.12 on refuse a direct question (docs/openwebui-compatibility.md).
        chatId: null,
        files: attachedFiles(turns),
        // In direct mode the server uses a model's own tools only when they are named, and tools and knowledge only in the
        // old way of calling (docs/openwebui-compatibility.md).
        toolIds: model.toolIds,
        functionCalling: model.toolIds.length > 0 || model.knowledge ? 'legacy' : null,
        variables: { '{{USER_NAME}}': question.asker.name, '{{USER_LANGUAGE}}': question.asker.locale ?? 'en-US' },
      },
    };
  };

  async function chooseModel(question: Question, place: Place): Promise<AskedModel> {
    const chosen = question.model ?? (await rooms.chooseModel(question.asker.ref, place))?.id ?? null;
    const pick = (models: readonly Model[]) =>
      chosen === null ? models.find((one) => !one.hidden) : models.find((one) => one.id === chosen);
    // The server may take seconds to list its models: what is known from before does, as long as the model is in it.
    const known = pick(rooms.models());
    if (known) return known;
    try {
      const model = pick(await rooms.freshModels());
      if (!model && chosen === null) throw new Failure(NO_MODELS);
      return model ?? { id: chosen ?? '', name: chosen ?? '', toolIds: [], knowledge: false };
    } catch (error) {
      // A list that cannot be had is no reason not to ask the model that was chosen.
      if (chosen === null) throw error;
      return { id: chosen, name: chosen, toolIds: [], knowledge: false };
    }
  }

  /** A person's title where there is one already: it may have been given before there was a chat. */
  async function chatTitle(key: string, question: Question): Promise<string> {
    const conversation = await store.conversations.get(key);
    const given = conversation?.titledBy === 'person' ? conversation.title : null;
    return given ?? titleOf(question.text, 100);
  }

  async function overhear(
    adapter: Adapter,
    place: Place,
    question: Question,
    conversation: Conversation,
  ): Promise<{ messages: readonly Message[]; notices: readonly string[] }> {
    const fresh = question.message !== null && question.place.thread === null && place.thread !== null;
    if (fresh || question.private || place.kind === 'direct') return { messages: [], notices: [] };
    const seen = conversation.seen === null ? null : { place, id: conversation.seen };
    try {
      const around = seen ? { before: null, after: seen } : { before: question.message, after: null };
      const messages = await adapter.history(place, around, OVERHEARD);
      return {
        messages: messages.filter(
          (message) => !message.ours && message.ref.id !== question.message?.id && message.at <= question.at,
        ),
        notices: [],
      };
    } catch (error) {
      const problem = problemOf(error);
      rooms.log.warn({ kind: problem.kind, detail: problem.detail }, 'history could not be read');
      return { messages: [], notices: ['I could not read the earlier messages here, so I only know your question.'] };
    }
  }

  /** Ties the conversation to its chat, unless somebody asked for a new conversation in the meantime. */
  async function remember(
    job: Job,
    before: Conversation,
    chat: { readonly from: string | null; readonly chatId: string; readonly renewed: boolean },
    question: Question,
    seen: string | null,
  ): Promise<void> {
    await changeConversation(store.conversations, before.key, job, (now) => {
      // A person may have named the conversation or begun a new one while files and history were fetched.
      const conversation = now ?? before;
      const ours = chat.renewed || conversation.chatId === chat.from;
      const names = ours && conversation.chatId !== chat.chatId && conversation.titledBy !== 'person';
      return {
        ...conversation,
        ...(ours && { chatId: chat.chatId }),
        ...(names && { title: titleOf(question.text, 100), titledBy: 'question' }),
        seen: seen ?? conversation.seen,
        usedAt: clock.now(),
      };
    });
  }
}

function storedFiles(attachments: Attachments): Readonly<Record<string, unknown>>[] {
  return [
    ...attachments.images.map(({ name, url }) => ({ type: 'image', name, url })),
    ...attachments.files.map(({ id, name, size }) => ({ type: 'file', id, name, url: id, size, status: 'uploaded' })),
  ];
}

/** The branch as the model reads it; pictures only of the newest few turns that have any. */
function messagesOf(turns: readonly Turn[]): ChatMessage[] {
  const kept = recentTurns(turns.filter((turn) => turn.role === 'user' || turn.text !== ''));
  let images = EARLIER_IMAGES;
  const messages: ChatMessage[] = [];
  for (const turn of kept.toReversed()) {
    const urls =
      turn.role === 'user'
        ? turn.files.flatMap((file) => (file.type === 'image' && typeof file.url === 'string' ? [file.url] : []))
        : [];
    const newest = turn === kept.at(-1);
    const shown = newest ? urls : urls.slice(0, Math.max(0, images));
    images -= shown.length;
    const parts: ContentPart[] = shown.map((url) => ({ type: 'image_url', image_url: { url } }));
    messages.push({
      role: turn.role,
      content: parts.length === 0 ? turn.text : [{ type: 'text', text: turn.text }, ...parts],
    });
  }
  return messages.reverse();
}

function attachedFiles(turns: readonly Turn[]): AttachedFile[] {
  const files = turns.flatMap((turn) => turn.files);
  return files.flatMap((file): AttachedFile[] =>
    file.type === 'file' && typeof file.id === 'string' ? [{ type: 'file', id: file.id }] : [],
  );
}

const NO_MODELS = {
  kind: 'missing',
  retry: { when: 'later' },
  say: 'Open WebUI shows me no model to ask. Whoever runs it can give this account access to one.',
  detail: 'the list of models is empty',
} as const;

function lostConversation(job: Job) {
  return {
    kind: 'bug',
    retry: { when: 'later' },
    say: 'I lost track of this conversation. Please ask again.',
    detail: `no conversation for job ${job.id}`,
  } as const;
}
