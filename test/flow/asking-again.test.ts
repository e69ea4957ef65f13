import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/chat/clock.ts';
import type { Message } from '../../src/chat/messages.ts';
import { person } from '../person.ts';
import { answer, says } from '../servers/openwebui/script.ts';
import { createPlain } from '../servers/plain.ts';
import { CHANNEL, openWorld, THREAD, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

async function answered(count = 1): Promise<void> {
  await vi.waitFor(() => expect(world.logged.filter((line) => line.includes('"turn over"'))).toHaveLength(count), {
    timeout: 5_000,
  });
}

const chat = () => JSON.stringify(world.openWebUI.chats());

describe('asking again', () => {
  it('when people have written since posts anew, and takes the buttons off the old answer', async () => {
    const later: Message[] = [];
    world = await openWorld({ wrap: (adapter) => ({ ...adapter, history: async () => later }) });
    world.openWebUI.next(says('One.'));
    const question = world.message('1');
    await world.host.accept(question);
    await answered();
    later.push({ ...question.message, ref: { place: THREAD, id: 'X1' }, author: person('Ben'), at: Date.now() });
    world.openWebUI.next(says('Two.'));
    await world.press('Regenerate');
    await answered(2);
    expect(world.plain.standing()).toEqual(['One.', 'Two.']);
    await vi.waitFor(() => expect(world.plain.messages[0]?.controls).toBeNull());
  });

  it('with a shorter answer deletes the messages that are left over', async () => {
    world = await openWorld({ plain: createPlain({ clock: systemClock, max: 200 }) });
    world.openWebUI.next(says('word '.repeat(100), { units: 50 }));
    await world.host.accept(world.message('1'));
    await answered();
    expect(world.plain.standing().length).toBeGreaterThan(2);
    await vi.waitFor(() => expect(chat()).toContain('word word'));
    world.openWebUI.next(says('Short.'));
    await world.press('Regenerate');
    await answered(2);
    await vi.waitFor(() => expect(world.plain.standing()).toEqual(['Short.']));
  });

  it('after the thread could not be made makes it then', async () => {
    let refuse = true;
    world = await openWorld({
      wrap: (adapter) => ({
        ...adapter,
        thread: (origin, name) => {
          if (refuse) world.plain.fail('thread', 'forbidden');
          return adapter.thread(origin, name);
        },
      }),
    });
    const thread = { ...CHANNEL, thread: 'thread-of-Q1' };
    await world.host.accept(world.message('Hello?', { place: CHANNEL, conversation: thread }));
    await answered();
    expect(world.buttons()).toEqual(['Retry']);
    refuse = false;
    world.openWebUI.next(says('Here.'));
    expect(await world.press('Retry')).toEqual({ do: 'none' });
    await answered(2);
    expect(world.plain.messages.findLast((one) => one.text === 'Here.')?.place).toEqual(thread);
  });

  it('gives the first question its emoji, when the first try had failed', async () => {
    world = await openWorld({ emoji: true });
    world.openWebUI.next(answer([]));
    await world.host.accept(world.message('Bread?'));
    await vi.waitFor(() => expect(world.buttons()).toEqual(['Retry']));
    world.openWebUI.nextTask('emoji', '🍞');
    world.openWebUI.next(says('Bread.'));
    await world.press('Retry');
    await vi.waitFor(() => expect(world.plain.reactions).toEqual(['+🍞 Q1']));
  });

  it('and deleting the question then stops it too', async () => {
    world = await openWorld();
    world.openWebUI.next(says('One.'));
    const event = world.message('1');
    await world.host.accept(event);
    await answered();
    await vi.waitFor(() => expect(chat()).toContain('One.'));
    world.openWebUI.next(answer(['Two', { hold: true }]));
    await world.press('Regenerate');
    await vi.waitFor(() => expect(world.last()?.text).toBe('Two'));
    await world.host.accept({ type: 'deleted', key: 'd1', ref: event.message.ref });
    await vi.waitFor(() => expect(world.last()?.text).toBe('Two\n\n*Stopped.*'));
  });
});

describe('an answer edited in Open WebUI', () => {
  it('keeps the edit when its follow-ups are saved', async () => {
    world = await openWorld({ followUps: true });
    const asked = Promise.withResolvers<void>();
    const checkpoint = world.store.jobs.checkpoint;
    world.store.jobs.checkpoint = async (lease, json) => {
      const done = await checkpoint(lease, json);
      if (json.includes('Which flour?')) await asked.promise;
      return done;
    };
    world.openWebUI.nextTask('follow_up', '{"follow_ups":["Which flour?"]}');
    world.openWebUI.next(says('Bread.'));
    await world.host.accept(world.message('Bread?'));
    await answered();
    await vi.waitFor(() =>
      expect(world.openWebUI.seen({ path: '/api/v1/tasks/follow_up/completions' })).toHaveLength(1),
    );
    await vi.waitFor(() => expect(chat()).toContain('"done":true'));
    const [only] = world.openWebUI.chats();
    const url = `${world.openWebUI.url}/api/v1/chats/${only?.id}`;
    const headers = { authorization: `Bearer ${world.openWebUI.key}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ chat: only?.chat }).replaceAll('"Bread."', '"Rye bread."');
    await fetch(url, { method: 'POST', headers, body });
    asked.resolve();
    await vi.waitFor(() => expect(chat()).toContain('Which flour?'));
    expect(chat()).toContain('"Rye bread."');
  });
});
