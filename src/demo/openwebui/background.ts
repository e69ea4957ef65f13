import { errorText, type Gathering, gather } from './collect.ts';
import { branch, outputText, upserting } from './history.ts';
import { asObject, asText, type Json } from './json.ts';
import type { Answer, Ask } from './model.ts';
import { since } from './profile.ts';
import type { Collected } from './sse.ts';
import { newId, seconds, type World } from './world.ts';

/** Which side tasks a request asks for, once its answer is stored. */
export interface SideTasks {
  readonly title: boolean;
  readonly tags: boolean;
  readonly followUps: boolean;
}

interface Running {
  readonly id: string;
  readonly chatId: string;
  readonly userId: string;
  readonly messageId: string;
  /** Null once the answer is stored and only side tasks are left. */
  gathering: Gathering | null;
  cancelSide: (() => void) | null;
}

/** At most this many answers at once; more are refused. */
const limit = 2000;

/** Answers being made inside the server, which outlive the request that asked for them (our reference, openwebui 3.7). */
export class Background {
  readonly #world: World;
  readonly #running = new Map<string, Running>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Starts an answer and stores it when it is done. Returns the task's id, or null when too many run. */
  start(chatId: string, messageId: string, userId: string, ask: Ask, answer: Answer, side: SideTasks): string | null {
    if (this.#running.size >= limit) return null;
    const task: Running = { id: newId(), chatId, userId, messageId, gathering: null, cancelSide: null };
    this.#running.set(task.id, task);
    if ('status' in answer) {
      this.#store(task, storedRefusal(this.#world, answer.body));
      this.#over(task);
      return task.id;
    }
    if (since(this.#world.profile, '0.12')) this.#store(task, { meta: { task_id: task.id } });
    task.gathering = gather(this.#world, answer, (got) => {
      task.gathering = null;
      this.#store(task, storedAnswer(this.#world, got, false));
      this.#world.watch({ kind: 'task-ended', chatId, messageId });
      // The list of tasks stays until title, tags and follow-ups are there too.
      task.cancelSide = this.#world.wheel.after(20, () => {
        this.#side(task, ask, side);
        this.#over(task);
      });
    });
    return task.id;
  }

  /** Waits for one answer and stores it, for the mode without a session. Stopping it drops it. */
  wait(
    chatId: string,
    messageId: string,
    userId: string,
    answer: Extract<Answer, { steps: unknown }>,
    done: (got: Collected) => void,
  ) {
    const task: Running = { id: newId(), chatId, userId, messageId, gathering: null, cancelSide: null };
    return gather(this.#world, answer, (got) => {
      this.#store(task, storedAnswer(this.#world, got, false));
      done(got);
    });
  }

  /** Stores a refusal as the message's error, as the server does for answers that fail before the first byte. */
  fail(chatId: string, messageId: string, userId: string, body: unknown): void {
    const task: Running = { id: newId(), chatId, userId, messageId, gathering: null, cancelSide: null };
    this.#store(task, storedRefusal(this.#world, body));
  }

  /** Ids of what runs in a chat. */
  of(chatId: string): string[] {
    return [...this.#running.values()].filter((task) => task.chatId === chatId).map((task) => task.id);
  }

  /** Ids of everything that runs. */
  all(): string[] {
    return [...this.#running.keys()];
  }

  /** What is already there of the unfinished answers of a chat, by message id. */
  partial(chatId: string): Map<string, Json> {
    const found = new Map<string, Json>();
    for (const task of this.#running.values()) {
      if (task.chatId !== chatId || task.gathering === null) continue;
      const output = outputOf(task.gathering.so(), 'in_progress');
      found.set(task.messageId, { content: outputText(output), output, done: false });
    }
    return found;
  }

  /** Stops one task; what it had is stored. False when there is none of that id. */
  stop(id: string): boolean {
    const task = this.#running.get(id);
    if (task === undefined) return false;
    const so = task.gathering?.so();
    task.gathering?.stop();
    task.cancelSide?.();
    if (so !== undefined) this.#store(task, storedAnswer(this.#world, so, true));
    this.#over(task);
    return true;
  }

  /** Stops everything and stores nothing more. */
  close(): void {
    for (const task of this.#running.values()) {
      task.gathering?.stop();
      task.cancelSide?.();
    }
    this.#running.clear();
  }

  #over(task: Running): void {
    this.#running.delete(task.id);
  }

  #store(task: Running, changes: Json): void {
    const chat = this.#world.chats.get(task.chatId);
    if (chat === null) return;
    const upsert = upserting(this.#world.profile);
    const history = upsert(asObject(chat.chat.history) ?? {}, task.messageId, changes);
    this.#world.chats.put({ ...chat, updated_at: seconds(this.#world), chat: { ...chat.chat, history } });
  }

  #side(task: Running, ask: Ask, side: SideTasks): void {
    const { model, settings, chats } = this.#world;
    const chat = chats.get(task.chatId);
    if (chat === null) return;
    const line = branch(asObject(chat.chat.history) ?? {}, task.messageId);
    if (side.followUps && settings.followUps) {
      const followUps = parse(model.task('follow_up', ask))?.follow_ups;
      if (Array.isArray(followUps)) this.#store(task, { followUps });
    }
    const fresh = chats.get(task.chatId);
    if (fresh === null || line.length > 2) return;
    const title = side.title && settings.titles ? asText(parse(model.task('title', ask))?.title) : null;
    const found = side.tags && settings.tags ? parse(model.task('tags', ask))?.tags : null;
    const tags = Array.isArray(found) ? found.filter((tag) => typeof tag === 'string') : [];
    for (const name of tags) {
      const id = tagId(name);
      this.#world.tags.put({ id, name, user_id: fresh.user_id, meta: null });
    }
    chats.put({
      ...fresh,
      ...(title !== null && { title, chat: { ...fresh.chat, title } }),
      tags: [...new Set([...fresh.tags, ...tags.map(tagId)])],
    });
  }
}

