import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/chat/clock.ts';
import { says } from '../servers/openwebui/script.ts';
import { createPlain } from '../servers/plain.ts';
import { CHANNEL, openWorld, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

const LONG = Array.from({ length: 40 }, (_, at) => `Paragraph ${at} ${'word '.repeat(30).trim()}.`).join('\n\n');

describe('a long private answer', () => {
  it('stands in several messages and never as a file that everybody finds; shared it is whole', async () => {
    const plain = createPlain({ clock: systemClock, max: 600, partsBeforeFile: 2 });
    world = await openWorld({ plain });
    world.openWebUI.next(says(LONG, { units: 400 }));
    await world.host.accept(world.command('ask', 'private=yes Tell me all', { place: CHANNEL }));
    await vi.waitFor(() => expect(world.buttons()).toContain('Share here'), { timeout: 8_000 });
    expect(plain.standing().length).toBeGreaterThan(3);
    expect(plain.files).toEqual([]);
    const before = plain.messages.length;
    await world.press('Share here');
    const shared = plain.messages.slice(before).map((one) => one.text);
    expect(shared[0]).toContain('> Ann shared: Tell me all');
    expect(shared.at(-1)).toContain('Paragraph 39');
  });
});
