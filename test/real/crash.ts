import { expect, test } from 'vitest';
import { type Clock, systemClock } from '../../src/chat/clock.ts';
import { Secret } from '../../src/chat/secret.ts';
import { branch } from '../../src/openwebui/chat-tree.ts';
import { listChats, readChat } from '../../src/openwebui/chats.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createVault } from '../../src/store/vault.ts';
import { mortal, TABLES } from '../chaos/mortal.ts';
import { closeAfter } from '../close-after.ts';
import { chatWith, type House } from './house.ts';
import { visitPlain } from './plain-visitor.ts';

/** A minute later than it is: a clock by which every lease of the first process has ended. */
const later: Clock = { now: () => systemClock.now() + 60_000, after: systemClock.after };

const notesItsChat = (name: string, [row]: readonly unknown[]): boolean =>
  name === 'put' && typeof row === 'object' && row !== null && 'chatId' in row && typeof row.chatId === 'string';

/** Parley ends without a warning, and another goes on with what it left on the server. */
export function crashOn(at: () => House): void {
  test.each([
    ['echo', 'Where does the Weser rise?', 'Where does the Weser rise?'],
    ['with-native-tool', '{"place":"Minden"}', 'The tool said: Sunny in Minden'],
  ])(
    'a process that dies when the server has made the chat, for %s, and its id is not noted yet, leaves one chat',
    async (model, words, answer) => {
      const store: Store = openSqlite(':memory:', {
        vault: createVault(new Secret(Buffer.alloc(32, 7).toString('base64'))),
      });
      closeAfter(() => store.close());
      const life = mortal(notesItsChat, false);
      const first = await visitPlain(at(), { model, store: life.wrap(store, TABLES) });
      await first.ask(words);
      await life.death;
      // What is left of it waits for a store that never answers.
      first.stop().catch(() => undefined);
      const begun = async () => {
        const chats = (await listChats(at().user, { page: 1 })).map(({ id }) => readChat(at().user, id));
        return (await Promise.all(chats)).filter(({ tree }) => branch(tree)[0]?.text === words);
      };
      const [chat, ...others] = await begun();
      expect(others).toEqual([]);
      expect(chat && branch(chat.tree)).toHaveLength(1);
      const second = await visitPlain(at(), { model, store, plain: first.plain, clock: later });
      closeAfter(() => second.stop());
      await second.over(1);
      expect(second.plain.standing()).toEqual([answer]);
      expect((await chatWith(at(), answer)).id).toBe(chat?.id);
    },
  );
}
