import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/chat/clock.ts';
import { askFirst } from '../../src/inbox/late.ts';
import { question } from '../question.ts';
import { says } from '../servers/openwebui/script.ts';
import { CHANNEL, DIRECT, openWorld, type World } from './world.ts';

const MINUTE = 60_000;

let world: World;
afterEach(() => world.close());

/** A question that was asked so many minutes ago. */
function old(minutes: number, more: Parameters<World['message']>[1] = {}) {
  return world.message('Still there?', { at: Date.now() - minutes * MINUTE, ...more });
}

describe('a question older than 15 minutes', () => {
  it('is asked about before it is answered, and answered on Yes', async () => {
    world = await openWorld();
    await world.host.accept(old(20));
    await vi.waitFor(() => expect(world.last()?.text).toMatch(/^Ann, .* 20 minutes ago\. Still want an answer\?$/));
    expect(world.buttons()).toEqual(['Yes, answer it', 'No']);
    expect(world.openWebUI.asked).toHaveLength(0);
    world.openWebUI.next(says('Here I am.'));
    expect(await world.press('Yes, answer it')).toEqual({ do: 'none' });
    await vi.waitFor(() => expect(world.plain.standing()).toContain('Here I am.'));
    const asking = { text: 'Ann still wants an answer.', controls: null };
    await vi.waitFor(() => expect(world.plain.messages[0]).toMatchObject(asking));
  });

  it('is left on No, and its buttons go', async () => {
    world = await openWorld();
    await world.host.accept(old(20));
    await vi.waitFor(() => expect(world.buttons()).toContain('No'));
    await world.press('No');
    await vi.waitFor(() => expect(world.plain.standing()).toEqual(['Ann needs no answer any more.']));
    expect(world.plain.messages[0]?.controls).toBeNull();
    expect(world.openWebUI.asked).toHaveLength(0);
  });

  it('is for its asker to say', async () => {
    world = await openWorld();
    await world.host.accept(old(20));
    await vi.waitFor(() => expect(world.buttons()).toContain('No'));
    expect(await world.press('Yes, answer it', 'Ben')).toMatchObject({
      body: { markdown: expect.stringContaining('Only Ann') },
    });
    expect(world.openWebUI.asked).toHaveLength(0);
  });

  it('is answered once, however often Yes is pressed', async () => {
    world = await openWorld();
    await world.host.accept(old(20));
    await vi.waitFor(() => expect(world.buttons()).toContain('No'));
    world.openWebUI.next(says('Once.'));
    await Promise.all([world.press('Yes, answer it'), world.press('Yes, answer it')]);
    await vi.waitFor(() => expect(world.plain.standing()).toContain('Once.'));
    expect(world.openWebUI.asked).toHaveLength(1);
  });

  it('is answered without asking where the asking cannot be shown', async () => {
    world = await openWorld();
    world.plain.fail('open', 'invalid');
    world.openWebUI.next(says('Here I am.'));
    await world.host.accept(old(20, { place: DIRECT, addressed: 'direct' }));
    await vi.waitFor(() => expect(world.plain.standing()).toEqual(['Here I am.']));
  });

  it('of a channel is asked about in the channel: its thread is made only for an answer', async () => {
    world = await openWorld();
    const thread = { ...CHANNEL, thread: 'thread-of-Q1' };
    await world.host.accept(old(120, { place: CHANNEL, conversation: thread }));
    await vi.waitFor(() => expect(world.last()?.text).toContain('2 hours ago'));
    expect(world.last()?.place).toEqual(CHANNEL);
    expect(world.plain.calls.get('thread')).toBeUndefined();
    world.openWebUI.next(says('Here.'));
    await world.press('Yes, answer it');
    await vi.waitFor(() => expect(world.last()?.text).toBe('Here.'));
    expect(world.last()?.place).toEqual(thread);
  });
});

describe('a younger question', () => {
  it('is answered at once', async () => {
    world = await openWorld();
    world.openWebUI.next(says('Here.'));
    await world.host.accept(old(14));
    await vi.waitFor(() => expect(world.plain.standing()).toEqual(['Here.']));
  });
});

describe('a private question that came late', () => {
  it('is asked about in private', async () => {
    world = await openWorld();
    const told: string[] = [];
    const job = await world.store.jobs.accept(
      { key: 'k', lane: 'turn', conversation: null, kind: 'x', payload: '{}', notBefore: 0, expiresAt: Date.now() * 2 },
      Date.now(),
    );
    if (!job) throw new Error('not accepted');
    const { message } = old(20);
    const asked = question('A secret?', CHANNEL, { asker: message.author, private: true, at: message.at });
    const delivery = {
      tell: async (user: { id: string }) => {
        told.push(user.id);
        return 'ephemeral' as const;
      },
      say: () => Promise.reject(new Error('said aloud')),
    };
    const rooms = { store: world.store, delivery, clock: systemClock };
    expect(await askFirst(rooms, job, asked)).toBe(true);
    expect(told).toEqual(['ann']);
  });
});
