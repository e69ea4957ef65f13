import * as z from 'zod';
import { nearest } from '../chat/nearest.ts';
import type { Complaint, ConfigPart } from './part.ts';
import { about } from './setting.ts';
import type { Places } from './sources.ts';
import { collect, ENVIRONMENT } from './sources.ts';

/** What loading comes to: the settings, or everything that is wrong with them. */
export type Loaded<Config> =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly complaints: readonly Complaint[] };

/**
 * Reads, checks and types the settings. `schema` is the parts' shapes put together, `parts` the parts themselves.
 * Every wrong setting is named, with where its value came from and how to mend it; no value of a secret is ever shown.
 */
export function loadConfig<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  parts: readonly ConfigPart[],
  places: Places,
): Loaded<z.output<z.ZodObject<Shape>>> {
  const names = Object.keys(schema.shape);
  const { written, complaints, unknown } = collect(names, places);
  for (const { name, from } of unknown) {
    const near = nearest(name, names, 1)[0];
    // The environment is shared with other programs: there, only what was surely meant for Parley is a mistake.
    if (!near && from === ENVIRONMENT) continue;
    complaints.push({
      setting: name,
      what: `is not a setting that Parley knows, from ${from}`,
      mend: near ? `Did you mean ${near}?` : 'Take it away; docs/configuration.md lists all settings',
    });
  }
  const values = Object.fromEntries([...written].map(([name, { value }]) => [name, value]));
  const read = schema.safeParse(values);
  const told = aboutAll(parts);
  for (const issue of read.success ? [] : read.error.issues) {
    const setting = String(issue.path[0]);
    const from = written.get(setting)?.from;
    const info = told.get(setting);
    const value = info?.secret ? '' : ` (${JSON.stringify(written.get(setting)?.value.slice(0, 80))})`;
    complaints.push({
      setting,
      what: `${issue.message}${from ? `, from ${from}${value}` : ''}`,
      mend: info?.mend ?? '',
    });
  }
  const given = (setting: string) => (told.get(setting)?.secret ? null : (written.get(setting)?.value.trim() ?? null));
  // A file that cannot be read is told once; what it was to hold is not missed as well.
  const unread = new Set(complaints.map(({ setting }) => setting));
  const isSet = (setting: string) => written.has(setting) || unread.has(`${setting}_FILE`);
  for (const part of parts) complaints.push(...(part.check?.(isSet, given) ?? []));
  if (read.success && complaints.length === 0) return { ok: true, config: read.data };
  return { ok: false, complaints };
}

/** The complaints as lines for a terminal. */
export function complaintLines(complaints: readonly Complaint[]): string {
  const lines = complaints.map(
    ({ setting, what, mend }) => `  ${setting} ${what}.\n      ${/[.?!]$/.test(mend) ? mend : `${mend}.`}`,
  );
  const count = complaints.length === 1 ? 'One setting is' : `${complaints.length} settings are`;
  return `Parley cannot start: ${count} not right.\n\n${lines.join('\n')}\n`;
}

function aboutAll(parts: readonly ConfigPart[]) {
  return new Map(
    parts.flatMap((part) => Object.entries(part.shape).map(([name, setting]) => [name, lookUp(setting)] as const)),
  );
}

function lookUp(setting: unknown) {
  return setting instanceof z.ZodType ? about.get(setting) : undefined;
}