/** The id under which a tag's name is kept. */
export function tagId(name: string): string {
  return name.replaceAll(' ', '_').toLowerCase();
}

function parse(text: string): Json | null {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return null;
  }
}

/** The stored form of a provider's refusal: up to 0.8 its error object, up to 0.10 without finishing the message. */
function storedRefusal(world: World, body: unknown): Json {
  const error = asObject(body)?.error ?? body;
  if (!since(world.profile, '0.9')) return { error: { content: error } };
  return { error: { content: errorText(error) }, ...(since(world.profile, '0.11') && { done: true }) };
}

/** The stored form of an answer: `content`, `output` or both, by release (trap 3 of our reference; only 0.10 leaves `content` empty). */
function storedAnswer(world: World, got: Collected, stopped: boolean): Json {
  const status = stopped ? (since(world.profile, '0.11') ? 'incomplete' : 'in_progress') : 'completed';
  const error = got.error ?? (got.cut ? 'Open WebUI: Server Connection Error' : null);
  const base: Json = {
    done: true,
    ...(got.sources.length > 0 && { sources: got.sources }),
    ...(got.usage !== null && !stopped && { usage: withOtherNames(got.usage) }),
    ...(error !== null && { error: { content: errorText(error) } }),
  };
  const output = outputOf(got, status);
  if (!since(world.profile, '0.10')) return { ...base, output, content: withDetails(got) };
  return { ...base, output, content: since(world.profile, '0.11') ? outputText(output) : '' };
}

function outputOf(got: Collected, status: string): Json[] {
  const items: Json[] = [];
  if (got.reasoning !== '') {
    items.push({
      type: 'reasoning',
      id: 'r_1',
      status,
      start_tag: '<think>',
      end_tag: '</think>',
      content: [{ type: 'output_text', text: got.reasoning }],
      summary: null,
      duration: 1,
    });
  }
  // The stand-in has no tools: whatever a script says after a call is taken to be said once the tool has answered.
  for (const [index, call] of got.toolCalls.entries()) {
    const call_id = asText(asObject(call)?.id) ?? `call_${index}`;
    const { name, arguments: written } = asObject(asObject(call)?.function) ?? {};
    items.push({ type: 'function_call', id: call_id, call_id, name, arguments: written, status: 'completed' });
    if (got.text === '') continue;
    items.push({ type: 'function_call_output', call_id, output: [{ type: 'input_text', text: 'done' }], status });
  }
  if (got.text !== '' || (got.reasoning === '' && got.toolCalls.length === 0)) {
    items.push({
      type: 'message',
      id: 'msg_1',
      status,
      role: 'assistant',
      content: [{ type: 'output_text', text: got.text }],
    });
  }
  return items;
}

/** The server keeps counts under both families of names. */
function withOtherNames(usage: Json): Json {
  return { ...usage, input_tokens: usage.prompt_tokens, output_tokens: usage.completion_tokens };
}

function withDetails(got: Collected): string {
  if (got.reasoning === '') return got.text;
  const quoted = got.reasoning
    .split('\n')
    .map((line) => `&gt; ${line}`)
    .join('\n');
  return `<details type="reasoning" done="true" duration="1">\n<summary>Thought for 1 seconds</summary>\n${quoted}\n</details>\n${got.text}`;
}
