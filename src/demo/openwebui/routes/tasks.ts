import { askFrom } from '../ask.ts';
import type { Background } from '../background.ts';
import { ownChat } from '../chatrows.ts';
import { type Exchange, jsonOf, type Reply } from '../exchange.ts';
import { asText, type Json } from '../json.ts';
import { type TaskKind, taskKinds } from '../model.ts';
import { since } from '../profile.ts';
import { anyObject } from '../records.ts';
import { Refusal, say } from '../refusal.ts';
import type { Route } from '../router.ts';
import { completion, streamTo } from '../sse.ts';
import type { World } from '../world.ts';

/** Titles, emoji, follow-ups and their like (our reference, openwebui 4), and the running tasks of chats (3.7). */
export function taskRoutes(world: World, background: Background): Route[] {
  const who = 'verified';
  const generate = taskKinds.map(
    (kind): Route => ({
      method: 'POST',
      path: `/api/v1/tasks/${kind}/completions`,
      who,
      run: (exchange) => answerTask(world, kind, exchange),
    }),
  );
  const stop = ({ param }: Exchange): Reply => {
    const id = param('task');
    return {
      json: background.stop(id)
        ? { status: true, message: `Task ${id} successfully stopped.` }
        : { status: false, message: `Task with ID ${id} not found.` },
    };
  };
  const stopChat = ({ user, param }: Exchange): Reply => {
    const id = param('chat');
    if (ownChat(world, user, id) === null) throw new Refusal(404, say.notFound);
    const ids = background.of(id);
    for (const task of ids) background.stop(task);
    const [none, stopped] = since(world.profile, '0.12')
      ? ['No tasks found.', `Task ${ids.at(-1)} successfully stopped.`]
      : [`No tasks found for item ${id}.`, `All tasks for item ${id} stopped.`];
    const message = ids.length === 0 ? none : stopped;
    return { json: { status: true, message } };
  };

  return [
    ...generate,
    { method: 'GET', path: '/api/v1/tasks/config', who, run: () => ({ json: config(world) }) },
    { method: 'POST', path: '/api/v1/tasks/config/update', who: 'admin', run: (exchange) => update(world, exchange) },
    ...(since(world.profile, '0.12') || !since(world.profile, '0.8')
      ? []
      : [
          {
            method: 'POST',
            path: '/api/v1/tasks/active/chats',
            who,
            run: async (exchange: Exchange): Promise<Reply> => {
              const { chat_ids } = await jsonOf(exchange, anyObject);
              const ids = Array.isArray(chat_ids) ? chat_ids.filter((id) => typeof id === 'string') : [];
              return { json: { active_chat_ids: ids.filter((id) => background.of(id).length > 0) } };
            },
          } satisfies Route,
        ]),
    {
      method: 'GET',
      path: '/api/tasks',
      who: since(world.profile, '0.9') ? 'admin' : who,
      run: () => ({ json: { tasks: background.all() } }),
    },
    {
      method: 'GET',
      path: '/api/tasks/chat/:chat',
      who,
      run: ({ user, param }) => ({
        json: { task_ids: ownChat(world, user, param('chat')) === null ? [] : background.of(param('chat')) },
      }),
    },
    ...(since(world.profile, '0.9')
      ? [{ method: 'POST', path: '/api/tasks/chat/:chat/stop', who, run: stopChat } satisfies Route]
      : []),
    { method: 'POST', path: '/api/tasks/stop/:task', who: since(world.profile, '0.9') ? 'admin' : who, run: stop },
  ];
}

