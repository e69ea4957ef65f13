import { afterEach, describe, expect, it, vi } from 'vitest';
import { person } from '../person.ts';
import { answer, says, silence } from '../servers/openwebui/script.ts';
import { lastingVault, link, markdownOf } from './linked.ts';
import { pressIn, wordsIn } from './prompt-world.ts';
import { DIRECT, openWorld, THREAD, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

async function open(given: Parameters<typeof openWorld>[0] = {}): Promise<void> {
  world = await openWorld({ vault: lastingVault(), ...given });
}

async function ask(text: string, by: string, place = THREAD): Promise<void> {
  world.openWebUI.next(says(`Answer to ${text}`));
  const event = world.message(text, { by, place, addressed: place.kind === 'direct' ? 'direct' : 'mention' });
  await world.host.accept(event);
  await vi.waitFor(async () => {
    const job = await world.store.jobs.byKey(event.key);
    expect((await world.store.jobs.byKey(`after:${job?.id}`))?.state).toBe('done');
  });
}

const command = (name: string, by = 'Ann', place = DIRECT) =>
  world.host.accept(world.command(name, '', { author: person(by), place }));
const chats = () => world.openWebUI.chats().length;
const audits = () =>
  world.logged.filter((line) => line.includes('"audit":true')).map((line) => JSON.parse(line).what as string);
const jobsOf = async (by: string) =>
  (
    await Promise.all((['turn', 'after'] as const).map((lane) => world.store.jobs.of(`plain:T1:${by}`, lane, 99)))
  ).flat();

describe('/forget', () => {
  it('asks first, then deletes everything that is kept of this person and of nobody else', async () => {
    await open();
    await link(world, 'Ann');
    await ask('What do I hide?', 'Ann', DIRECT);
    await ask('And here?', 'Ann');
    await ask('Me too?', 'Ben');
    await world.store.settings.set('user:plain:T1:ann', 'model', '"demo"');
    const asked = await command('forget');
    expect(wordsIn(asked)).toMatch(/Shall I forget you\?.*your 2 questions/s);
    expect(await jobsOf('ann')).not.toEqual([]);
    const done = await pressIn(world, asked, 'Yes, forget me');
    expect(wordsIn(done)).toMatch(/I have forgotten you.*API key you linked is deleted here.*Messages.*stay/s);
    expect(await jobsOf('ann')).toEqual([]);
    expect(await jobsOf('ben')).toHaveLength(2);
    expect(await world.store.conversations.get('plain:T1:D1:')).toBeNull();
    expect(await world.store.conversations.get('plain:T1:C1:H1')).toMatchObject({ chatId: null, owner: null });
    expect(await world.store.settings.get('user:plain:T1:ann', 'model')).toBeNull();
    expect(await world.store.links.get('plain:T1:ann', 'openwebui')).toBeNull();
    expect(chats()).toBe(2);
    expect(audits()).toEqual(['account linked', 'account unlinked', 'person forgotten']);
  });

  it('goes on as with somebody new: the next question in a shared thread begins a chat of its asker', async () => {
    await open();
    await link(world, 'Ann');
    await ask('Hello?', 'Ann');
    await ask('I am here, too.', 'Ben');
    await pressIn(world, await command('forget'), 'Yes, forget me');
    await ask('Who is left?', 'Ben');
    expect(await world.store.conversations.get('plain:T1:C1:H1')).toMatchObject({ owner: null });
    expect(chats()).toBe(2);
  });

  it('deletes the chats of one’s own account when that is asked for on its own, and tells how many', async () => {
    await open();
    await link(world, 'Ann');
    await ask('One?', 'Ann', DIRECT);
    await ask('Two?', 'Ann');
    await ask('Three?', 'Ben', { ...THREAD, thread: 'H2' });
    const asked = await command('forget');
    const again = await pressIn(world, asked, 'Forget me and my chats…');
    expect(wordsIn(again)).toContain('Delete the 2 chats in Open WebUI');
    expect(chats()).toBe(3);
    const done = await pressIn(world, again, 'Delete all 2 and forget me');
    expect(wordsIn(done)).toMatch(/2 chats are deleted in Open WebUI\.\n\nI have forgotten you/);
    expect(JSON.stringify(world.openWebUI.chats())).toContain('Three?');
    expect(chats()).toBe(1);
    expect(audits()).toContain('chats deleted');
  });

  it('of the team’s account deletes only what nobody else could write in', async () => {
    await open();
    await ask('Mine alone?', 'Ann', DIRECT);
    await ask('For all to see?', 'Ann');
    const again = await pressIn(world, await command('forget'), 'Forget me and my chats…');
    expect(wordsIn(again)).toContain('Delete the 1 chat in Open WebUI');
    await pressIn(world, again, 'Delete it and forget me');
    expect(chats()).toBe(1);
    expect(JSON.stringify(world.openWebUI.chats())).toContain('For all to see?');
  });

  it('says how many chats could not be deleted, and forgets the person all the same', async () => {
    await open();
    await ask('Mine?', 'Ann', DIRECT);
    const again = await pressIn(world, await command('forget'), 'Forget me and my chats…');
    world.openWebUI.fault({ method: 'DELETE', path: /chats/ }, { status: 500, body: 'boom' }, 9);
    const done = await pressIn(world, again, 'Delete it and forget me');
    expect(wordsIn(done)).toMatch(/0 chats are deleted in Open WebUI, 1 could not be.*I have forgotten you/s);
    expect(await jobsOf('ann')).toEqual([]);
  });

  it('stops what is being answered, and leaves no row of it', async () => {
    await open();
    world.openWebUI.next(answer(['It begins', silence]));
    await world.host.accept(world.message('Endless?', { place: DIRECT, addressed: 'direct' }));
    await vi.waitFor(() => expect(world.last()?.text).toContain('It begins'));
    await pressIn(world, await command('forget'), 'Yes, forget me');
    expect(await jobsOf('ann')).toEqual([]);
    expect(world.plain.standing().join()).toContain('Stopped');
  });

  it('is nobody else’s to press, and nothing a second time', async () => {
    await open();
    await ask('What?', 'Ann', DIRECT);
    const asked = await command('forget');
    expect(wordsIn(await pressIn(world, asked, 'Yes, forget me', 'Ben'))).toContain('for the person who asked');
    expect(await jobsOf('ann')).not.toEqual([]);
    await pressIn(world, asked, 'Yes, forget me');
    expect(wordsIn(await pressIn(world, asked, 'Yes, forget me'))).toContain('too old');
    expect(markdownOf(await command('forget'))).toContain('Shall I forget you?');
  });
});
