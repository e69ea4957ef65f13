import { problemOf } from '../chat/errors.ts';
import { NO_WISHES } from '../commands/wishes.ts';
import { moveChat } from '../openwebui/chats.ts';
import type { AttachedFile, Question as ModelQuestion } from '../openwebui/completions.ts';
import type { OpenWebUI } from '../openwebui/connection.ts';
import { folderNamed } from '../openwebui/folders.ts';
import type { Model } from '../openwebui/models.ts';
import type { Question } from './question.ts';
import type { Manner } from './state.ts';

/** What shows of the way in which a question wants to be answered. Pure. */
export function mannerOf({ private: isPrivate, announce, place, wishes = NO_WISHES }: Question): Manner {
  const shareable = isPrivate && place.kind !== 'direct';
  const asked = isPrivate && announce !== null ? announce.replaceAll(/\s+/g, ' ') : null;
  return { asked, shareable, temporary: wishes.temporary, web: wishes.web };
}

/** The collections that are asked for, as the web page stores them with a question: later questions search them, too. Pure. */
export function wishedFiles({ wishes = NO_WISHES }: Question): Readonly<Record<string, unknown>>[] {
  return wishes.knowledge.map(({ id, name }) => ({ type: 'collection', id, name, status: 'processed' }));
}

/**
 * What the request names: files, tools and features, the model's own and those asked for. In direct mode the server uses tools only
 * when they are named, and tools, searches and a model's knowledge only in the old way of calling
 * (docs/openwebui-compatibility.md). Pure.
 */
export function requestOf(
  { wishes = NO_WISHES }: Question,
  model: Pick<Model, 'toolIds' | 'knowledge' | 'searches'>,
  attached: readonly AttachedFile[],
): Pick<ModelQuestion, 'files' | 'toolIds' | 'features' | 'functionCalling'> {
  const toolIds = [...new Set([...model.toolIds, ...wishes.tools.map((tool) => tool.id)])];
  const collections = wishes.knowledge
    .filter(({ id }) => !attached.some((file) => file.id === id))
    .map(({ id, name }) => ({ type: 'collection', id, name }) as const);
  const web = wishes.web || model.searches;
  const legacy = toolIds.length > 0 || model.knowledge || web;
  return {
    files: [...attached, ...collections],
    toolIds,
    features: web ? { web_search: true } : undefined,
    functionCalling: legacy ? 'legacy' : null,
  };
}

/**
 * Puts a chat into the folder that was asked for, made where there is none. `server`: through the asker's account; null where the
 * chat is another's. Null, or a sentence when that did not work: the answer comes all the same.
 */
export async function putInFolder(server: OpenWebUI | null, chatId: string, name: string): Promise<string | null> {
  if (server === null)
    return `I did not put the chat into the folder “${name}”: this conversation is in somebody else’s account in Open WebUI.`;
  try {
    await moveChat(server, chatId, (await folderNamed(server, name)).id);
    return null;
  } catch (error) {
    const { kind, say } = problemOf(error);
    const why = kind === 'forbidden' ? 'Folders are not open to this account in Open WebUI.' : say;
    return `I could not put the chat into the folder “${name}”. ${why}`;
  }
}
