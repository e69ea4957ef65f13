import { afterEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import type { FileRef } from '../../src/chat/messages.ts';
import type { Place } from '../../src/chat/places.ts';
import { Secret } from '../../src/chat/secret.ts';
import { demoModel } from '../../src/demo/openwebui/answers/demo-model.ts';
import { branch, chatTree } from '../../src/openwebui/chat-tree.ts';
import { connect, disconnect } from '../../src/openwebui/connection.ts';
import { json } from '../../src/openwebui/request.ts';
import { defectsOf } from '../../src/openwebui/tree-defects.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { person } from '../person.ts';
import type { Logged } from '../servers/faulty.ts';
import { answer, says } from '../servers/openwebui/script.ts';
import { type ScriptedOpenWebUI, startScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import { lastingVault, link, markdownOf, newKeyFor } from './linked.ts';
import { DIRECT, openWorld, THREAD, type World } from './world.ts';

let openWebUI: ScriptedOpenWebUI;
let world: World;
afterEach(async () => {
  await world.close();
  await openWebUI.close();
});

/** Posted files by name; a file's handle is its name. */
const POSTED: Record<string, Buffer> = {
  'notes.txt': Buffer.from('Bread needs time. ``` and patience.'),
  'plan.txt': Buffer.from('Ben’s plan: rye on Monday.'),
  'loaf.png': Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]),
};

function file(name: string): FileRef {
  const type = name.endsWith('.png') ? 'image/png' : 'text/plain';
  return { platform: 'plain', id: name, name, type, size: null, token: name };
}

/** Parley with people who have accounts of their own, and whoever else comes along without. */
async function open(linked: readonly string[], more: Parameters<typeof openWorld>[0] = {}): Promise<void> {
  const demo = demoModel({ seed: 1, pace: 'instant' });
  const secret = { id: 'secret', name: 'Secret', description: 'For admins', vision: false, adminOnly: true } as const;
  openWebUI = await startScriptedOpenWebUI({ model: { ...demo, models: [...demo.models, secret] } });
  world = await openWorld({
    openWebUI,
    vault: lastingVault(),
    wrap: (adapter) => ({
      ...adapter,
      download: async ({ name, type }) => ({ name, type, bytes: POSTED[name] ?? Buffer.alloc(0) }),
    }),
    ...more,
  });
  for (const name of linked) await link(world, name);
}

/** Ends somebody's key. */
const revoke = (name: string): void => void newKeyFor(openWebUI, name);

/** Whose key a request carried. */
function by({ headers }: Logged): string {
  const bearer = headers.authorization?.replace('Bearer ', '');
  const user = openWebUI.world.users.all().find((one) => one.api_key === bearer);
  return user?.name ?? (bearer ? 'a dead key' : 'nobody');
}

const completions = () => openWebUI.seen({ path: '/api/chat/completions' });
const bodies = () => completions().map((one) => JSON.stringify(one.body));
const overs = () => world.logged.filter((line) => line.includes('"turn over"')).length;

/** Asks and waits for the answer. */
async function ask(text: string, name: string, more: Parameters<World['message']>[1] = {}): Promise<void> {
  const before = overs();
  await world.host.accept(world.message(text, { by: name, ...more }));
  await vi.waitFor(() => expect(overs()).toBe(before + 1), { timeout: 5_000 });
}

/** Waits until nothing is left to be done after the answers, but what waits for an owner. */
async function settled(conversation = 'plain:T1:C1:H1'): Promise<void> {
  await vi.waitFor(async () => expect(await world.store.jobs.pending('after', conversation)).toEqual([]));
}

/** What stands in the chats of an account, as plain text; each must be a tree that the web page can show. */
function chatsOf(name: string): string[][] {
  return openWebUI
    .chats()
    .filter((chat) => openWebUI.world.users.get(chat.user_id)?.name === name)
    .map((chat) => {
      const tree = chatTree.parse(chat.chat);
      expect(defectsOf(tree)).toEqual([]);
      return branch(tree).map((turn) => turn.text);
    });
}

