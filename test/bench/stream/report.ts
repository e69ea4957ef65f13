import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { type Aim, aimsOf, reasonFor } from './aims.ts';
import type { Outcome, PolicyName } from './run.ts';
import { LATENCY, type Scenario } from './scenarios.ts';

/** Read before anything ran: what else the machine did. */
const busy = loadavg()[0] ?? 0;
const ROOT = join(import.meta.dirname, '../../..');

/**
 * Prints all outcomes as one JSON document or as tables; with `write` leaves the tables in README.md and
 * docs/figures.md. False: something was lost or refused beyond its aim, which no busy machine excuses.
 */
export function publish(
  scenarios: readonly Scenario[],
  outcomes: readonly Outcome[],
  how: { readonly json: boolean; readonly write: boolean },
): boolean {
  const at = new Date().toISOString();
  const sorted = [...scenarios].sort(
    (a, b) =>
      a.platform.localeCompare(b.platform) ||
      KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) ||
      b.edits.burst - a.edits.burst ||
      a.seconds - b.seconds ||
      a.replies - b.replies,
  );
  const rows = sorted.flatMap((scenario) => {
    const own = outcomes.find((one) => one.scenario === scenario.name && one.policy === 'parley');
    return own
      ? aimsOf(scenario, own).map((aim) => ({ scenario: scenario.name, ...aim, why: reasonFor(scenario, aim.name) }))
      : [];
  });
  const missed = rows.filter((row) => !row.met);
  const document = {
    bench: 'stream',
    machine: machine(),
    at,
    scenarios,
    outcomes,
    aims: rows,
    well: missed.length === 0,
  };
  const figures = [
    `${machine()}, ${at.slice(0, 10)}.`,
    long(sorted, outcomes),
    missedLines(missed),
    notes()
      .map((note) => `- ${note}`)
      .join('\n'),
  ].join('\n\n');
  process.stdout.write(how.json ? `${JSON.stringify(document, rounded, 2)}\n` : `${figures}\n`);
  if (how.write) {
    replace('docs/figures.md', figures);
    replace('README.md', short(sorted, outcomes));
  }
  return missed.every(({ name }) => name !== 'lost' && name !== '429s');
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value;
}

/** For the README: D/D* at published limits, and what the others lose. */
function short(scenarios: readonly Scenario[], outcomes: readonly Outcome[]): string {
  const shown = scenarios.filter(({ kind, edits, seconds }) => kind === 'nominal' && edits.burst > 1 && seconds === 20);
  const cell = (scenario: Scenario, policy: PolicyName): string => {
    const one = find(outcomes, scenario, policy);
    if (!one || one.ratio === null) return '';
    const dropped = one.refused + one.heldBack;
    const more = [
      ...(dropped > 0 && policy === 'fixed timer' ? [`${dropped} refused`] : []),
      ...(one.lost > 0 ? [`${Math.round(one.lost)} characters lost`] : []),
    ];
    return `${one.ratio.toFixed(2)}${more.length > 0 ? ` (${more.join(', ')})` : ''}`;
  };
  const body = shown.map((one) => [one.name, cell(one, 'parley'), cell(one, 'round robin'), cell(one, 'fixed timer')]);
  const windows = shown.map((one) => find(outcomes, one, 'parley')).find((one) => one?.ratioInWindows);
  const least = windows?.ratio && windows.ratioInWindows ? (windows.ratio / windows.ratioInWindows).toFixed(2) : null;
  const note =
    least === null ? '' : `\n\nDiscord counts in windows of 5 s; for one reply these allow ${least} at best.`;
  return table(['answers at once', 'Parley', 'round robin', 'an edit a second each'], body) + note;
}

