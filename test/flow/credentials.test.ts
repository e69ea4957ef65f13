import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import type { Place } from '../../src/chat/places.ts';
import { Secret } from '../../src/chat/secret.ts';
import { chatTree } from '../../src/openwebui/chat-tree.ts';
import { connect, disconnect } from '../../src/openwebui/connection.ts';
import { json } from '../../src/openwebui/request.ts';
import { person } from '../person.ts';
import { says } from '../servers/openwebui/script.ts';
import { file, open } from './credential-world.ts';
import { link, newKeyFor } from './linked.ts';
import { DIRECT, THREAD } from './world.ts';

// Two people, two accounts: whose key asks, and in whose chat it stands.

const thread = (name: string): Place => ({ ...THREAD, thread: name });

describe('people with accounts of their own', () => {
  it('find their chats in their own Open WebUI, everybody else’s are the team’s', async () => {
    const { openWebUI, by, completions, ask, chatsOf } = await open(['Ann', 'Ben']);
    openWebUI.next(says('For Ann.'));
    await ask('A?', 'Ann', { place: thread('A') });
    openWebUI.next(says('For Ben.'));
    await ask('B?', 'Ben', { place: thread('B') });
    openWebUI.next(says('For Cora.'));
    await ask('C?', 'Cora', { place: thread('C') });
    openWebUI.next(says('For Ann alone.'));
    await ask('Psst?', 'Ann', { place: DIRECT, addressed: 'direct' });
    await vi.waitFor(() =>
      expect(chatsOf('Ann')).toEqual([
        ['Ann: A?', 'For Ann.'],
        ['Psst?', 'For Ann alone.'],
      ]),
    );
    await vi.waitFor(() => expect(chatsOf('Ben')).toEqual([['Ben: B?', 'For Ben.']]));
    await vi.waitFor(() => expect(chatsOf('Parley')).toEqual([['Cora: C?', 'For Cora.']]));
    expect(completions().map(by)).toEqual(['Ann', 'Ben', 'Parley', 'Ann']);
    const mine = openWebUI.requests.filter((one) => JSON.stringify(one.body ?? '').includes('Ann: A?'));
    expect(new Set(mine.map(by))).toEqual(new Set(['Ann']));
  });

  it('a conversation from before the link stays the team’s; /new begins one of their own', async () => {
    const { world, by, completions, bodies, ask, settled, chatsOf } = await open([]);
    await ask('Before?', 'Ann');
    await settled();
    await link(world, 'Ann');
    await ask('Since?', 'Ann');
    await settled();
    expect(completions().map(by)).toEqual(['Parley', 'Ann']);
    expect(bodies()[1]).toContain('Before?');
    expect(chatsOf('Ann')).toEqual([]);
    expect(chatsOf('Parley')[0]).toHaveLength(4);
    await world.host.accept(world.command('new'));
    await ask('Anew?', 'Ann');
    await settled();
    expect(chatsOf('Ann')[0]?.[0]).toBe('Ann: Anew?');
    expect(chatsOf('Parley')[0]).toHaveLength(4);
  });
});

