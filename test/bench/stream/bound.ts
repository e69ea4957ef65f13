/**
 * The least mean delay per character that a limit on edits allows: the yardstick of the bench.
 * `node test/bench/stream/bound.ts` prints it for every scenario.
 *
 * M answers with speeds r₁ … r_M (characters a second) share ρ′ edits a second. Between two edits of answer i, Δᵢ apart, a character
 * waits Δᵢ/2 on average, so the mean over all characters is Σ rᵢΔᵢ / (2 Σ rᵢ). Under Σ 1/Δᵢ = ρ′ that is least for Δᵢ ∝ 1/√rᵢ:
 *
 *     D* = ℓ + (Σ √rᵢ)² / (2 ρ′ Σ rᵢ)          (our reference, streaming 3.1; one answer: ℓ + 1/(2ρ′))
 *
 * ℓ is the mean time from the call to the text being visible. Over T seconds a bucket of B calls that refills at ρ a second gives
 * B + ρT calls, spread evenly at best, so ρ′ = (B + ρT)/T.
 *
 * What it leaves out, on either side: the first post of each message is no edit and so comes on top; the whole bucket is taken to be
 * spendable at any moment, although it is full only at the start; closing a full message costs an edit that shows little; Discord's windows
 * give 5 calls at their beginning, not one each second.
 */
import type { Rate } from '../../../src/chat/limits.ts';
import { LATENCY, SCENARIOS, type Scenario, speedsOf } from './scenarios.ts';

/** In seconds. */
const MEAN_LATENCY = (LATENCY.min + LATENCY.max) / 2_000;

/** D* in seconds. `speeds` in characters a second, `latency` and `seconds` in seconds. */
function bound(speeds: readonly number[], edits: Rate, seconds: number, latency: number): number {
  const rate = (edits.burst + edits.perSecond * seconds) / seconds;
  const roots = speeds.reduce((sum, speed) => sum + Math.sqrt(speed), 0);
  const sum = speeds.reduce((total, speed) => total + speed, 0);
  return latency + roots ** 2 / (2 * rate * sum);
}

/** D* of a scenario in seconds; null where its answers do not run together. */
export function boundOf(scenario: Scenario): number | null {
  if (scenario.apart > 0) return null;
  return bound(speedsOf(scenario), scenario.edits, scenario.seconds, MEAN_LATENCY);
}

/**
 * The same where the limit counts in windows of `burst` calls that open with their first call: in T seconds they give `burst` calls for
 * each window that begins, and the ones of the last window count only if it begins in time. Null where the limit is a token bucket.
 */
export function windowBoundOf(scenario: Scenario): number | null {
  const { apart, platform, edits, seconds } = scenario;
  if (apart > 0 || platform !== 'Discord') return null;
  const windows = Math.ceil((seconds * edits.perSecond) / edits.burst);
  const spread: Rate = { burst: 0, perSecond: (windows * edits.burst) / seconds };
  return bound(speedsOf(scenario), spread, seconds, MEAN_LATENCY);
}

if (import.meta.main) {
  for (const scenario of SCENARIOS) {
    const best = boundOf(scenario);
    const windows = windowBoundOf(scenario);
    const inWindows = windows === null ? '' : `, in windows ${windows.toFixed(3)} s`;
    if (best !== null) process.stdout.write(`${scenario.name.padEnd(40)} ${best.toFixed(3)} s${inWindows}\n`);
  }
}
