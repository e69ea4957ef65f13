import type { View } from '../chat/view.ts';
import type { Wish } from './pacer.ts';
import { nextStep, type Reply, type Step, scopesOf } from './reply-state.ts';

/** No two edits of one reply come closer than this, in milliseconds. */
const GAP_MS = 250;
/** An edit for fewer new characters than this waits until the last one is {@link FEW_MS} old. */
const FEW = 20;
const FEW_MS = 1_000;
/** A first text is a word, or this many characters, or whatever is there after {@link WORD_MS}. */
const FIRST_UNITS = 24;
const WORD_MS = 150;
/** Without text for so long, the status becomes the first message (DESIGN, Delivery 4). */
const STATUS_MS = 10_000;

/** What a reply would like to call next (our reference, streaming 3.2, rules 3 to 8). Without effects; no text is rendered for it. */
export function wishOf(reply: Reply, now: number): Wish | null {
  const { view, sentTo, sentAt, sentView, retryAt, composer } = reply;
  const step = nextStep(reply);
  if (!view || !step) return null;
  const scopes = scopesOf(reply, step);
  const unseen = view.markdown.length - sentTo;
  const age = now - sentAt;
  const live = (at: number, weight = unseen * age): Wish => ({ scopes, rank: 2, weight, at: Math.max(retryAt, at) });

  if (view.final) {
    const weight = (unseen + 1) * (now - (reply.finishedAt ?? now) + 1);
    return { scopes, rank: 0, weight, at: retryAt };
  }
  if (!reply.visible)
    return reply.textAt === null ? firstStatus(reply, view, live) : firstText(reply, view, scopes, now);
  // A part that is over is put at once: what follows it waits for that.
  if (closes(step)) return live(0);
  if (unseen > 0) return live(sentAt + (unseen < FEW ? FEW_MS : GAP_MS));
  const held = composer.heldUntil();
  if (held !== null) return live(Math.max(held, sentAt + GAP_MS), age);
  if (sentView && differs(sentView, view)) {
    return { scopes, rank: 3, weight: age, at: Math.max(retryAt, sentAt + FEW_MS) };
  }
  return null;
}

function firstStatus(reply: Reply, view: View, live: (at: number, weight: number) => Wish): Wish | null {
  const { sentView, sentAt, startedAt } = reply;
  if ((view.status === null && view.note === null) || sentView === view) return null;
  return live(Math.max(startedAt + STATUS_MS, sentView ? sentAt + FEW_MS : 0), 1);
}

function firstText(reply: Reply, view: View, scopes: readonly string[], now: number): Wish {
  const { sentTo, sentAt, retryAt, composer } = reply;
  const textAt = reply.textAt ?? now;
  const readable = view.markdown.length >= FIRST_UNITS || /\S\s/.test(view.markdown);
  // All of it has been looked at and is held back: it shows when the hold ends.
  const held = sentTo === view.markdown.length ? Math.max(composer.heldUntil() ?? 0, sentAt + GAP_MS) : 0;
  return { scopes, rank: 1, weight: now - textAt, at: Math.max(retryAt, held, readable ? 0 : textAt + WORD_MS) };
}

function closes(step: Step): boolean {
  return (step.do === 'put' || step.do === 'open') && step.closed;
}

/** Whether a view shows something else than another, their texts aside. */
function differs(a: View, b: View): boolean {
  return a.status !== b.status || a.controls !== b.controls || a.note !== b.note || a.sources !== b.sources;
}