describe('a shared thread', () => {
  it('is asked by whoever asks and kept by whose it is; files that the other cannot read come as text', async () => {
    const { openWebUI, by, completions, ask, settled, chatsOf } = await open(['Ann', 'Ben']);
    openWebUI.next(says('Noted.'));
    await ask('Read this', 'Ann', { files: [file('notes.txt')] });
    await settled();
    openWebUI.next(says('Planned.'));
    await ask('And mine?', 'Ben', { files: [file('plan.txt')] });
    await settled();
    openWebUI.next(says('Together.'));
    await ask('All of it?', 'Ann');
    await settled();
    expect(completions().map(by)).toEqual(['Ann', 'Ben', 'Ann']);
    const [anns, bens, annsNext] = completions().map((one) => one.body);
    expect(anns).toMatchObject({ files: [{ type: 'file' }] });
    expect(bens).toMatchObject({ chat_id: '' });
    expect(bens).not.toHaveProperty('files');
    expect(openWebUI.asked[1]?.messages.map((one) => one.text)).toEqual([
      'Ann: Read this\n\nFile “notes.txt”:\n\n````\nBread needs time. ``` and patience.\n````',
      'Noted.',
      'Ben: And mine?\n\nFile “plan.txt”:\n\n```\nBen’s plan: rye on Monday.\n```',
    ]);
    expect(annsNext).toMatchObject({ files: [{ type: 'file' }] });
    expect(openWebUI.asked[2]?.messages.map((one) => one.text)).toContain(
      'Ben: And mine?\n\nFile “plan.txt”:\n\n```\nBen’s plan: rye on Monday.\n```',
    );
    expect(chatsOf('Ann')[0]?.at(-1)).toBe('Together.');
    expect(chatsOf('Ann')[0]).toHaveLength(6);
    expect(chatsOf('Ben')).toEqual([]);
    // Ben's file was only read.
    expect(openWebUI.world.files.all().map((one) => one.filename)).toEqual(['notes.txt']);
  });

  it('what the owner added in the browser is not handed to others', async () => {
    const { world, openWebUI, completions, bodies, ask, settled } = await open(['Ann', 'Ben']);
    openWebUI.next(says('Noted.'));
    await ask('Read this', 'Ann', { files: [file('notes.txt')] });
    await settled();
    const chat = openWebUI.chats()[0];
    if (!chat) throw new Error('no chat');
    // As if Ann had attached it herself: nothing tells that it was posted.
    openWebUI.world.chats.put({
      ...chat,
      chat: JSON.parse(JSON.stringify(chat.chat).replaceAll('"posted":true', '"posted":false')),
    });
    await ask('What does it say?', 'Ben');
    expect(bodies()[1]).not.toContain('Bread needs time');
    expect(completions()[1]?.body).not.toHaveProperty('files');
    expect(world.last()?.text).toContain('I left out “notes.txt”');
  });

  it('nobody asks a model with somebody else’s rights', async () => {
    const { world, openWebUI, by, completions, ask, settled } = await open(['Ada', 'Ben']);
    const ada = openWebUI.world.users.get('account-of-Ada');
    if (ada) openWebUI.world.users.put({ ...ada, role: 'admin' });
    await world.store.settings.set('conversation:plain:T1:C1:H1', 'model', '"secret"');
    await ask('For admins?', 'Ada');
    await settled();
    await ask('For me too?', 'Ben');
    expect(completions().map((one) => [by(one), one.body])).toEqual([
      ['Ada', expect.objectContaining({ model: 'secret' })],
    ]);
    expect(world.last()?.text).toContain('“secret” is chosen for this conversation');
    expect(world.buttons()).toEqual(['Retry']);
  });

  it('nobody sorts somebody else’s chats into folders', async () => {
    const { world, openWebUI, overs, ask, settled } = await open(['Ann', 'Ben']);
    await ask('First?', 'Ann');
    await settled();
    const before = overs();
    const author = person('Ben');
    await world.host.accept(world.command('ask', 'folder=Mine Second?', { author }));
    await vi.waitFor(() => expect(overs()).toBe(before + 1), { timeout: 5_000 });
    await settled();
    expect(openWebUI.chats().map((chat) => chat.folder_id ?? null)).toEqual([null]);
    expect(openWebUI.world.folders.all()).toEqual([]);
    expect(world.plain.standing().join()).toContain('I did not put the chat into the folder “Mine”');
  });

  it('what one searches in is not noted in somebody else’s chat', async () => {
    const { world, openWebUI, bodies, overs, ask, settled } = await open(['Ann', 'Ben']);
    await ask('First?', 'Ann');
    await settled();
    const key = newKeyFor(openWebUI, 'Ben');
    const ben = openWebUI.world.users.get('account-of-Ben');
    if (ben) openWebUI.world.users.put({ ...ben, prompts: true });
    const bens = connect({ url: openWebUI.url, key: new Secret(key) });
    const body = { name: 'Salaries', description: '' };
    await json(bens, { method: 'POST', path: '/api/v1/knowledge/create', about: 'server', body }, z.looseObject({}));
    await disconnect(bens);
    await link(world, 'Ben');
    const before = overs();
    await world.host.accept(world.command('ask', 'knowledge=Salaries Second?', { author: person('Ben') }));
    await vi.waitFor(() => expect(overs()).toBe(before + 1), { timeout: 5_000 });
    await settled();
    expect(bodies().at(-1)).toContain('Salaries');
    expect(JSON.stringify(openWebUI.chats())).toContain('Second?');
    expect(JSON.stringify(openWebUI.chats())).not.toContain('Salaries');
  });

  it('title, emoji and follow-ups are the asker’s, the chat’s name the owner’s', async () => {
    const { world, openWebUI, by, ask, settled } = await open(['Ann', 'Ben'], {
      titles: true,
      followUps: true,
      emoji: true,
    });
    await ask('A?', 'Ann');
    await settled();
    openWebUI.nextTask('follow_up', '{"follow_ups":["And rye?"]}');
    openWebUI.next(says('For Ben.'));
    await ask('B?', 'Ben');
    await vi.waitFor(() => expect(world.buttons()).toContain('And rye?'));
    await settled();
    const tasks = openWebUI.seen({ path: /^\/api\/v1\/tasks\// });
    const bens = tasks.filter((one) => JSON.stringify(one.body).includes('B?'));
    expect(new Set(bens.map(by))).toEqual(new Set(['Ben']));
    for (const task of bens) expect(task.body).not.toHaveProperty('chat_id');
    const anns = tasks.filter((one) => !bens.includes(one));
    expect(new Set(anns.map(by))).toEqual(new Set(['Ann']));
    expect(openWebUI.chats()[0]?.title).toBe(world.plain.titles[0]);
    expect(JSON.stringify(openWebUI.chats()[0])).toContain('And rye?');
  });
});

describe('asking again', () => {
  it('what oneself asked first goes to the same account', async () => {
    const { world, by, completions, overs, ask, settled } = await open(['Ann']);
    await ask('First?', 'Ann');
    await settled();
    await world.press('Regenerate', 'Ann');
    await vi.waitFor(() => expect(overs()).toBe(2));
    expect(completions().map(by)).toEqual(['Ann', 'Ann']);
  });

  it('a follow-up under what somebody else asked again is its presser’s', async () => {
    const { world, openWebUI, by, completions, overs, ask, settled } = await open(['Ann', 'Ben', 'Admin'], {
      followUps: true,
    });
    openWebUI.nextTask('follow_up', '{"follow_ups":["And oats?"]}');
    await ask('First?', 'Ann');
    await settled();
    openWebUI.nextTask('follow_up', '{"follow_ups":["And rye?"]}');
    await world.press('Regenerate', 'Admin');
    await vi.waitFor(() => expect(world.buttons()).toContain('And rye?'));
    await settled();
    await world.press('And rye?', 'Ben');
    await vi.waitFor(() => expect(overs()).toBe(3));
    expect(completions().map(by)).toEqual(['Ann', 'Admin', 'Ben']);
  });

  it('by somebody else asks with their account, beside the first answer in the owner’s chat', async () => {
    const { world, openWebUI, by, completions, overs, ask, settled, chatsOf } = await open(['Ann', 'Admin']);
    openWebUI.next(says('One.'));
    await ask('First?', 'Ann');
    await settled();
    openWebUI.next(says('Other.'));
    await world.press('Regenerate', 'Admin');
    await vi.waitFor(() => expect(overs()).toBe(2));
    await settled();
    expect(completions().map(by)).toEqual(['Ann', 'Admin']);
    expect(chatsOf('Ann')).toEqual([['Ann: First?', 'Other.']]);
    const tree = chatTree.parse(openWebUI.chats()[0]?.chat);
    const question = Object.values(tree.history.messages).find((one) => one.role === 'user');
    expect(question?.childrenIds).toHaveLength(2);
    expect(chatsOf('Admin')).toEqual([]);
  });
});
