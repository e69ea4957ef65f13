import { afterEach, describe, expect, it, vi } from 'vitest';
import type { MessageEvent } from '../../src/chat/events.ts';
import { branch, chatTree } from '../../src/openwebui/chat-tree.ts';
import { defectsOf } from '../openwebui/tree-defects.ts';
import { person } from '../person.ts';
import { answer, says, silence } from '../servers/openwebui/script.ts';
import { openWorld, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

async function open(given: Parameters<typeof openWorld>[0] = {}): Promise<void> {
  world = await openWorld(given);
}

async function settled(key: string): Promise<void> {
  await vi.waitFor(async () => {
    const job = await world.store.jobs.byKey(key);
    expect((await world.store.jobs.byKey(`after:${job?.id}`))?.state).toBe('done');
  });
}

async function ask(text: string, words: string, more: Parameters<World['message']>[1] = {}): Promise<MessageEvent> {
  world.openWebUI.next(says(words));
  const event = world.message(text, more);
  await world.host.accept(event);
  await settled(event.key);
  return event;
}

let edits = 0;
async function edit({ message, key }: MessageEvent, text: string, by = 'Ann'): Promise<void> {
  edits += 1;
  const changed = { ...message, text, author: person(by) };
  await world.host.accept({ type: 'edited', key: `${key}:${edits}`, message: changed });
}

const OFFER = 'Answer the edited question';
const said = () => {
  const [chat] = world.openWebUI.chats();
  const tree = chatTree.parse(chat?.chat);
  expect(defectsOf(tree)).toEqual([]);
  return branch(tree).map((turn) => turn.text);
};
const questions = () => {
  const tree = chatTree.parse(world.openWebUI.chats()[0]?.chat);
  return Object.values(tree.history.messages).filter((one) => one.role === 'user');
};

describe('a question that is edited', () => {
  it('offers an answer to what it says now, and puts it into the same message and beside the old question', async () => {
    await open();
    await ask('Before?', 'Yes.');
    const event = await ask('What is teh tide?', 'A typo.');
    expect(world.buttons()).not.toContain(OFFER);
    await edit(event, 'What is the tide?');
    await vi.waitFor(() => expect(world.buttons()).toContain(OFFER));
    expect(world.plain.standing()).toEqual(['Yes.', 'A typo.']);
    world.openWebUI.next(says('The sea, moving.'));
    expect(await world.press(OFFER)).toEqual({ do: 'none' });
    await vi.waitFor(() => expect(world.plain.standing()).toEqual(['Yes.', 'The sea, moving.']));
    expect(world.openWebUI.asked.at(-1)?.messages.map((one) => one.text)).toEqual([
      'Ann: Before?',
      'Yes.',
      'Ann: What is the tide?',
    ]);
    await vi.waitFor(() =>
      expect(said()).toEqual(['Ann: Before?', 'Yes.', 'Ann: What is the tide?', 'The sea, moving.']),
    );
    const [, old, now] = questions();
    expect(old?.content).toBe('Ann: What is teh tide?');
    expect(now?.parentId).toBe(old?.parentId);
    await vi.waitFor(() => expect(world.buttons()).toContain('Regenerate'));
    expect(world.buttons()).not.toContain(OFFER);
  });

  it('begins its chat anew beside itself where it was the first', async () => {
    await open();
    const event = await ask('Fisrt?', 'Old.');
    await edit(event, 'First?');
    await vi.waitFor(() => expect(world.buttons()).toContain(OFFER));
    world.openWebUI.next(says('New.'));
    await world.press(OFFER);
    await vi.waitFor(() => expect(said()).toEqual(['Ann: First?', 'New.']));
    expect(questions().map((one) => one.parentId)).toEqual([null, null]);
  });

  it('counts as it read last, and not at all once it reads as it did', async () => {
    await open();
    const event = await ask('One?', 'First.');
    await edit(event, 'Two?');
    await edit(event, 'Three?');
    await vi.waitFor(() => expect(world.buttons()).toContain(OFFER));
    await edit(event, 'One?');
    await vi.waitFor(() => expect(world.buttons()).not.toContain(OFFER));
    await edit(event, 'Four?');
    await vi.waitFor(() => expect(world.buttons()).toContain(OFFER));
    world.openWebUI.next(says('Fourth.'));
    await world.press(OFFER);
    await vi.waitFor(() => expect(world.plain.standing()).toEqual(['Fourth.']));
    expect(world.openWebUI.asked.at(-1)?.messages.at(-1)?.text).toBe('Ann: Four?');
    await vi.waitFor(() => expect(world.buttons()).toContain('Regenerate'));
    await edit(event, 'Five?');
    await vi.waitFor(() => expect(world.buttons()).toContain(OFFER));
    world.openWebUI.next(says('Fifth.'));
    await world.press(OFFER);
    await vi.waitFor(() => expect(world.plain.standing()).toEqual(['Fifth.']));
    await vi.waitFor(() => expect(said()).toEqual(['Ann: Five?', 'Fifth.']));
    await vi.waitFor(() => expect(questions()).toHaveLength(3));
  });

  it('while it is answered is offered when the answer is over', async () => {
    await open();
    world.openWebUI.next(answer(['It begins', silence]));
    const event = world.message('One?');
    await world.host.accept(event);
    await vi.waitFor(() => expect(world.last()?.text).toContain('It begins'));
    await edit(event, 'Two?');
    expect(world.buttons()).toEqual(['Stop']);
    await world.press('Stop');
    await vi.waitFor(() => expect(world.buttons()).toContain(OFFER));
  });

  it('keeps the follow-up questions beside the offer, whichever comes first', async () => {
    await open({ followUps: true });
    world.openWebUI.nextTask('follow_up', '{"follow_ups": ["And at night?"]}');
    const event = await ask('One?', 'First.');
    await edit(event, 'Two?');
    await vi.waitFor(() => expect(world.buttons()).toEqual(expect.arrayContaining([OFFER, 'And at night?'])));
  });

  it('is answered again only for whoever asked it', async () => {
    await open();
    const event = await ask('One?', 'First.');
    await edit(event, 'Two?', 'Ben');
    expect(world.buttons()).not.toContain(OFFER);
    await edit(event, 'Two?');
    await vi.waitFor(() => expect(world.buttons()).toContain(OFFER));
    for (const by of ['Ben', 'admin'])
      expect(await world.press(OFFER, by)).toMatchObject({ body: { markdown: expect.stringContaining('Only Ann') } });
    expect(world.openWebUI.asked).toHaveLength(1);
  });

  it('is answered once, however often it is pressed', async () => {
    await open();
    await edit(await ask('One?', 'First.'), 'Two?');
    await vi.waitFor(() => expect(world.buttons()).toContain(OFFER));
    world.openWebUI.next(says('Second.'));
    await Promise.all([world.press(OFFER), world.press(OFFER)]);
    await vi.waitFor(() => expect(world.plain.standing()).toEqual(['Second.']));
    await vi.waitFor(() => expect(world.buttons()).toContain('Regenerate'));
    expect(world.openWebUI.asked).toHaveLength(2);
  });

  it.each([
    ['an older one', 'Older?'],
    ['the same words', 'Newer?'],
    ['a command', '/new'],
    ['nothing', ' '],
    ['a key', `sk-${'a1'.repeat(16)}`],
  ])('into %s offers nothing', async (what, text) => {
    await open();
    const older = await ask('Old?', 'First.');
    const newer = await ask('Newer?', 'Second.');
    await edit(what === 'an older one' ? older : newer, text);
    expect(world.plain.messages.flatMap((one) => one.controls?.buttons ?? []).map((one) => one.label)).not.toContain(
      OFFER,
    );
    const values = await world.store.settings.get(`turn:${(await world.store.jobs.byKey(newer.key))?.id}`, 'edited');
    expect(values).toBeNull();
  });

  it('that was taken over by a regenerated answer is offered under that one', async () => {
    await open();
    const event = await ask('One?', 'First.');
    world.openWebUI.next(says('Second.'));
    await world.press('Regenerate');
    await vi.waitFor(() => expect(world.plain.standing()).toEqual(['Second.']));
    await vi.waitFor(() => expect(world.buttons()).toContain('Regenerate'));
    await edit(event, 'Two?');
    await vi.waitFor(() => expect(world.buttons()).toContain(OFFER));
  });
});