/** Ann asks for the first time in a thread where Ben reads along, and her key dies after the answer. */
async function annLosesHerKey(more: Parameters<typeof open>[1] = {}): Promise<void> {
  await open(['Ann', 'Ben'], more);
  openWebUI.next(says('One.'));
  await ask('First?', 'Ann');
  await settled();
  revoke('Ann');
}

const thread = (name: string): Place => ({ ...THREAD, thread: name });

describe('people with accounts of their own', () => {
  it('find their chats in their own Open WebUI, everybody else’s are the team’s', async () => {
    await open(['Ann', 'Ben']);
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
    await open([]);
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
    await open(['Ann', 'Ben']);
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
    await open(['Ann', 'Ben']);
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
    await open(['Ada', 'Ben']);
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
    await open(['Ann', 'Ben']);
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
    await open(['Ann', 'Ben']);
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
    await open(['Ann', 'Ben'], { titles: true, followUps: true, emoji: true });
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

describe('an owner whose key is dead', () => {
  it('does not keep others from answers; what was said is added, in order, as soon as they link again', async () => {
    await annLosesHerKey();
    openWebUI.next(says('Two.'));
    await ask('Second?', 'Ben');
    openWebUI.next(says('Three.'));
    await ask('Third?', 'Ben');
    await settled();
    expect(openWebUI.asked[2]?.messages.map((one) => one.text)).toEqual([
      'Ann: First?',
      'One.',
      'Ben: Second?',
      'Two.',
      'Ben: Third?',
    ]);
    expect(completions().map(by)).toEqual(['a dead key', 'Ben', 'Ben']);
    expect(world.plain.told.map(({ user, body }) => [user.id, body.markdown])).toEqual([
      ['ann', expect.stringContaining('/link')],
    ]);
    expect(chatsOf('Ann')).toEqual([['Ann: First?', 'One.']]);
    const dead = openWebUI.requests.filter((one) => by(one) === 'a dead key').length;
    await ask('Fourth?', 'Ben');
    expect(openWebUI.requests.filter((one) => by(one) === 'a dead key')).toHaveLength(dead);
    await link(world, 'Ann');
    await vi.waitFor(() => expect(chatsOf('Ann')[0]).toHaveLength(8));
    expect(chatsOf('Ann')[0]?.slice(0, 7)).toEqual([
      'Ann: First?',
      'One.',
      'Ben: Second?',
      'Two.',
      'Ben: Third?',
      'Three.',
      'Ben: Fourth?',
    ]);
    openWebUI.next(says('Five.'));
    await ask('Fifth?', 'Ben');
    await settled();
    expect(chatsOf('Ann')[0]?.slice(-2)).toEqual(['Ben: Fifth?', 'Five.']);
    expect(await world.store.jobs.pending('after', 'kept:plain:T1:ann')).toEqual([]);
  });

  it('has everything in its place although the next question comes at once', async () => {
    await annLosesHerKey();
    for (const text of ['Two.', 'Other two.', 'Three.', 'Four.']) openWebUI.next(says(text));
    await ask('Second?', 'Ben');
    await world.press('Regenerate', 'Ben');
    await vi.waitFor(() => expect(overs()).toBe(3));
    await ask('Third?', 'Ben');
    expect(openWebUI.asked[3]?.messages.map((one) => one.text)).toEqual([
      'Ann: First?',
      'One.',
      'Ben: Second?',
      'Other two.',
      'Ben: Third?',
    ]);
    await link(world, 'Ann');
    await ask('Fourth?', 'Ben');
    await settled();
    expect(chatsOf('Ann')).toEqual([
      ['Ann: First?', 'One.', 'Ben: Second?', 'Other two.', 'Ben: Third?', 'Three.', 'Ben: Fourth?', 'Four.'],
    ]);
    expect(JSON.stringify(openWebUI.chats())).toContain('"Two."');
  });

  it('gets what was kept before what comes after, also when saving fails at first', async () => {
    await annLosesHerKey();
    openWebUI.next(says('Two.'));
    await ask('Second?', 'Ben');
    await settled();
    openWebUI.next(answer(['Three', 400, '.']));
    const third = ask('Third?', 'Ben');
    await vi.waitFor(() => expect(world.last()?.text).toContain('Three'));
    openWebUI.fault({ method: 'POST', path: /^\/api\/v1\/chats\/(?!new)[^/]+$/ }, { status: 503, body: 'down' });
    await link(world, 'Ann');
    await third;
    await settled();
    await vi.waitFor(() =>
      expect(chatsOf('Ann')).toEqual([['Ann: First?', 'One.', 'Ben: Second?', 'Two.', 'Ben: Third?', 'Three.']]),
    );
  });

  it('finds the files of what was kept with it', async () => {
    await open(['Ann', 'Ben']);
    await ask('First?', 'Ann');
    await settled();
    revoke('Ann');
    await ask('And these?', 'Ben', { files: [file('loaf.png'), file('plan.txt')] });
    await settled();
    expect(openWebUI.asked[1]?.messages.at(-1)).toMatchObject({
      text: expect.stringContaining('rye on Monday'),
      images: [expect.stringMatching(/^data:image\/png/)],
    });
    await link(world, 'Ann');
    await vi.waitFor(() => expect(chatsOf('Ann')[0]).toHaveLength(4));
    const kept = JSON.stringify(openWebUI.chats());
    expect(kept).toContain('rye on Monday');
    expect(kept).toContain('data:image/png;base64,iVBOR');
  });

  it('is waited for over a restart', async () => {
    const vault = lastingVault();
    const store = openSqlite(':memory:', { vault });
    await annLosesHerKey({ store, vault });
    openWebUI.next(says('Two.'));
    await ask('Second?', 'Ben');
    await settled();
    await world.close();
    world = await openWorld({ store, vault, openWebUI });
    await link(world, 'Ann');
    await vi.waitFor(() => expect(chatsOf('Ann')).toEqual([['Ann: First?', 'One.', 'Ben: Second?', 'Two.']]));
    await world.parley.stop(0);
    await store.close();
  });

  it('who cannot be told in private is told with the answer', async () => {
    await open(['Ann', 'Ben']);
    await ask('First?', 'Ann');
    await settled();
    revoke('Ann');
    world.plain.fail('tell', 'forbidden', 'forbidden');
    openWebUI.next(says('Two.'));
    await ask('Second?', 'Ben');
    await ask('Third?', 'Ben');
    expect(world.plain.told).toEqual([]);
    expect(
      world.plain
        .standing()
        .slice(-2)
        .map((text) => text.includes('added there once it is linked again')),
    ).toEqual([true, true]);
  });

  it('in the middle of an answer loses nothing', async () => {
    await open(['Ann', 'Ben']);
    await ask('First?', 'Ann');
    await settled();
    openWebUI.next(() => {
      revoke('Ann');
      return says('Two.');
    });
    await ask('Second?', 'Ben');
    await settled();
    expect(world.plain.standing().at(-1)).toBe('Two.');
    expect(chatsOf('Ann')[0]).toHaveLength(3);
    await link(world, 'Ann');
    await vi.waitFor(() => expect(chatsOf('Ann')[0]?.slice(2)).toEqual(['Ben: Second?', 'Two.']));
  });

  it('a title given meanwhile reaches the chat too', async () => {
    await open(['Ann', 'Ben']);
    await ask('First?', 'Ann');
    await settled();
    revoke('Ann');
    await world.host.accept({ type: 'renamed', key: 'r1', place: THREAD, title: 'Our bread' });
    await settled();
    await link(world, 'Ann');
    await vi.waitFor(() => expect(openWebUI.chats()[0]?.title).toBe('Our bread'));
  });
});

describe('an asker whose key is dead', () => {
  it('is told so with Retry; the key is not tried again, and no other takes its place', async () => {
    await open(['Ann', 'Ben']);
    await ask('First?', 'Ann');
    await settled();
    revoke('Ben');
    await ask('Second?', 'Ben');
    expect(world.last()?.text).toContain('Ben, use `/link`');
    expect(world.buttons()).toEqual(['Retry']);
    const dead = openWebUI.requests.filter((one) => by(one) === 'a dead key').length;
    const asked = completions().length;
    expect(markdownOf(await world.press('Retry', 'Ben'))).toContain('/link');
    expect(openWebUI.requests.filter((one) => by(one) === 'a dead key')).toHaveLength(dead);
    expect(completions()).toHaveLength(asked);
    // The Retry was kept, and is asked with the new key.
    openWebUI.next(says('Two.'));
    await link(world, 'Ben');
    await vi.waitFor(() => expect(world.plain.standing().at(-1)).toBe('Two.'));
    await settled();
    expect(completions().slice(-1).map(by)).toEqual(['Ben']);
    expect(chatsOf('Ann')[0]?.slice(-2)).toEqual(['Ben: Second?', 'Two.']);
  });

  it('is not answered again once they have deleted the question, although the Retry was kept', async () => {
    await open(['Ann', 'Ben']);
    await ask('First?', 'Ann');
    await settled();
    revoke('Ben');
    const before = overs();
    const second = world.message('Second?', { by: 'Ben' });
    await world.host.accept(second);
    await vi.waitFor(() => expect(overs()).toBe(before + 1));
    expect(markdownOf(await world.press('Retry', 'Ben'))).toContain('/link');
    await world.host.accept({ type: 'deleted', key: 'gone', ref: second.message.ref });
    const asked = completions().length;
    expect(await link(world, 'Ben')).not.toContain('your question');
    expect(completions()).toHaveLength(asked);
  });

  it('is told so, as is the owner, in words that name commands as they are typed on the platform', async () => {
    await open(['Ann', 'Ben'], {
      prefix: 'ai-',
      wrap: (adapter) => ({ ...adapter, spell: (words) => words.replaceAll('`/ai-', '`/plain ai-') }),
    });
    await ask('First?', 'Ann');
    await settled();
    revoke('Ben');
    await ask('Second?', 'Ben');
    expect(world.last()?.text).toContain('Ben, use `/plain ai-link`');
    revoke('Ann');
    await ask('Third?', 'Cora');
    await vi.waitFor(() => expect(world.plain.told[0]?.body.markdown).toContain('`/plain ai-link`'));
    const said = await world.host.accept(world.command('whoami', '', { author: person('Cora') }));
    expect(markdownOf(said)).toContain('`/plain ai-link`');
  });

  it('who unlinks in the middle of an answer gets it whole; it waits for their next link', async () => {
    await open(['Ann'], { titles: true, emoji: true, followUps: true });
    openWebUI.next(answer(['Half ', 300, 'and whole.']));
    const asked = ask('First?', 'Ann');
    await vi.waitFor(() => expect(world.last()?.text).toContain('Half'));
    await world.host.accept(world.command('unlink', '', { author: person('Ann') }));
    await asked;
    await settled();
    // Nobody else's account does what would have followed.
    expect(openWebUI.seen({ path: /^\/api\/v1\/tasks\// })).toEqual([]);
    expect(world.plain.standing()).toEqual(['Half and whole.']);
    expect(world.buttons()).toContain('Regenerate');
    expect(chatsOf('Ann')).toEqual([['Ann: First?']]);
    await link(world, 'Ann');
    await vi.waitFor(() => expect(chatsOf('Ann')).toEqual([['Ann: First?', 'Half and whole.']]));
  });
});

describe('asking again', () => {
  it('what oneself asked first goes to the same account', async () => {
    await open(['Ann']);
    await ask('First?', 'Ann');
    await settled();
    await world.press('Regenerate', 'Ann');
    await vi.waitFor(() => expect(overs()).toBe(2));
    expect(completions().map(by)).toEqual(['Ann', 'Ann']);
  });

  it('a follow-up under what somebody else asked again is its presser’s', async () => {
    await open(['Ann', 'Ben', 'Admin'], { followUps: true });
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
    await open(['Ann', 'Admin']);
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
