import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';

/** One measured number. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The most it should be; null where there is no aim. */
  readonly bound: number | null;
}

/** All that a bench found out. */
export interface Findings {
  readonly bench: 'start' | 'scale';
  /** How it was measured, one sentence each. */
  readonly notes: readonly string[];
  readonly figures: readonly Figure[];
}

/** Read before anything of the bench ran: what else the machine did. */
const busy = loadavg()[0] ?? 0;
const FILE = join(import.meta.dirname, '../../docs/figures.md');

/** Prints the findings as one JSON document or as a table, and with `write` leaves the table in `docs/figures.md`. */
export function publish(findings: Findings, how: { readonly json: boolean; readonly write: boolean }): void {
  const table = [...rows(findings.figures), '', ...findings.notes.map((note) => `- ${note}`)].join('\n');
  const document = {
    ...findings,
    machine: machine(),
    at: new Date().toISOString(),
    well: findings.figures.every(isWell),
  };
  process.stdout.write(how.json ? `${JSON.stringify(document, null, 2)}\n` : `${table}\n`);
  if (!how.write) return;
  const section = `${machine()}, ${document.at.slice(0, 10)}.\n\n${table}`;
  writeFileSync(FILE, replaced(readFileSync(FILE, 'utf8'), findings.bench, section));
}

/** A figure; without a bound when none is given. */
export function figure(name: string, value: number, unit: string, bound: number | null = null): Figure {
  return { name, value: Math.round(value * 10) / 10, unit, bound };
}

/** The middle of several values; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  return (
    (quantile(values, 0.5) +
      quantile(
        values.map((value) => -value),
        0.5,
      ) *
        -1) /
    2
  );
}

/** The value below which the share `q` of all values lies; 0 of none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * q) - 1)] ?? 0;
}

function isWell({ value, bound }: Figure): boolean {
  return bound === null || value <= bound;
}

function rows(figures: readonly Figure[]): string[] {
  const cells = figures.map((each) => [
    each.name,
    `${each.value.toLocaleString('en')} ${each.unit}`,
    each.bound === null ? '' : `${isWell(each) ? '' : 'over '}${each.bound.toLocaleString('en')} ${each.unit}`,
  ]);
  const all = [['measured', 'figure', 'aim: at most'], ...cells];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [line(all[0] ?? []), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...all.slice(1).map(line)];
}

function machine(): string {
  const [cpu] = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const load = `load ${busy.toFixed(1)} before the bench`;
  return `${cpu?.model.trim() || process.arch}, ${cpus().length} cores, ${gigabytes} GB, Node ${process.versions.node}, ${load}`;
}

/** The file with the text between `<!-- name -->` and `<!-- /name -->` replaced. */
function replaced(file: string, name: string, section: string): string {
  const from = file.indexOf(`<!-- ${name} -->`);
  const to = file.indexOf(`<!-- /${name} -->`);
  if (from < 0 || to < from) throw new Error(`docs/figures.md has no section ${name}`);
  return `${file.slice(0, from)}<!-- ${name} -->\n\n${section}\n\n${file.slice(to)}`;
}
