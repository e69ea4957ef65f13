import { isObject, type Json, parse } from './json.ts';
import { Refusal } from './refusal.ts';

/** The arguments of one call. Forms carry strings only; a list or an object stands in its field as JSON text. */
export interface Args {
  /** The field as it came; undefined when it was not sent. */
  str(name: string): string | undefined;
  /** A field that must be there and not empty; `error` is what Slack answers otherwise. */
  need(name: string, error?: string): string;
  /** A field holding JSON; undefined when not sent; refused with `error` when it is not JSON. */
  json(name: string, error?: string): unknown;
  flag(name: string): boolean;
  num(name: string): number | undefined;
  readonly all: Json;
}

/** Wraps the fields of a call. */
export function readArgs(fields: ReadonlyMap<string, string>): Args {
  const missing = (name: string) =>
    new Refusal('invalid_arguments', { response_metadata: { messages: [`[ERROR] missing required field: ${name}`] } });
  return {
    str: (name) => fields.get(name),
    need(name, error) {
      const value = fields.get(name);
      if (value) return value;
      throw error ? new Refusal(error) : missing(name);
    },
    json(name, error = 'invalid_arguments') {
      const source = fields.get(name);
      if (source === undefined || source === '') return undefined;
      const value = parse(source);
      if (value === undefined) throw new Refusal(error);
      return value;
    },
    flag: (name) => ['1', 'true'].includes(fields.get(name) ?? ''),
    num(name) {
      const source = fields.get(name);
      return source === undefined ? undefined : Number(source);
    },
    all: Object.fromEntries([...fields].map(([name, value]) => [name, readable(value)])),
  };
}

/** For the log of calls: JSON fields are shown parsed, all others as they came. */
function readable(value: string): unknown {
  if (!/^[[{]/.test(value)) return value;
  const parsed = parse(value);
  return Array.isArray(parsed) || isObject(parsed) ? parsed : value;
}
