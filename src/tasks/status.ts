import { nextDelay } from './poll.ts';
import type { TaskState } from './state.ts';

/** After so long in the queue people are told what may be amiss (our reference, nextcloud 4, How long tasks wait). */
const HINT_MS = 60_000;
/** What part of a task must be done before the rest can be told from it. */
const TELLING = 0.05;

/** The line that stands while a task is under way; null when there is nothing to tell yet. Pure. */
export function statusOf(state: TaskState, now: number): string | null {
  const { away, seen } = state;
  if (away) return `${away.say.split('. ')[0]?.replace(/\.$/, '')}. I keep trying · ${spanWords(now - away.since)}`;
  switch (state.phase) {
    case 'preparing':
      return 'Putting the file into Nextcloud…';
    case 'ordering':
      return ordering(state, now);
    case 'waiting':
      return seen?.status === 'running' ? running(state, now) : queued(state, now);
    case 'cancelling':
      return 'Cancelling…';
    case 'fetching':
      return 'Fetching the result…';
    default:
      return null;
  }
}

function ordering({ turnAt, ordered, scheduledAt, cancelled }: TaskState, now: number): string | null {
  if (turnAt !== null && turnAt > now)
    return `Nextcloud takes 20 tasks in two minutes; yours starts in about ${spanWords(turnAt - now)}`;
  if (!ordered) return null;
  return cancelled ? 'Cancelling…' : `Handed to Nextcloud · ${spanWords(now - (scheduledAt ?? now))}`;
}

function queued({ scheduledAt }: TaskState, now: number): string {
  const waited = now - (scheduledAt ?? now);
  const line = `Waiting in Nextcloud’s queue · ${spanWords(waited)}`;
  if (waited < HINT_MS) return line;
  return `${line} · Still waiting. The server may have no worker for AI tasks running; whoever runs Nextcloud can start one.`;
}

function running({ seen, runningAt }: TaskState, now: number): string {
  const progress = seen?.progress ?? 0;
  const ran = now - (runningAt ?? now);
  const parts = [progress > 0 ? `Running ${Math.floor(progress * 100)} %` : 'Running', spanWords(ran)];
  const left =
    progress >= TELLING
      ? (ran * (1 - progress)) / progress
      : seen?.expectedAt !== null && seen?.expectedAt !== undefined && seen.expectedAt > now
        ? seen.expectedAt - now
        : null;
  // What is over before the next look is not worth a word.
  if (left !== null && left > nextDelay(ran)) parts.push(`about ${spanWords(left)} left`);
  return parts.join(' · ');
}

/** A span in few words, coarser the longer it is, so that the line does not change at every look. */
export function spanWords(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return seconds < 10 ? `${seconds} s` : `${Math.floor(seconds / 5) * 5} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.floor(hours / 24)} days`;
  const rest = Math.floor((minutes % 60) / 10) * 10;
  return hours < 6 && rest > 0 ? `${hours} h ${rest} min` : `${hours} h`;
}
