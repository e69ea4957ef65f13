import type { Turn } from '../openwebui/chat-tree.ts';
import type { AttachedFile, ChatMessage, ContentPart } from '../openwebui/completions.ts';
import type { Attachments } from './attachments.ts';
import { recentTurns } from './compose.ts';

/** Pictures of earlier turns that are shown again. */
const EARLIER_IMAGES = 4;

/**
 * The files of a question as they stand with it in the chat. `posted` tells those that everybody in the conversation has seen
 * from what the chat's owner adds in the browser.
 */
export function storedFiles(attachments: Pick<Attachments, 'images' | 'files'>): Readonly<Record<string, unknown>>[] {
  const posted = true;
  return [
    ...attachments.images.map(({ name, url }) => ({ type: 'image', name, url, posted })),
    ...attachments.files.map(({ id, name, size }) => ({
      type: 'file',
      id,
      name,
      url: id,
      size,
      status: 'uploaded',
      posted,
    })),
  ];
}

/** The branch as the model reads it; pictures only of the newest few turns that have any. */
export function messagesOf(turns: readonly Turn[]): ChatMessage[] {
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

/** The files that the model may search in. */
export function attachedFiles(turns: readonly Turn[]): AttachedFile[] {
  const files = turns.flatMap((turn) => turn.files);
  const found = files.flatMap((file): AttachedFile[] => {
    const { type, id, name } = file;
    if (typeof id !== 'string') return [];
    if (type === 'collection') return [{ type, id, ...(typeof name === 'string' && { name }) }];
    return type === 'file' ? [{ type, id }] : [];
  });
  return found.filter((file, at) => found.findIndex((one) => one.id === file.id) === at);
}
