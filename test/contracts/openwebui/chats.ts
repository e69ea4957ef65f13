import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { setTags } from '../../../src/openwebui/chat-tags.ts';
import * as tree from '../../../src/openwebui/chat-tree.ts';
import * as chats from '../../../src/openwebui/chats.ts';
import { changeFeedback, sendFeedback } from '../../../src/openwebui/feedback.ts';
import { deleteFile, fileContent, fileText, uploadFile } from '../../../src/openwebui/files.ts';
import { folderNamed, listFolders } from '../../../src/openwebui/folders.ts';
import { defectsOf } from '../../openwebui/tree-defects.ts';
import { heard } from '../../openwebui/wire.ts';
import { type Desk, kindOf, since } from './bench.ts';

const now = 1_790_000_000_000;

function begun(title = 'A plan'): { tree: tree.ChatTree; questionId: string; answerId: string } {
  const [questionId, answerId] = [randomUUID(), randomUUID()];
  const asked = tree.addQuestion(tree.newTree({ title, models: ['echo'], now }), {
    id: questionId,
    text: 'Hello',
    now,
    models: ['echo'],
  });
  const answered = tree.addAnswer(asked, { id: answerId, parentId: questionId, model: 'echo', now });
  return { tree: tree.finishAnswer(answered, answerId, { text: 'Hello you' }), questionId, answerId };
}

const texts = (chat: chats.Chat): string[] => tree.branch(chat.tree).map((turn) => `${turn.role}: ${turn.text}`);

