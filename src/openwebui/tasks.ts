import * as z from 'zod';
import { Failure } from '../chat/errors.ts';
import type { ChatMessage } from './completions.ts';
import type { OpenWebUI } from './connection.ts';
import { listModels } from './models.ts';
import { type Call, json, segment } from './request.ts';
import { emojiIn, listIn, type TaskText, taskText, textIn, titleIn } from './task-answer.ts';

/** What a task works on. `model` is the chat's; the server puts its task model in place of it. */
export interface TaskInput {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly chatId?: string | null | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The same for tasks that work on one text. */
export interface PromptInput {
  readonly model: string;
  readonly prompt: string;
  readonly chatId?: string | null | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Which tasks the server does, and what with. What it does not tell counts as switched on. */
export interface TaskConfig {
  readonly titles: boolean;
  readonly tags: boolean;
  readonly followUps: boolean;
  readonly searchQueries: boolean;
  readonly autocomplete: boolean;
  /** The model for tasks, by where the chat's own model runs; null is the chat's own. */
  readonly localModel: string | null;
  readonly externalModel: string | null;
}

/** Tasks wait for a model, which may have to be loaded first. */
const timeoutMs = 90_000;

/** A title for the conversation; null when titles are switched off or the model gave none. */
export async function titleFor(server: OpenWebUI, input: TaskInput): Promise<string | null> {
  const answer = await run(server, 'title', input, conversation(input));
  return answer && titleIn(answer);
}

/** One emoji that fits the text; null when the model gave none. */
export async function emojiFor(server: OpenWebUI, input: PromptInput): Promise<string | null> {
  const answer = await run(server, 'emoji', input, { prompt: input.prompt });
  return answer && emojiIn(answer);
}

/** Up to five things to say next, in the person's voice. Empty when switched off or none came. */
export async function followUpsFor(server: OpenWebUI, input: TaskInput): Promise<readonly string[]> {
  const answer = await run(server, 'follow_up', input, conversation(input));
  return answer === null ? [] : listIn(answer, 'follow_ups', 5);
}

/** Up to five tags for the conversation. Empty when switched off or none came. */
export async function tagsFor(server: OpenWebUI, input: TaskInput): Promise<readonly string[]> {
  const answer = await run(server, 'tags', input, conversation(input));
  return answer === null ? [] : listIn(answer, 'tags', 5);
}

/** Words to search with for the conversation's last question, up to five. Empty when switched off or nothing needs a search. */
export async function queriesFor(
  server: OpenWebUI,
  input: TaskInput & { readonly type: 'web_search' | 'retrieval' },
): Promise<readonly string[]> {
  const answer = await run(server, 'queries', input, { ...conversation(input), type: input.type });
  if (answer === null) return [];
  const queries = listIn(answer, 'queries', 5);
  const whole = textIn(answer, 'queries');
  return queries.length > 0 || whole === null ? queries : [whole];
}

/** How the text may go on; null when switched off, when the text is too long for it, or when none came. */
export async function autocomplete(
  server: OpenWebUI,
  input: PromptInput & { readonly type: 'general' | 'search query' },
): Promise<string | null> {
  const answer = await run(server, 'auto', input, { prompt: input.prompt, messages: [], type: input.type });
  return answer && textIn(answer, 'text');
}

/** A description for an image model, made from the conversation; null when none came. */
export async function imagePromptFor(server: OpenWebUI, input: TaskInput): Promise<string | null> {
  const answer = await run(server, 'image_prompt', input, conversation(input));
  return answer && textIn(answer, 'prompt');
}

/** One answer made from the answers of several models, by exactly `model`; null when none came. */
export async function combine(
  server: OpenWebUI,
  input: PromptInput & { readonly responses: readonly string[] },
): Promise<string | null> {
  const { prompt, responses } = input;
  const answer = await run(server, 'moa', input, { prompt, responses, stream: false });
  return answer === null || answer.said === '' ? null : answer.said;
}

const on = z.boolean().catch(true);
const model = z.string().min(1).nullish().catch(null);
const configAnswer = z
  .looseObject({
    ENABLE_TITLE_GENERATION: on,
    ENABLE_TAGS_GENERATION: on,
    ENABLE_FOLLOW_UP_GENERATION: on,
    ENABLE_SEARCH_QUERY_GENERATION: on,
    ENABLE_AUTOCOMPLETE_GENERATION: on,
    TASK_MODEL: model,
    TASK_MODEL_EXTERNAL: model,
  })
  .transform(
    (told): TaskConfig => ({
      titles: told.ENABLE_TITLE_GENERATION,
      tags: told.ENABLE_TAGS_GENERATION,
      followUps: told.ENABLE_FOLLOW_UP_GENERATION,
      searchQueries: told.ENABLE_SEARCH_QUERY_GENERATION,
      autocomplete: told.ENABLE_AUTOCOMPLETE_GENERATION,
      localModel: told.TASK_MODEL ?? null,
      externalModel: told.TASK_MODEL_EXTERNAL ?? null,
    }),
  );

/** The server's settings for tasks. */
export async function taskConfig(server: OpenWebUI): Promise<TaskConfig> {
  return await json(server, { method: 'GET', path: '/api/v1/tasks/config', about: 'server' }, configAnswer);
}

/** What runs in a chat in the background; empty for a chat that is not there or not this person's. */
export async function backgroundTasks(server: OpenWebUI, chatId: string): Promise<readonly string[]> {
  const shape = z.looseObject({ task_ids: z.array(z.string()) });
  const path = `/api/tasks/chat/${segment(chatId)}`;
  return (await json(server, { method: 'GET', path, about: 'chat' }, shape)).task_ids;
}

function conversation(input: TaskInput): object {
  return { messages: input.messages };
}

type Task = 'title' | 'emoji' | 'follow_up' | 'tags' | 'queries' | 'auto' | 'image_prompt' | 'moa';

/**
 * The model's words, or null when the task is switched off. After a restart the server knows no model until somebody has read
 * the list (our reference, openwebui 4): then it is read once and the task asked again.
 */
async function run(
  server: OpenWebUI,
  task: Task,
  input: Pick<TaskInput, 'model' | 'chatId' | 'signal'>,
  body: object,
): Promise<TaskText | null> {
  const call: Call = {
    method: 'POST',
    path: `/api/v1/tasks/${task}/completions`,
    about: 'task',
    body: { model: input.model, ...body, ...(input.chatId && { chat_id: input.chatId }) },
    signal: input.signal,
    timeoutMs,
  };
  const ask = async (): Promise<TaskText | null> => taskText(await json(server, call, z.unknown()));
  try {
    return await ask();
  } catch (error) {
    const { kind, detail } = error instanceof Failure ? error.problem : { kind: null, detail: '' };
    if (/generation is disabled|exceeds maximum length/i.test(detail)) return null;
    if (kind !== 'missing') throw error;
    await listModels(server);
    return await ask();
  }
}
