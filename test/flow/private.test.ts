import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Trigger } from '../../src/chat/events.ts';
import { controlId } from '../../src/turn/control-id.ts';
import { encodeQuestion } from '../../src/turn/question.ts';
import { person } from '../person.ts';
import { question } from '../question.ts';
import { says } from '../servers/openwebui/script.ts';
import { CHANNEL, DIRECT, openWorld, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

/** Through which triggers messages were opened. */
let vias: (string | null)[] = [];

async function open(options: Parameters<typeof openWorld>[0] = {}): Promise<void> {
  vias = [];
  world = await openWorld({
    ...options,
    wrap: (adapter) => ({
      ...adapter,
      open(place, first, key, via: Trigger | null) {
        vias.push(via && `${via.id}${via.private ? ' private' : ''}`);
        return adapter.open(place, first, key, via);
      },
    }),
  });
}

/** A question whose answer only Ann may see, as a private command asks it in a channel; the key of its event. */
async function askPrivately(text: string): Promise<string> {
  const { key, trigger } = world.command('x', '', { place: CHANNEL });
  const asked = question(text, CHANNEL, {
    trigger: { ...trigger, private: true },
    announce: 'Ann asked something',
    private: true,
    at: Date.now(),
  });
  const job = { key, lane: 'turn', conversation: `alone:${key}`, kind: 'question', notBefore: 0 } as const;
  const payload = encodeQuestion(asked, world.vault);
  await world.store.jobs.accept({ ...job, payload, expiresAt: Date.now() + 60_000 }, Date.now());
  // Anything that is accepted makes the queue look.
  await world.host.accept(world.message('Hi', { place: DIRECT, addressed: 'direct' }));
  await vi.waitFor(() => expect(world.logged.filter((line) => line.includes('"turn over"'))).toHaveLength(2), {
    timeout: 5_000,
  });
  return key;
}

describe('a private answer in a channel', () => {
  it('goes through its trigger, leaves no line and makes no thread, and the channel is not joined', async () => {
    await open();
    world.openWebUI.next(says('For your eyes.'));
    await askPrivately('A secret?');
    expect(vias).toContainEqual(expect.stringMatching(/^trigger-\d+ private$/));
    expect(world.plain.standing()).not.toContain('Ann asked something');
    expect(world.plain.calls.get('thread')).toBeUndefined();
    expect(await world.store.conversations.get('plain:T1:C1:')).toBeNull();
  });

  it('has follow-ups for its asker alone, answered as privately', async () => {
    await open({ followUps: true });
    world.openWebUI.nextTask('follow_up', '{"follow_ups":["And why?"]}');
    await askPrivately('A secret?');
    await vi.waitFor(() => expect(() => world.press('And why?', 'Nobody')).not.toThrow());
    expect(await world.press('And why?', 'Ben')).toMatchObject({
      do: 'say',
      private: true,
      body: { markdown: expect.stringContaining('Only Ann') },
    });
  });

  it('is written again through the click that asked for it, since its own trigger may be dead', async () => {
    await open();
    await askPrivately('A secret?');
    const before = vias.length;
    for (const message of world.plain.messages) if (message.place.channel === 'C1') world.plain.delete(message.id);
    const answer = world.plain.messages.find((message) => message.place.channel === 'C1');
    const regenerate = answer?.controls?.buttons[0]?.id ?? '';
    const { key, trigger } = world.command('x', '', { place: CHANNEL });
    const on = { place: CHANNEL, id: answer?.id ?? '' };
    const click = {
      type: 'button',
      key,
      author: person('Ann'),
      place: CHANNEL,
      control: regenerate,
      value: null,
    } as const;
    const pressed = await world.host.accept({ ...click, trigger: { ...trigger, private: true }, on });
    expect(pressed).toEqual({ do: 'work', private: true });
    await vi.waitFor(() => expect(vias.length).toBeGreaterThan(before));
    expect(vias.at(-1)).toBe(`${trigger.id} private`);
  });
});

describe('a private answer', () => {
  it('is asked again by nobody but its asker, whoever made up the button', async () => {
    await open();
    world.openWebUI.next(says('For your eyes.'));
    const job = await world.store.jobs.byKey(await askPrivately('Psst?'));
    const { trigger, author, place, key } = world.command('x', '', { author: person('Admin'), place: CHANNEL });
    const control = controlId('regenerate', job?.id ?? '');
    const asked = world.openWebUI.asked.length;
    const said = await world.host.accept({
      type: 'button',
      ...{ key, trigger, author, place, control },
      value: null,
      on: { place, id: 'B' },
    });
    expect(said).toMatchObject({ do: 'say', private: true });
    expect(JSON.stringify(said)).toContain('Ann, who asked');
    expect(world.openWebUI.asked).toHaveLength(asked);
  });
});
