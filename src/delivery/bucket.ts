import type { Rate } from '../chat/limits.ts';

/** What a call took from a bucket; handed back when its answer has come, so that the model follows what the platform counted. */
export interface Receipt {
  /** When the token was taken, in milliseconds. */
  readonly at: number;
  /** The bucket was full: the platform's own bucket went on overflowing until the call arrived there. */
  readonly full: boolean;
  /** Calls taken before it. */
  readonly before: number;
  /** When the live edit before it went. */
  readonly after: number;
}

/**
 * Our model of one token bucket on the platform's side. Times are milliseconds, tokens are calls. Pure: time is passed in.
 * It is right about a plain token bucket and about a fixed window told by headers, and errs on the slow side in between.
 */
export interface Bucket {
  /** Milliseconds until a call may go; 0 is now. With `spare` one token more is left for calls that matter more. */
  wait(now: number, spare: boolean): number;
  /** Milliseconds until the next live edit keeps its distance: short while tokens are in stock, `1/rate` when they are not. */
  spacing(now: number): number;
  take(now: number, live: boolean): Receipt;
  /** The call was not made after all. */
  refund(now: number, receipt: Receipt): void;
  /** The call's answer has come, whatever it says. */
  settle(now: number, receipt: Receipt): void;
  /** The platform refused the call: nothing goes for `retryMs`, and slower afterwards. */
  refused(now: number, receipt: Receipt, retryMs: number): void;
  /** What an answer's headers tell: `left` calls remain until `resetMs` from now. */
  learn(now: number, left: number, resetMs: number): void;
  /** Calls per second that it allows at present. */
  rate(): number;
  /** Nothing is taken, held or shrunk: forgetting it loses nothing. */
  idle(now: number): boolean;
}

/** A refusal multiplies the rate by this (our reference, streaming 3.2, rule 6). */
const SHRINK = 0.7;
/** Each clean {@link MEND_MS} gives back this share of the nominal rate. */
const MEND = 0.05;
const MEND_MS = 30_000;
/**
 * How much of the stock is spent early: 1 spends it within a few edits, 0 never. Found by simulation over answers of 6, 20 and 60 s
 * and 1 to 15 replies: between 0.5 and 0.7 every one of them is within 1.4 of the square-root law, most within 1.2.
 */
const EAGER = 0.6;
/** However often it is refused, a scope keeps this share of its nominal rate, so that it can find out that things are better. */
const FLOOR = 0.02;
/**
 * A refusal for so short a time, right where a window has ended, is a difference between clocks and no lower limit: windows are
 * taken to end so much later from then on, in milliseconds.
 */
const SEAM_MS = 250;
/** After so many answers the fastest trip is believed to be one: the first ones also open connections. */
const TRIPS = 4;
const EPSILON = 1e-6;