async function answerTask(world: World, kind: TaskKind, exchange: Exchange): Promise<Reply> {
  const body = await jsonOf(exchange, anyObject);
  const off = disabled(world, kind, body);
  if (off !== null) return { json: { detail: off.say }, status: off.status };
  const needs =
    kind === 'emoji' ? ['model', 'prompt'] : kind === 'moa' ? ['model', 'prompt', 'responses'] : ['model', 'messages'];
  const wanted = kind === 'auto' ? ['model', 'prompt'] : needs;
  if (wanted.some((key) => !(key in body))) return { text: 'Internal Server Error', status: 500 };
  const model = asText(body.model) ?? '';
  // The model table is filled by whoever reads the models first; until then no task knows any model.
  if (!world.modelsRead || !world.model.models.some((entry) => entry.id === model)) {
    throw new Refusal(404, since(world.profile, '0.9') ? "Model '' was not found" : 'Model not found');
  }
  const used = world.settings.taskModel ?? model;
  const ask = askFrom(world, exchange.user, body, used, null);
  const text = world.model.task(kind, ask);
  const got = { text, reasoning: '', sources: [], toolCalls: [], error: null, usage: null, cut: false };
  if (kind === 'moa' && body.stream === true) {
    streamTo(world, exchange.response, used, { steps: [{ text }] }, false);
    return 'taken';
  }
  return { json: completion(world, used, got) };
}

function disabled(world: World, kind: TaskKind, body: Json): { say: string; status: number } | null {
  const { settings } = world;
  if (kind === 'title' && !settings.titles) return { say: 'Title generation is disabled', status: 200 };
  if (kind === 'follow_up' && !settings.followUps) return { say: 'Follow-up generation is disabled', status: 200 };
  if (kind === 'tags' && !settings.tags) return { say: 'Tags generation is disabled', status: 200 };
  if (kind === 'auto' && !settings.autocomplete) return { say: 'Autocompletion generation is disabled', status: 400 };
  if (kind === 'queries' && body.type === 'web_search' && !settings.searchQueries) {
    return { say: 'Search query generation is disabled', status: 400 };
  }
  if (kind === 'queries' && body.type === 'retrieval' && !settings.retrievalQueries) {
    return { say: 'Query generation is disabled', status: 400 };
  }
  return null;
}

function config(world: World): Json {
  const { settings } = world;
  return {
    TASK_MODEL: '',
    TASK_MODEL_EXTERNAL: settings.taskModel ?? '',
    ...(since(world.profile, '0.12') && { TASK_MODEL_PARAMS: {} }),
    ENABLE_TITLE_GENERATION: settings.titles,
    TITLE_GENERATION_PROMPT_TEMPLATE: '',
    IMAGE_PROMPT_GENERATION_PROMPT_TEMPLATE: '',
    ENABLE_AUTOCOMPLETE_GENERATION: settings.autocomplete,
    AUTOCOMPLETE_GENERATION_INPUT_MAX_LENGTH: -1,
    AUTOCOMPLETE_GENERATION_PROMPT_TEMPLATE: '',
    TAGS_GENERATION_PROMPT_TEMPLATE: '',
    FOLLOW_UP_GENERATION_PROMPT_TEMPLATE: '',
    ENABLE_FOLLOW_UP_GENERATION: settings.followUps,
    ENABLE_TAGS_GENERATION: settings.tags,
    ENABLE_SEARCH_QUERY_GENERATION: settings.searchQueries,
    ENABLE_RETRIEVAL_QUERY_GENERATION: settings.retrievalQueries,
    QUERY_GENERATION_PROMPT_TEMPLATE: '',
    TOOLS_FUNCTION_CALLING_PROMPT_TEMPLATE: '',
    ENABLE_VOICE_MODE_PROMPT: true,
    VOICE_MODE_PROMPT_TEMPLATE: '',
  };
}

async function update(world: World, exchange: Exchange): Promise<Reply> {
  const body = await jsonOf(exchange, anyObject);
  const { settings } = world;
  const flag = (key: string, now: boolean) => (typeof body[key] === 'boolean' ? body[key] : now);
  settings.titles = flag('ENABLE_TITLE_GENERATION', settings.titles);
  settings.autocomplete = flag('ENABLE_AUTOCOMPLETE_GENERATION', settings.autocomplete);
  settings.followUps = flag('ENABLE_FOLLOW_UP_GENERATION', settings.followUps);
  settings.tags = flag('ENABLE_TAGS_GENERATION', settings.tags);
  settings.searchQueries = flag('ENABLE_SEARCH_QUERY_GENERATION', settings.searchQueries);
  settings.retrievalQueries = flag('ENABLE_RETRIEVAL_QUERY_GENERATION', settings.retrievalQueries);
  return { json: config(world) };
}