/** Chats and what belongs to them: tags, folders, files, feedback. */
export function chatsContract(at: () => Desk): void {
  const made = async (title?: string) => {
    const first = begun(title);
    return { ...first, chat: await chats.createChat(at().user, first.tree) };
  };

  describe('a chat', () => {
    test('reads back as it was stored', async () => {
      const { chat, questionId, answerId } = await made();
      const read = await chats.readChat(at().user, chat.id);
      expect(read.title).toBe('A plan');
      expect(read.tree.history.currentId).toBe(answerId);
      expect(texts(read)).toEqual(['user: Hello', 'assistant: Hello you']);
      expect(read.tree.history.messages[answerId]).toMatchObject({ parentId: questionId, done: true, model: 'echo' });
      expect(defectsOf(read.tree)).toEqual([]);
    });

    test('grows by a question stored first and an answer stored when it is done', async () => {
      const { chat } = await made();
      const [questionId, answerId] = [randomUUID(), randomUUID()];
      await chats.changeChat(at().user, chat.id, (old) =>
        tree.addQuestion(old, { id: questionId, text: 'More', now, models: ['echo'] }),
      );
      await chats.changeChat(at().user, chat.id, (old) =>
        tree.finishAnswer(tree.addAnswer(old, { id: answerId, parentId: questionId, model: 'echo', now }), answerId, {
          text: 'More it is',
          sources: [{ source: { name: 'a.txt' }, document: ['x'], metadata: [{ source: 'a.txt' }] }],
          followUps: ['And then?'],
        }),
      );
      const read = await chats.readChat(at().user, chat.id);
      expect(texts(read)).toEqual(['user: Hello', 'assistant: Hello you', 'user: More', 'assistant: More it is']);
      expect(read.tree.history.messages[answerId]).toMatchObject({
        followUps: ['And then?'],
        sources: [{ source: { name: 'a.txt' } }],
      });
      expect(read.title).toBe('A plan');
      expect(defectsOf(read.tree)).toEqual([]);
    });

    test('takes an answer that is begun first and finished later', async () => {
      const { chat, questionId } = await made();
      const id = randomUUID();
      await chats.changeChat(at().user, chat.id, (old) =>
        tree.addAnswer(old, { id, parentId: questionId, model: 'echo', now }),
      );
      expect(tree.branch((await chats.readChat(at().user, chat.id)).tree).at(-1)).toMatchObject({ id, done: false });
      await chats.changeChat(at().user, chat.id, (old) => tree.finishAnswer(old, id, { text: 'Finished' }));
      expect(tree.branch((await chats.readChat(at().user, chat.id)).tree).at(-1)).toMatchObject({
        id,
        text: 'Finished',
        done: true,
      });
    });

    test('keeps a second answer beside the first, and shows the newer', async () => {
      const { chat, questionId, answerId } = await made();
      const id = randomUUID();
      await chats.changeChat(at().user, chat.id, (old) =>
        tree.finishAnswer(tree.addAnswer(old, { id, parentId: questionId, model: 'fixed', now }), id, {
          text: 'Another',
        }),
      );
      const read = await chats.readChat(at().user, chat.id);
      expect(read.tree.history.messages[questionId]?.childrenIds.toSorted()).toEqual([answerId, id].toSorted());
      expect(texts(read)).toEqual(['user: Hello', 'assistant: Another']);
      expect(tree.branch(read.tree, answerId).at(-1)?.text).toBe('Hello you');
      expect(defectsOf(read.tree)).toEqual([]);
    });

    test('keeps what somebody else wrote into it in the meantime', async () => {
      const { chat, answerId } = await made();
      const elsewhere = randomUUID();
      await chats.changeChat(at().user, chat.id, (old) =>
        tree.addQuestion(old, { id: elsewhere, text: 'From the browser', now, models: ['echo'] }),
      );
      await chats.changeChat(at().user, chat.id, (old) =>
        tree.changeMessage(old, answerId, { annotation: { rating: 1 } }),
      );
      const read = await chats.readChat(at().user, chat.id);
      expect(texts(read).at(-1)).toBe('user: From the browser');
      expect(read.tree.history.messages[answerId]).toMatchObject({ annotation: { rating: 1 } });
    });

    test('survives changes made at the same time by one process', async () => {
      const { chat, answerId } = await made();
      const ids = Array.from({ length: 5 }, () => randomUUID());
      await Promise.all(
        ids.map((id) =>
          chats.changeChat(at().user, chat.id, (old) =>
            tree.addQuestion(old, { id, text: id, now, models: ['echo'], parentId: answerId }),
          ),
        ),
      );
      const { messages } = (await chats.readChat(at().user, chat.id)).tree.history;
      expect(ids.filter((id) => messages[id]?.parentId !== answerId)).toEqual([]);
      expect(messages[answerId]?.childrenIds.length).toBe(5);
    });

    test('takes another title, and keeps its messages', async () => {
      const { chat } = await made();
      expect((await chats.renameChat(at().user, chat.id, 'Renamed')).title).toBe('Renamed');
      const read = await chats.readChat(at().user, chat.id);
      expect([read.title, read.tree.title, texts(read).length]).toEqual(['Renamed', 'Renamed', 2]);
    });

    test('is listed by its title', async () => {
      const title = `Plan ${randomUUID().slice(0, 8)}`;
      const { chat } = await made(title);
      expect(await chats.listChats(at().user, { page: 1 })).toContainEqual(
        expect.objectContaining({ id: chat.id, title }),
      );
    });

    test("is missing when it is not there, or is another's", async () => {
      const { chat } = await made();
      for (const [who, id] of [
        [at().user, randomUUID()],
        [at().other, chat.id],
      ] as const) {
        expect(await kindOf(chats.readChat(who, id))).toBe('missing');
        expect(await kindOf(chats.renameChat(who, id, 'x'))).toBe('missing');
        expect(await kindOf(chats.changeChat(who, id, (old) => ({ ...old })))).toBe('missing');
      }
    });

    test('is gone once deleted', async () => {
      const { chat } = await made();
      await chats.deleteChat(at().user, chat.id);
      expect(await kindOf(chats.readChat(at().user, chat.id))).toBe('missing');
      expect(await kindOf(chats.deleteChat(at().user, chat.id))).toBe('missing');
    });

    test('loses a message that is deleted, from 0.10 on', async () => {
      const { chat, questionId, answerId } = await made();
      if (!since(at(), '0.10')) {
        expect(await kindOf(chats.deleteMessage(at().user, chat.id, answerId))).toBe('missing');
        return;
      }
      await chats.deleteMessage(at().user, chat.id, answerId);
      expect(Object.keys((await chats.readChat(at().user, chat.id)).tree.history.messages)).toEqual([questionId]);
    });

    test('is archived once, however often that is wanted', async () => {
      const { chat } = await made();
      for (const wanted of [true, true, false]) {
        await chats.archiveChat(at().user, chat.id, wanted);
        expect(await chats.readChat(at().user, chat.id)).toMatchObject({ archived: wanted });
      }
    });
  });

  describe('tags', () => {
    test('become exactly what is wanted', async () => {
      const { chat } = await made();
      const names = async (wanted: string[]) => (await setTags(at().user, chat.id, wanted)).toSorted();
      expect(await names(['General', 'Big Plans', 'none', ''])).toEqual(['Big Plans', 'General']);
      expect(await names(['general', 'Ships'])).toEqual(['General', 'Ships']);
      // Nothing is left to change: these are the stored ones.
      expect(await names(['General', 'Ships'])).toEqual(['General', 'Ships']);
    });
  });

  describe('a folder', () => {
    test('is made once and takes chats', async () => {
      const name = `Slack ${randomUUID().slice(0, 8)}`;
      const folder = await folderNamed(at().user, name);
      expect(await folderNamed(at().user, name)).toEqual(folder);
      expect((await listFolders(at().user)).filter((each) => each.name === name).length).toBe(1);
      const { chat } = await made();
      expect((await chats.moveChat(at().user, chat.id, folder.id)).folderId).toBe(folder.id);
      expect((await chats.moveChat(at().user, chat.id, null)).folderId).toBeNull();
      const inside = await chats.createChat(at().user, begun().tree, { folderId: folder.id });
      expect(inside.folderId).toBe(folder.id);
    });

    test('of another person is refused, from 0.9 on', async ({ skip }) => {
      skip(!since(at(), '0.9'));
      const folder = await folderNamed(at().other, 'Mine');
      expect(await kindOf(chats.createChat(at().user, begun().tree, { folderId: folder.id }))).not.toBe('none');
    });
  });

  describe('a file', () => {
    const text = 'The harbour opens at seven.';
    const file = { name: 'harbour.txt', type: 'text/plain', bytes: new TextEncoder().encode(text) };

    test('is uploaded, read, asked about and deleted', async () => {
      const stored = await uploadFile(at().user, file);
      expect(stored).toMatchObject({ name: 'harbour.txt', readable: true });
      expect(await fileText(at().user, stored.id)).toContain(text);
      expect(new TextDecoder().decode((await fileContent(at().user, stored.id, 1000)).bytes)).toBe(text);
      expect(await kindOf(fileContent(at().user, stored.id, 5))).toBe('too-large');
      const { frames, failed } = await heard(at().user, {
        question: {
          model: 'mirror',
          messages: [{ role: 'user', content: 'When?' }],
          chatId: null,
          functionCalling: null,
          files: [{ type: 'file', id: stored.id }],
        },
      });
      expect(failed).toBeNull();
      expect(frames[0]).toMatchObject({ type: 'sources', sources: [{ number: 1, name: 'harbour.txt', url: null }] });
      await deleteFile(at().user, stored.id);
      expect(await kindOf(fileText(at().user, stored.id))).toBe('missing');
    });

    test('that is empty is refused', async () => {
      expect(await kindOf(uploadFile(at().user, { ...file, bytes: new Uint8Array() }))).toBe('invalid');
    });
  });

  describe('feedback', () => {
    test('is given and changed', async () => {
      const { chat, answerId } = await made();
      const opinion = { chatId: chat.id, messageId: answerId, model: 'echo', rating: 1, comment: 'Good' } as const;
      const id = await sendFeedback(at().user, opinion);
      await changeFeedback(at().user, id, { ...opinion, rating: -1, reason: 'Wrong' });
      expect(await kindOf(changeFeedback(at().user, randomUUID(), opinion))).toBe('missing');
    });
  });
}
