import type { Message, Stream } from './model.ts';
import type { World } from './world.ts';

/** The stream of a message as it stands now: one that outlived its time, or lay idle too long, is broken (reference, slack 1.6). */
export function streamNow(world: World, message: Message): Stream | null {
  const { stream } = message;
  if (stream?.state !== 'in_progress') return stream;
  const now = world.clock.now();
  if (now - stream.openedAt >= world.streamLifeMs || now - stream.lastAt >= world.streamIdleMs) stream.state = 'broken';
  return stream;
}
