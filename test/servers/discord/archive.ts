import { refuse } from './errors.ts';
import { may } from './permissions.ts';
import type { Channel } from './records.ts';
import { channelWire } from './wire.ts';
import type { World } from './world.ts';

/** Tells the gateway that a thread changed. */
export function announceThread(world: World, thread: Channel): void {
  world.dispatch('THREAD_UPDATE', { channel: thread }, () => channelWire(world, thread));
}

/** Writing into an archived thread brings it back. */
export function unarchive(world: World, thread: Channel): void {
  if (thread.thread?.archived !== true) return;
  thread.thread.archived = false;
  thread.thread.archivedAt = world.clock.now();
  announceThread(world, thread);
}

/**
 * Refuses to write into a closed thread. Sending into an archived one is allowed (it comes back) unless it is locked; every
 * other change there needs it open.
 */
export function checkOpen(world: World, channel: Channel, userId: string, action: 'send' | 'change'): void {
  const state = channel.thread;
  if (state === null) return;
  if (state.locked && !may(world, channel, userId, 'ManageThreads')) throw refuse('threadLocked');
  if (state.archived && action === 'change') throw refuse('threadArchived');
}
