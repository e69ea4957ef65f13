import type { Identity } from '../accounts/accounts.ts';
import { problemOf } from '../chat/errors.ts';
import type { Turn } from '../openwebui/chat-tree.ts';
import { fileText } from '../openwebui/files.ts';
import type { Log } from '../ops/log.ts';
import { type FileText, plainName, withFileTexts } from './file-text.ts';

/** Files of earlier turns that are read for somebody else, the newest first. */
const MOST = 5;

type Entry = Turn['files'][number];

/**
 * The branch of somebody else's chat as the asker's model may have it. Files that the asker's account can read stay attached;
 * others that were posted in the conversation come as text, read by the owner's account; what the owner added in the browser
 * stays the owner's. Never throws for a file: it is left out with a sentence.
 */
export async function withoutForeignFiles(
  turns: readonly Turn[],
  accounts: { readonly ask: Identity; readonly save: Identity },
  log: Log,
): Promise<{ readonly turns: readonly Turn[]; readonly notices: readonly string[] }> {
  const { ask, save } = accounts;
  const notices: string[] = [];
  const made: Turn[] = [];
  let left = MOST;

  for (const turn of turns.toReversed()) {
    const files: Entry[] = [];
    const texts: FileText[] = [];
    for (const entry of turn.files) {
      // The team's account has no browser: all that stands in its chats was posted.
      const posted = entry.posted === true || save.owner === null;
      if (entry.type === 'image' && posted) files.push(entry);
      if (entry.type !== 'file' || typeof entry.id !== 'string') continue;
      left -= 1;
      if (left < 0) continue;
      const name = plainName(typeof entry.name === 'string' ? entry.name : 'a file');
      if ((await textOf(ask, entry.id)) !== null) files.push(entry);
      else if (!posted)
        notices.push(`I left out “${name}”: it was not posted here, and you cannot read it in Open WebUI.`);
      else {
        const text = await textOf(save, entry.id);
        if (text) texts.push({ name, text });
        else notices.push(`I left out “${name}” from earlier: I could not read it. Post it again if it matters.`);
      }
    }
    made.push({ ...turn, files, text: texts.length > 0 ? withFileTexts(turn.text, texts) : turn.text });
  }
  if (left < 0) notices.push(`I left out the oldest ${-left === 1 ? 'file' : `${-left} files`} of this conversation.`);
  return { turns: made.reverse(), notices };

  async function textOf(identity: Identity, id: string): Promise<string | null> {
    try {
      return await fileText(identity.server, id);
    } catch (error) {
      const { kind, detail } = problemOf(error);
      log.debug({ kind, detail }, 'a file of another account');
      return null;
    }
  }
}
