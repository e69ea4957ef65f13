import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const body = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('empty') }),
  z.object({ kind: z.literal('page') }),
  z.object({ kind: z.literal('json'), json: z.unknown() }),
  /** The beginning of a long answer. */
  z.object({ kind: z.literal('part'), json: z.unknown() }),
  z.object({ kind: z.literal('xml'), xml: z.string() }),
  /** `start` in hex. */
  z.object({ kind: z.literal('bytes'), size: z.number(), start: z.string() }),
]);

const step = z.object({
  title: z.string(),
  method: z.string(),
  path: z.string(),
  as: z.string().nullable(),
  headers: z.record(z.string(), z.string()),
  json: z.unknown().optional(),
  text: z.string().optional(),
  bytes: z.number().optional(),
  answer: z.object({
    status: z.number(),
    type: z.string(),
    headers: z.record(z.string(), z.string()),
    body,
  }),
});

/** One request that was sent to a real server, and what the server answered. `*` in a header stands for anything. */
export type Step = z.infer<typeof step>;

/** The requests of one session with a real server, in order. */
export function captured(name: string): readonly Step[] {
  const path = join(import.meta.dirname, 'captures', `${name}.json`);
  return z.array(step).parse(JSON.parse(readFileSync(path, 'utf8')));
}

/** `{"$repeat": n}` stands for a text of n letters. */
export function unfolded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unfolded);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (first?.[0] === '$repeat') return 'x'.repeat(Number(first[1]));
  return Object.fromEntries(entries.map(([key, one]) => [key, unfolded(one)]));
}

/** Texts that are a server's own: they differ, and only their kind is compared. */
const own =
  /\.(?:apppassword|appPassword|server|token|endpoint|login|reference-regex|displayname|display-name|locale)$|\.output(?:\.output)?$|\.theming\./;
/** Numbers that mean something; all others are ids, times and sizes. */
const meant = /\.(?:statuscode|status|progress|major|minor|micro|delay|max_tokens|numberOfImages|pollinterval)$/;
/** Parts of answers that the stand-in does not have, since nobody here reads them. */
const absent = /\.capabilities\.(?:activity|ocm|metadataAvailable|files|theming)(?:\.|$)/;

/** What can be compared of an answer: one line per value, with its place and kind, and the value itself where it is always the same. */
export function shapeOf(value: unknown, at = ''): string[] {
  if (absent.test(at)) return [];
  if (Array.isArray(value))
    return [`${at}: list of ${value.length}`, ...value.flatMap((one, n) => shapeOf(one, `${at}[${n}]`))];
  if (typeof value === 'object' && value !== null) {
    return [`${at}: map`, ...Object.entries(value).flatMap(([key, one]) => shapeOf(one, `${at}.${key}`))];
  }
  if (typeof value === 'string' && own.test(at)) return [`${at}: text`];
  if (typeof value === 'number' && !meant.test(at)) return [`${at}: number`];
  return [`${at}: ${JSON.stringify(value)}`];
}
