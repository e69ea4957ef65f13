import { afterEach, expect, it } from 'vitest';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createVault } from '../../src/store/vault.ts';
import { changeConversation } from '../../src/turn/change-conversation.ts';

const store = openSqlite(':memory:', { vault: createVault(null) });
afterEach(() => store.close());

it('changes of one conversation that come in the same moment do not undo each other', async () => {
  const { conversations } = store;
  const place = { platform: 'test', team: 'T', channel: 'C', thread: '1', kind: 'public' } as const;
  const row = {
    key: 'k',
    place,
    owner: null,
    asker: null,
    model: null,
    seen: null,
    joinedAt: null,
    createdAt: 0,
    usedAt: 0,
  };
  const written = await Promise.all([
    changeConversation(conversations, 'k', null, () => ({
      ...row,
      chatId: null,
      title: null,
      titledBy: null,
      newest: null,
    })),
    changeConversation(conversations, 'k', null, (now) => now && { ...now, title: 'Bread', titledBy: 'person' }),
    changeConversation(conversations, 'k', null, () => {
      throw new Error('a change that fails');
    }).catch(() => 'failed'),
    changeConversation(conversations, 'k', null, (now) => now && { ...now, newest: 'job' }),
    changeConversation(conversations, 'k', null, () => null),
  ]);
  expect(await conversations.get('k')).toMatchObject({ title: 'Bread', titledBy: 'person', newest: 'job' });
  expect(written.map((one) => (typeof one === 'object' ? one?.newest : one))).toEqual([
    null,
    null,
    'failed',
    'job',
    undefined,
  ]);
});
