import type { Problem } from '../chat/errors.ts';
import type { Slot } from './ledger.ts';
import { leave } from './reply-calls.ts';
import type { Reply } from './reply-state.ts';
import { backOff, isFatal } from './retry.ts';

/** A part refused as too large is cut smaller so many times before we give up. */
const NARROWINGS = 6;
/** Tidying up is tried so many times. */
const TIDYINGS = 3;
/** Problems that nobody foresaw are tried so many times in a row. */
const SURPRISES = 8;

/** What a failed call means for a reply: it sets when and how to go on, or says that there is no way. */
export function nextOnProblem(reply: Reply, problem: Problem): 'go on' | 'give up' {
  const { composer, ledger, room } = reply;
  reply.lastProblem = problem;
  // The lease is lost: whatever is left to write is somebody else's to write.
  if (problem.kind === 'stopped') return 'give up';
  if (composer.ended() && reply.front >= composer.closed()) {
    tidyLater(reply, problem);
    return 'go on';
  }
  const slot = ledger.slot(reply.front);
  const closed = reply.front < composer.closed();
  switch (problem.kind) {
    case 'busy':
      // Refused, so not posted; the pacer holds the scope, there is nothing more to wait for here.
      slot.uncertain = false;
      return 'go on';
    case 'too-large':
      reply.narrowings += 1;
      slot.uncertain = false;
      if (reply.narrowings > NARROWINGS) return 'give up';
      composer.narrow(reply.front);
      return 'go on';
    case 'expired':
      slot.uncertain = false;
      return expire(reply, slot, closed);
    case 'gone':
      // Somebody deleted a part that could already be read: the rest goes on. With nothing after it, they meant the answer.
      if (!closed || (composer.ended() && reply.front + 1 >= composer.closed())) return 'give up';
      slot.done = true;
      slot.surface = null;
      return 'go on';
    default:
  }
  reply.failures += 1;
  if (isFatal(problem) || (problem.kind === 'bug' && reply.failures > SURPRISES)) return 'give up';
  reply.retryAt = room.clock.now() + backOff(problem, reply.failures, room.random);
  return 'go on';
}

/** The trigger is dead, or the message that hung on it: what it shows stays, the rest is said another way. */
function expire(reply: Reply, slot: Slot, closed: boolean): 'go on' | 'give up' {
  const { options } = reply;
  const told = options.answerUser !== undefined;
  if (!told && (options.via?.private || (slot.surface === null && reply.viaUsed))) return 'give up';
  if (slot.surface && slot.to > 0 && !closed) {
    leave(reply, slot);
    slot.done = true;
  } else {
    if (told) reply.toldFrom = Math.min(reply.toldFrom, slot.index);
    slot.ref = null;
  }
  reply.viaUsed = true;
  slot.surface = null;
  slot.intended = false;
  return 'go on';
}

/** The answer stands; what was left to tidy up is not worth failing for. */
function tidyLater(reply: Reply, problem: Problem): void {
  const { composer, ledger, options, room } = reply;
  reply.failures += 1;
  if (!isFatal(problem) && reply.failures < TIDYINGS) {
    reply.retryAt = room.clock.now() + backOff(problem, reply.failures, room.random);
    return;
  }
  for (const slot of ledger.slots()) if (slot.index >= composer.closed()) slot.surface = null;
  for (const ref of options.reuse) reply.discarded.add(ref.id);
  ledger.file().done = true;
}