/** A bucket that starts full at the published rate. */
export function createBucket(nominal: Rate, start: number): Bucket {
  let limit = Math.max(1, nominal.burst);
  let published = nominal.perSecond / 1000;
  let burst = limit;
  let rate = published;
  let tokens = burst;
  let at = start;
  let heldUntil = start;
  let shrunkAt = Number.NEGATIVE_INFINITY;
  let mendedAt = start;
  /** Until then headers told how many calls are left, and no more come back. */
  let windowEnd: number | null = null;
  /** When the last window ended, and how much later than told they have proved to end. */
  let endedAt = Number.NEGATIVE_INFINITY;
  let late = 0;
  /** Headers have told a window: whoever spends one evenly is told what a token bucket would tell too. */
  let windows = false;
  let lastLive = Number.NEGATIVE_INFINITY;
  let pending = 0;
  let fastest = Number.POSITIVE_INFINITY;
  let trips = 0;
  let refusedOnce = false;
  let taken = 0;

  const reserve = () => (burst >= 2 ? 1 : 0);

  function refill(now: number): void {
    const clean = Math.floor((now - mendedAt) / MEND_MS);
    if (clean > 0) {
      mendedAt += clean * MEND_MS;
      rate = Math.min(published, rate + clean * MEND * published);
      burst = Math.min(limit, burst + clean * MEND * limit);
    }
    if (windowEnd !== null) {
      if (now < windowEnd) return;
      tokens = burst;
      at = windowEnd;
      endedAt = windowEnd;
      windowEnd = null;
    }
    if (now <= at) return;
    tokens = Math.min(burst, tokens + (now - at) * rate);
    at = now;
  }

  return {
    wait(now, spare) {
      refill(now);
      const held = Math.max(0, heldUntil - now);
      const need = 1 + (spare ? reserve() : 0) - EPSILON;
      if (windowEnd !== null) {
        const toReset = windowEnd - now;
        if (tokens >= need) return held;
        // The spare token is worth keeping only while the next ones are far away.
        const near = tokens >= 1 - EPSILON ? toReset - 1 / rate : toReset;
        return Math.max(held, near, 0);
      }
      if (tokens >= need) return held;
      return Math.max(held, at - now + (need - tokens) / rate);
    },

    spacing(now) {
      refill(now);
      const stock = Math.max(1, burst - reserve());
      const surplus = windowEnd === null ? tokens - reserve() : tokens - (windowEnd - now) * rate;
      const gap = (1 - (EAGER * surplus) / stock) / rate;
      // The surplus itself grows while one waits, hence the divisor.
      return Math.max(0, (gap - (now - lastLive)) / (1 + 1 / stock));
    },

    take(now, live) {
      refill(now);
      const full = windowEnd === null && tokens >= burst - EPSILON;
      tokens -= 1;
      pending += 1;
      taken += 1;
      const after = lastLive;
      if (live) lastLive = now;
      return { at: now, full, after, before: taken - 1 };
    },

    refund(now, receipt) {
      refill(now);
      pending = Math.max(0, pending - 1);
      if (lastLive === receipt.at) lastLive = receipt.after;
      tokens = Math.min(burst, tokens + 1);
    },

    settle(now, receipt) {
      refill(now);
      pending = Math.max(0, pending - 1);
      const trip = now - receipt.at;
      fastest = Math.min(fastest, trip);
      trips += 1;
      // The call arrived some time before its answer did: half the fastest trip before, unless that has proved too hopeful.
      const missed = trip - (refusedOnce || trips < TRIPS ? 0 : fastest / 2);
      if (receipt.full && windowEnd === null) {
        // However late it arrived, a bucket that was full then has paid for no more than the calls since.
        tokens = Math.max(tokens - missed * rate, Math.min(tokens, burst - (taken - receipt.before)));
      }
    },

    refused(now, receipt, retryMs) {
      refill(now);
      heldUntil = Math.max(heldUntil, now + retryMs);
      if (windowEnd === null && receipt.at >= endedAt && heldUntil - endedAt <= SEAM_MS) {
        late = Math.max(late, heldUntil - endedAt);
        tokens = burst;
        at = heldUntil;
        if (lastLive === receipt.at) lastLive = receipt.after;
        return;
      }
      refusedOnce = true;
      // Calls that were on their way together are refused together, for one and the same reason.
      if (receipt.at >= shrunkAt) {
        shrunkAt = now;
        rate = Math.max(published * FLOOR, rate * SHRINK);
        // What we still believed to have in stock was not there.
        burst = Math.max(1, Math.min(burst, burst - Math.floor(Math.max(0, tokens))));
      }
      mendedAt = heldUntil;
      windowEnd = null;
      tokens = 1;
      at = heldUntil;
    },

    learn(now, left, resetMs) {
      refill(now);
      if (left + 1 > limit && resetMs > 0) {
        limit = left + 1;
        burst = limit;
        published = Math.max(published, limit / resetMs);
        rate = published;
      }
      tokens = Math.max(0, left - Math.max(0, pending - 1));
      at = now;
      // A platform that counts by token bucket says it will be full when ours would be; anything else is a window.
      const steady = left > 0 && Math.abs(left + resetMs * rate - burst) < 1;
      windows ||= !steady && resetMs > 0;
      windowEnd = windows && resetMs > 0 ? now + resetMs + late : null;
    },

    rate: () => rate * 1000,

    idle(now) {
      refill(now);
      return (
        pending === 0 &&
        windowEnd === null &&
        now >= heldUntil &&
        tokens >= burst - EPSILON &&
        rate >= published &&
        burst >= limit
      );
    },
  };
}
