import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { parse as parseYaml } from 'yaml';
import * as z from 'zod';
import type { Complaint } from './part.ts';

/** A setting as it was written, and where. */
export interface Written {
  readonly value: string;
  /** Such as `the environment`, `.env`, `parley.yaml`, `the file /run/secrets/key`. */
  readonly from: string;
}

/** Where settings may be written, the strongest first: the environment, `.env`, `parley.yaml`. Missing files are no error. */
export interface Places {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dotenv: string;
  readonly yaml: string;
}

/** How the environment is called in complaints. */
export const ENVIRONMENT = 'the environment';

/** Names that others write: our tests, and container platforms, which tell each service the addresses of all (`PARLEY_PORT_3210_TCP`). */
const NOT_OURS = /^PARLEY_TEST_|^[A-Z]+_(SERVICE_(HOST|PORT)|PORT)(_|$)/;

/**
 * Collects what was written for the known names. `NAME_FILE` gives the path of a file that holds the value, as container
 * secrets do. An empty value counts as unset. What cannot be read, and unknown keys of the YAML file, are complaints.
 */
export function collect(
  names: readonly string[],
  places: Places,
): { written: Map<string, Written>; complaints: Complaint[]; unknown: { name: string; from: string }[] } {
  const complaints: Complaint[] = [];
  const layers = [
    { from: ENVIRONMENT, values: withoutQuotes(places.env) },
    { from: places.dotenv, values: readDotenv(places.dotenv, complaints) },
    { from: places.yaml, values: readYaml(places.yaml, complaints) },
  ];
  const written = new Map<string, Written>();
  for (const name of names) {
    for (const { from, values } of layers) {
      const value = values[name]?.trim();
      if (value) {
        written.set(name, { value, from });
        break;
      }
      const path = values[`${name}_FILE`]?.trim();
      if (path) {
        const content = readText(path, `${name}_FILE`, complaints);
        if (content?.trim()) written.set(name, { value: content.trim(), from: `the file ${path}` });
        break;
      }
    }
  }
  const known = new Set(names.flatMap((name) => [name, `${name}_FILE`]));
  const prefixes = new Set(
    names.map((name) => name.slice(0, name.indexOf('_') + 1)).filter((prefix) => prefix !== 'LOG_'),
  );
  const unknown = new Map<string, string>();
  for (const { values, from } of layers) {
    for (const name of Object.keys(values)) {
      const ours = [...prefixes].some((prefix) => name.startsWith(prefix));
      if (ours && !known.has(name) && !NOT_OURS.test(name)) unknown.set(name, from);
    }
  }
  return { written, complaints, unknown: [...unknown].map(([name, from]) => ({ name, from })) };
}

/** `docker run --env-file` hands quotes on as they stand, where a shell and `.env` take them away. */
function withoutQuotes(values: Places['env']): Places['env'] {
  const bare = (value: string | undefined) => value?.trim().replace(/^(["'])(.*)\1$/s, '$2');
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, bare(value)]));
}

function readDotenv(path: string, complaints: Complaint[]): Record<string, string | undefined> {
  const text = readOptional(path, complaints);
  return text === null ? {} : parseEnv(text);
}

const leaf = z.union([z.string(), z.number(), z.boolean()]);
const document = z.record(z.string(), z.record(z.string(), z.union([leaf, z.array(leaf)])));

/** `openwebui: {url: …}` is `OPENWEBUI_URL`: section, underscore, key. Lists become comma lists. */
function readYaml(path: string, complaints: Complaint[]): Record<string, string | undefined> {
  const text = readOptional(path, complaints);
  if (text === null) return {};
  const mend =
    'Write sections with settings below them, such as openwebui: and, indented, url: https://chat.example.org';
  let parsed: unknown;
  try {
    parsed = parseYaml(text);
  } catch (error) {
    complaints.push({
      setting: path,
      what: `is not YAML: ${error instanceof Error ? error.message.split('\n')[0] : ''}`,
      mend,
    });
    return {};
  }
  if (parsed === null || parsed === undefined) return {};
  const read = document.safeParse(parsed);
  if (!read.success) {
    const where = read.error.issues[0]?.path.join('.') || 'the top';
    complaints.push({ setting: path, what: `has something other than a setting at ${where}`, mend });
    return {};
  }
  const values = new Map<string, string>();
  for (const [section, settings] of Object.entries(read.data)) {
    for (const [key, value] of Object.entries(settings)) {
      const name = `${section}_${key}`.toUpperCase().replaceAll('-', '_');
      values.set(name, Array.isArray(value) ? value.join(',') : yamlWord(value));
    }
  }
  return Object.fromEntries(values);
}

/** YAML reads a bare on or off as a word and true or false as a boolean; both mean the same here. */
function yamlWord(value: string | number | boolean): string {
  if (value === true) return 'on';
  if (value === false) return 'off';
  return String(value);
}

function readOptional(path: string, complaints: Complaint[]): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    complaints.push({ setting: path, what: 'cannot be read', mend: 'Check who may read the file' });
    return null;
  }
}

function readText(path: string, setting: string, complaints: Complaint[]): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    complaints.push({
      setting,
      what: `names a file that cannot be read (${path})`,
      mend: 'Check the path and who may read it',
    });
    return null;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
