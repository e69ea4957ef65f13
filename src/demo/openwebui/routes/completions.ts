import { askFrom, fileSources } from '../ask.ts';
import type { Background, SideTasks } from '../background.ts';
import { errorText, gather } from '../collect.ts';
import { type Exchange, jsonOf, type Reply } from '../exchange.ts';
import { asList, asObject, asText, type Json } from '../json.ts';
import type { Answer, Ask } from '../model.ts';
import { since } from '../profile.ts';
import { anyObject, type Chat, type User } from '../records.ts';
import { Refusal, say } from '../refusal.ts';
import type { Route } from '../router.ts';
import { type Collected, completion, streamTo } from '../sse.ts';
import { createChat, type Entry, placeTurn, storedLine, type Turn } from '../turns.ts';
import { newId, type World } from '../world.ts';

type Streamed = Extract<Answer, { steps: unknown }>;

/** `POST /api/chat/completions` in all its modes (our reference, openwebui 3.1). */
export function completionRoutes(world: World, background: Background): Route[] {
  const run = (exchange: Exchange) => complete(world, background, exchange);
  return ['/api/chat/completions', '/api/v1/chat/completions'].map((path) => ({
    method: 'POST',
    path,
    who: 'verified',
    run,
  }));
}

async function complete(world: World, background: Background, exchange: Exchange): Promise<Reply> {
  const body = await jsonOf(exchange, anyObject);
  const { user } = exchange;
  world.modelsRead = true;
  const model = asText(body.model) ?? '';
  const known = world.model.models.find((entry) => entry.id === model);
  if (known === undefined || (known.adminOnly === true && user.role !== 'admin'))
    throw new Refusal(400, 'Model not found');

  const session = asText(body.session_id) ?? '';
  const turn = turnOf(world, body, model);
  const chat = placed(world, user, body, turn);
  const chatId = chat?.id ?? asText(body.chat_id) ?? '';
  const inBackground =
    session !== '' && chatId !== '' && (since(world.profile, '0.9') || turn.entries[0]?.messageId != null);
  if (inBackground) return startTasks(world, background, user, body, chat, chatId, turn);

  const messageId = turn.entries[0]?.messageId ?? null;
  const ask = askFrom(world, user, body, model, chat === null ? null : storedLine(chat, turn));
  const answer = world.model.answer(ask);
  // Up to 0.8 a request without a session is answered directly, whatever ids it names.
  const stored = chat !== null && messageId !== null && since(world.profile, '0.9');
  if ('status' in answer) {
    if (stored) background.fail(chat.id, messageId, user.id, answer.body);
    return refused(world, answer);
  }
  const sources = fileSources(world, body);
  const steps: Streamed =
    sources.length === 0 ? answer : { ...answer, steps: before({ frame: { sources } }, answer.steps) };
  if (stored) {
    const got = await finished(exchange, (done) => background.wait(chat.id, messageId, user.id, steps, done));
    return got === null ? 'taken' : { json: body.stream === true ? null : completion(world, model, got) };
  }
  if (body.stream === true && answer.whole !== true) {
    // Since 0.12 the server asks for counts by itself where the model can give them; all of the stand-in's can.
    const wantsUsage = asObject(body.stream_options)?.include_usage === true || since(world.profile, '0.12');
    streamTo(world, exchange.response, model, steps, wantsUsage);
    return 'taken';
  }
  const got = await finished(exchange, (done) => gather(world, steps, done));
  return got === null ? 'taken' : wholeReply(world, model, got);
}

/** The turn's place, from the fields that say so; the body is left as it is. */
function turnOf(world: World, body: Json, model: string): Turn {
  const userMessage = asObject(body.user_message) ?? asObject(body.parent_message);
  const listed = since(world.profile, '0.9') ? body.message_ids : undefined;
  const asked = asObject(listed);
  const entries: Entry[] = Array.isArray(listed)
    ? asList(listed).map((item) => ({
        model: asText(asObject(item)?.model_id) ?? model,
        messageId: asText(asObject(item)?.message_id),
        modelIdx: numberOrNull(asObject(item)?.modelIdx),
      }))
    : asked !== null
      ? Object.entries(asked).map(([id, message]) => ({ model: id, messageId: asText(message), modelIdx: null }))
      : [{ model, messageId: asText(body.id), modelIdx: null }];
  return {
    entries,
    userMessage: userMessage !== null && Object.keys(userMessage).length > 0 ? userMessage : null,
    files: Array.isArray(body.files) ? body.files : null,
    parentId: asText(body.parent_id),
    folderId: asText(body.folder_id),
  };
}