/** For docs/figures.md: everything. */
function long(scenarios: readonly Scenario[], outcomes: readonly Outcome[]): string {
  const head = [
    'scenario',
    'policy',
    'D',
    'D*',
    'D/D*',
    'first word',
    'lag: mean',
    'lag: p95',
    'calls a reply',
    '429',
    'held back',
    'lost',
  ];
  const seconds = (value: number) => `${value.toFixed(2)} s`;
  const body = scenarios.flatMap((scenario) =>
    outcomes
      .filter((one) => one.scenario === scenario.name)
      .sort((a, b) => ORDER.indexOf(a.policy) - ORDER.indexOf(b.policy))
      .map((one) => [
        one.policy === 'parley' ? scenario.name : '',
        one.policy,
        seconds(one.D),
        one.best === null ? '' : seconds(one.best),
        one.ratio === null
          ? ''
          : `${one.ratio.toFixed(2)}${one.ratioInWindows === null ? '' : ` (${one.ratioInWindows.toFixed(2)})`}`,
        seconds(one.firstMean / 1000),
        seconds(one.lagMean / 1000),
        seconds(one.lagP95 / 1000),
        one.callsPerReply.toFixed(1),
        String(one.refused),
        String(one.heldBack),
        String(one.lost),
      ]),
  );
  return table(head, body);
}

const KINDS: readonly Scenario['kind'][] = ['nominal', 'apart', 'lower'];
const ORDER: readonly PolicyName[] = ['parley', 'round robin', 'fixed timer'];

interface Missed extends Aim {
  readonly scenario: string;
  readonly why: string | null;
}

function missedLines(missed: readonly Missed[]): string {
  if (missed.length === 0) return 'Every aim is met.';
  const lines = missed.map(({ scenario, name, value, aim, why }) => {
    const number = (one: number) => (name === 'D/D*' ? one.toFixed(2) : String(Math.round(one)));
    const unit = name === 'lag p95' || name === 'first word' ? ' ms' : '';
    return `- ${scenario}: ${name} ${number(value)}${unit}, aim ${number(aim)}${unit}${why === null ? '' : `: ${why}`}.`;
  });
  return ['Aims not met:', '', ...lines].join('\n');
}

function notes(): string[] {
  return [
    'D is the mean time a character waits from being written by the model until the server shows it; D* is the square-root law (`test/bench/stream/bound.ts`) with latency and the rate (B + ρT)/T. In brackets: against what Discord’s windows of 5 calls give, which is 20 edits in 20 s instead of 25.',
    `The test servers run in other processes and enforce the limits named; each call takes ${LATENCY.min} to ${LATENCY.max} ms until it is carried out. Slack through Bolt, Discord through discord.js. Answers of 20 s, at 230 characters a second alone and 60 to 400 together, all begun at one moment.`,
    'First word: from the model’s first character to the first whole word visible, mean. Lag: from its last character to all of the text visible. Held back: calls that the client’s own book-keeping stopped before they left.',
    'Round robin has Parley’s buckets and gives the next edit to whoever waited longest. The fixed timer edits each reply once a second, drops what is refused, and tries only the last text again.',
  ];
}

function find(outcomes: readonly Outcome[], scenario: Scenario, policy: PolicyName): Outcome | undefined {
  return outcomes.find((one) => one.scenario === scenario.name && one.policy === policy);
}

function table(head: readonly string[], body: readonly (readonly string[])[]): string {
  const widths = head.map((name, at) => Math.max(name.length, ...body.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(line)].join('\n');
}

function machine(): string {
  const [cpu] = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `${cpu?.model.trim() || process.arch}, ${cpus().length} cores, ${gigabytes} GB, Node ${process.versions.node}, load ${busy.toFixed(1)} before the bench`;
}

/** Puts a text between `<!-- stream -->` and `<!-- /stream -->` of a file. */
function replace(path: string, text: string): void {
  const file = readFileSync(join(ROOT, path), 'utf8');
  const [from, to] = [file.indexOf('<!-- stream -->'), file.indexOf('<!-- /stream -->')];
  if (from < 0 || to < from) throw new Error(`${path} has no place for the figures of this bench`);
  writeFileSync(join(ROOT, path), `${file.slice(0, from)}<!-- stream -->\n\n${text}\n\n${file.slice(to)}`);
}
