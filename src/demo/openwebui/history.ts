import { asList, asObject, asText, asTexts, type Json } from './json.ts';
import { type Profile, since } from './profile.ts';

/**
 * A chat's tree of messages and the rules by which each release changes it. All functions are pure: they return a new history
 * and leave what they were given as it was. Rules: our reference, openwebui 3.6, and docs/openwebui-compatibility.md.
 */

/** The messages of a history by id; what is not an object is left out. */
export function messagesOf(history: Json): Record<string, Json> {
  const messages: Record<string, Json> = {};
  for (const [id, value] of Object.entries(asObject(history.messages) ?? {})) {
    const message = asObject(value);
    if (message !== null) messages[id] = message;
  }
  return messages;
}

/** The messages from the root to this one (or to `currentId`), oldest first. */
export function branch(history: Json, leaf: string | null = asText(history.currentId)): Json[] {
  const messages = messagesOf(history);
  const line: Json[] = [];
  const seen = new Set<string>();
  for (let id = leaf; id !== null && !seen.has(id); ) {
    seen.add(id);
    const message: Json | undefined = messages[id];
    if (message === undefined) break;
    line.unshift(message);
    id = asText(message.parentId);
  }
  return line;
}

/** The text a person sees: of the output's message items, else the content without folded details. */
export function textOf(message: Json): string {
  const fromOutput = outputText(message.output);
  if (fromOutput !== '') return fromOutput;
  return (asText(message.content) ?? '').replace(/<details\b[\s\S]*?<\/details>\s*/g, '').trim();
}

/** The text of the `message` items of an `output[]`, joined by a newline. */
export function outputText(output: unknown): string {
  return asList(output)
    .map(asObject)
    .filter((item) => item?.type === 'message')
    .map((item) =>
      asList(item?.content)
        .map((part) => asText(asObject(part)?.text) ?? '')
        .join(''),
    )
    .filter((text) => text.trim() !== '')
    .join('\n');
}

/** What `POST /api/v1/chats/{id}` makes of a stored chat and what was sent. */
export function mergeChat(profile: Profile, stored: Json, sent: Json): Json {
  const merged = { ...stored, ...sent };
  if (!('history' in sent) || !since(profile, '0.10')) return merged;
  const before = asObject(stored.history) ?? {};
  const incoming = asObject(sent.history) ?? {};
  const history = mergeHistory(before, incoming);
  if (!since(profile, '0.12')) return { ...merged, history };
  // Since 0.12 an answer that is not finished, before or after, can only be changed by the server itself.
  const messages = messagesOf(history);
  for (const [id, message] of Object.entries(messagesOf(before))) {
    if (message.role !== 'assistant') continue;
    if (message.done === false || messages[id]?.done === false) messages[id] = message;
  }
  return { ...merged, history: mergeHistory({ ...history, messages }, {}) };
}

/** Since 0.10: messages by id, each replaced whole; `childrenIds` made anew from the parents; `currentId` only if it exists. */
function mergeHistory(before: Json, incoming: Json): Json {
  const messages: Record<string, Json> = {};
  for (const [id, message] of Object.entries({ ...messagesOf(before), ...messagesOf(incoming) })) {
    messages[id] = { ...message, childrenIds: [] };
  }
  for (const [id, message] of Object.entries(messages)) {
    const parent = messages[asText(message.parentId) ?? ''];
    if (parent !== undefined) parent.childrenIds = [...asTexts(parent.childrenIds), id];
  }
  const current = [incoming.currentId, before.currentId].map(asText).find((id) => id !== null && id in messages);
  return { ...before, ...incoming, messages, currentId: current ?? null };
}

/** Changes one message's keys, or adds the message and moves `currentId` to it. The parent learns of its child. */
export function upsert(history: Json, id: string, message: Json): Json {
  const messages = { ...messagesOf(history) };
  const existing = messages[id];
  let current = history.currentId;
  if (existing !== undefined) {
    messages[id] = { ...existing, ...message };
  } else {
    const adopter = Object.entries(messages).find(([, other]) => asTexts(other.childrenIds).includes(id))?.[0];
    const parentId = asText(message.parentId) ?? adopter ?? null;
    const parentRole = messages[parentId ?? '']?.role;
    messages[id] = {
      ...message,
      id,
      parentId,
      childrenIds: asTexts(message.childrenIds),
      role: asText(message.role) ?? (parentRole === 'assistant' ? 'user' : 'assistant'),
    };
    current = id;
  }
  const parentId = asText(messages[id]?.parentId);
  const parent = parentId === null ? undefined : messages[parentId];
  if (parentId !== null && parent !== undefined && !asTexts(parent.childrenIds).includes(id)) {
    messages[parentId] = { ...parent, childrenIds: [...asTexts(parent.childrenIds), id] };
  }
  return { ...history, messages, currentId: current ?? null };
}

/** Up to 0.8: the keys as they are, without id, role or parent's knowledge; `currentId` moves there every time. */
export function upsertRaw(history: Json, id: string, message: Json): Json {
  const messages = messagesOf(history);
  return { ...history, messages: { ...messages, [id]: { ...messages[id], ...message } }, currentId: id };
}

/** How this release changes one message. */
export function upserting(profile: Profile): (history: Json, id: string, message: Json) => Json {
  return since(profile, '0.9') ? upsert : upsertRaw;
}

/** Takes a message and its children away; grandchildren hang under its parent; `currentId` moves to the newest leaf there. */
export function remove(history: Json, id: string): Json {
  const messages = { ...messagesOf(history) };
  const message = messages[id];
  if (message === undefined) return history;
  const parentId = asText(message.parentId);
  const children = asTexts(message.childrenIds).filter((child) => child in messages);
  const orphans = children
    .flatMap((child) => asTexts(messages[child]?.childrenIds))
    .filter((child) => child in messages);
  const parent = parentId === null ? undefined : messages[parentId];
  if (parentId !== null && parent !== undefined) {
    const kept = asTexts(parent.childrenIds).filter((child) => child !== id);
    messages[parentId] = { ...parent, childrenIds: [...kept, ...orphans] };
  }
  for (const orphan of orphans) messages[orphan] = { ...messages[orphan], parentId };
  for (const gone of [id, ...children]) delete messages[gone];
  return { ...history, messages, currentId: newestLeaf(messages, parentId) };
}

function newestLeaf(messages: Record<string, Json>, from: string | null): string | null {
  const seen = new Set<string>();
  const roots = Object.keys(messages).filter((id) => asText(messages[id]?.parentId) === null);
  let here = from !== null && from in messages ? from : (roots.at(-1) ?? null);
  while (here !== null && !seen.has(here)) {
    seen.add(here);
    const next = asTexts(messages[here]?.childrenIds).at(-1);
    if (next === undefined || !(next in messages)) break;
    here = next;
  }
  return here;
}
