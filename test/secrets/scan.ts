import { holdsKey } from '../../src/chat/keys.ts';

/** Shorter ones are ordinary words in too many places. Characters. */
const LEAST_SECRET = 12;
const LEAST_TEXT = 16;

/** What is looked for. */
export interface Hidden {
  /** Keys, tokens, passwords, answer addresses: they may stand nowhere as they are. */
  readonly secrets: Iterable<string>;
  /** What people and models wrote: it may stand in rows, never in a log. */
  readonly texts: Iterable<string>;
}

/** What of it stands in these log lines, and whatever else there looks like a key; a sentence each. Pure. */
export function leaksInLog(lines: readonly string[], { secrets, texts }: Hidden): string[] {
  const log = lines.join('');
  const found = [...leaksIn(log, 'the log', secrets)];
  if (holdsKey(log)) found.push(`something like a key stands in the log: …${keyIn(log)}…`);
  const told = new Set<string>();
  for (const text of texts) {
    // A line of the log is JSON: so is the text as it would stand there.
    const asLogged = JSON.stringify(text).slice(1, -1);
    if (text.length < LEAST_TEXT || told.has(text) || !log.includes(asLogged)) continue;
    told.add(text);
    const line = lines.find((one) => one.includes(asLogged)) ?? '';
    found.push(`a text stands in the log: ${JSON.stringify(text.slice(0, 60))} in ${line.slice(0, 400)}`);
  }
  return found;
}

/** What of it stands in a store's file; a sentence each. Pure. */
export function leaksInFile(bytes: Uint8Array, name: string, secrets: Iterable<string>): string[] {
  return leaksIn(Buffer.from(bytes).toString('latin1'), name, secrets);
}

/** What looks like a key in the cells of a store: each for itself, since side by side in the file they make words of their own. Pure. */
export function keysInCells(cells: Iterable<string>, name: string): string[] {
  const found: string[] = [];
  for (const cell of cells) if (holdsKey(cell)) found.push(`something like a key stands in ${name}: …${keyIn(cell)}…`);
  return found;
}

function leaksIn(content: string, where: string, secrets: Iterable<string>): string[] {
  const found: string[] = [];
  for (const secret of secrets) {
    const at = secret.length < LEAST_SECRET ? -1 : content.indexOf(secret);
    if (at >= 0) found.push(`a secret stands in ${where}: …${around(content, at)}…`);
  }
  const address = ANSWER_ADDRESS.exec(content);
  if (address) found.push(`an address to answer at stands in ${where}: …${around(content, address.index)}…`);
  return found;
}

/** Slack's `response_url` and a bearer header: either is as good as a key. */
const ANSWER_ADDRESS = /hooks\.slack\.com\/(?:commands|actions)\/[\w/]{8,}|\bBearer [\w.~+/-]{12,}/;

function around(content: string, at: number): string {
  return JSON.stringify(content.slice(Math.max(0, at - 120), at + 60));
}

function keyIn(content: string): string {
  const piece = content.split(/[\s"'\0]+/).find(holdsKey) ?? '';
  return around(content, content.indexOf(piece));
}