/** The stored chat with this turn in it, or null when the answer belongs to no stored chat. */
function placed(world: World, user: User, body: Json, turn: Turn): Chat | null {
  const chatId = asText(body.chat_id) ?? '';
  if (chatId === '') {
    if (!since(world.profile, '0.9') || !('parent_id' in body) || body.parent_id !== null) return null;
    if (turn.folderId !== null && world.folders.get(turn.folderId)?.user_id !== user.id)
      throw new Refusal(404, say.notFound);
    return world.chats.put(createChat(world, user, turn));
  }
  if (/^(?:local|temporary):/.test(chatId)) return null;
  const chat = world.chats.get(chatId);
  if (chat === null || chat.user_id !== user.id) {
    if (!since(world.profile, '0.9')) throw new Refusal(400, `404: ${say.wrong}`);
    throw new Refusal(404, since(world.profile, '0.12') ? say.notFound : say.wrong);
  }
  return world.chats.put(placeTurn(world, user, chat, turn));
}

function startTasks(
  world: World,
  background: Background,
  user: User,
  body: Json,
  chat: Chat | null,
  chatId: string,
  turn: Turn,
): Reply {
  const wanted = asObject(body.background_tasks);
  const ids: string[] = [];
  for (const [at, entry] of turn.entries.entries()) {
    if (entry.messageId === null) continue;
    if (chat === null) {
      // A temporary chat: the answer would go to the browser's socket only.
      ids.push(newId());
      continue;
    }
    const ask: Ask = askFrom(world, user, body, entry.model, storedLine(chat, turn));
    const side: SideTasks = {
      title: at === 0 && wanted?.title_generation === true,
      tags: at === 0 && wanted?.tags_generation === true,
      followUps: wanted?.follow_up_generation === true,
    };
    const id = background.start(chat.id, entry.messageId, user.id, ask, world.model.answer(ask), side);
    if (id !== null) ids.push(id);
  }
  if (!since(world.profile, '0.9')) return { json: { status: true, task_id: ids[0] ?? null } };
  return { json: { status: true, task_ids: ids, chat_id: chatId } };
}

/** A provider's refusal before the first byte: 0.9 and 0.10 turn each into 400, the others pass it on. */
function refused(world: World, answer: Extract<Answer, { status: number }>): Reply {
  const text = asText(answer.body);
  if (text !== null) return { text, status: answer.status };
  if (answer.status >= 400 && since(world.profile, '0.9') && !since(world.profile, '0.12')) {
    throw new Refusal(400, errorText(asObject(answer.body)?.error ?? answer.body));
  }
  return { json: answer.body, status: answer.status };
}

function wholeReply(world: World, model: string, got: Collected): Reply {
  if (got.cut && !since(world.profile, '0.9')) return { json: null };
  if (got.cut)
    return {
      json: { detail: 'Open WebUI: Server Connection Error' },
      status: since(world.profile, '0.12') ? 500 : 400,
    };
  if (got.error !== null) return refused(world, { status: 500, body: { error: got.error } });
  return { json: completion(world, model, got) };
}

/** Waits for an answer unless the client goes away first; then it is stopped, and null comes back. */
function finished(
  exchange: Exchange,
  start: (done: (got: Collected) => void) => { stop(): void },
): Promise<Collected | null> {
  return new Promise((resolve) => {
    const running = start(resolve);
    exchange.response.on('close', () => {
      running.stop();
      resolve(null);
    });
  });
}

function* before<T>(first: T, rest: Iterable<T>): Generator<T> {
  yield first;
  yield* rest;
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
