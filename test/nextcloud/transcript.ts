import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Given } from './wire.ts';

/** One request and answer of a real server, as curl wrote it down. */
export interface Exchange {
  readonly title: string;
  readonly method: string;
  readonly path: string;
  /** The request's body; empty when there was none. */
  readonly sent: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the body was cut in the transcript. */
  readonly cut: boolean;
}

/** The exchanges of a transcript beside this file. */
export function transcript(name: string): readonly Exchange[] {
  const text = readFileSync(join(import.meta.dirname, 'transcripts', `${name}.txt`), 'utf8');
  return text.split(/^### /m).slice(1).map(exchange);
}

/** The first exchange whose title begins so. */
export function exchangeOf(name: string, title: string): Exchange {
  const found = transcript(name).find((one) => one.title.startsWith(title));
  if (found === undefined) throw new Error(`no "${title}" in ${name}`);
  return found;
}

/** The exchange's answer, for the wire. */
export function answerOf(one: Exchange): Given {
  return { status: one.status, headers: { ...one.headers }, body: one.body };
}

function exchange(text: string): Exchange {
  const lines = text.split('\n');
  const asked = lines.filter((line) => line.startsWith('>')).map((line) => line.slice(2));
  const [method = '', path = ''] = (asked[0] ?? '').split(' ');
  const blank = asked.indexOf('');
  const answered = lines.filter((line) => line.startsWith('< ')).map((line) => line.slice(2));
  const headers: Record<string, string> = {};
  for (const line of answered.slice(1)) {
    const found = /^([\w-]+): (.*)$/.exec(line);
    const name = found?.[1]?.toLowerCase();
    if (name !== undefined && name !== 'content-length') headers[name] = found?.[2] ?? '';
  }
  // A line with `<` alone ends the headers.
  const end = lines.findIndex((line) => line.trimEnd() === '<');
  const after = lines.slice(end + 1).filter((line) => !/^\(.*\)$|^====/.test(line));
  const body = after.join('\n').trim();
  const cut = / characters in all\)$/.test(body) || /bytes of binary/.test(body);
  return {
    title: lines[0] ?? '',
    method,
    path,
    sent: blank < 0 ? '' : asked.slice(blank + 1).join('\n'),
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(answered[0] ?? '')?.[1] ?? 0),
    headers,
    body,
    cut,
  };
}
