/**
 * Writes down what a real Open WebUI answers: `node tools/openwebui/capture.ts [version]` starts one, asks everything in
 * `cases.ts`, and writes each answer, scrubbed, to `test/contracts/openwebui/captures/<version>/<name>.json`. These files are
 * what the stand-in imitates (of versions older than the newest one captured only what differs is kept); running this for a new version and looking at the difference tells what has changed.
 */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { cases, telling } from './cases.ts';
import { byVersion } from './packages.ts';
import { scrubber } from './scrub.ts';
import { type OpenWebUI, startOpenWebUI } from './start.ts';

/** A request of a case. `as` null sends no credential. */
export interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly as?: 'user' | 'user2' | 'admin' | null;
  /** Sent as JSON, except a form, which goes as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer: JSON parsed where it is JSON, else null with the text beside it. */
export interface Answer {
  readonly status: number;
  readonly contentType: string | null;
  readonly text: string;
  readonly json: unknown;
  /** The connection broke before the end; the text is what had come. Status 0: nothing had come. */
  readonly broken: boolean;
}

/** What a case is given: a way to ask, with or without keeping the answer. */
export interface Camera {
  readonly server: OpenWebUI;
  /** Asks and keeps the answer under that name, with one line on what it shows. */
  keep(name: string, description: string, request: Request): Promise<Answer>;
  /** Only asks. */
  ask(request: Request): Promise<Answer>;
}

const outDir = join(import.meta.dirname, '..', '..', 'test', 'contracts', 'openwebui', 'captures');
/** A text body longer than this (the web page's shell) is kept by its beginning only. */
const longestPage = 60;

async function ask(server: OpenWebUI, request: Request): Promise<Answer> {
  const { method, path, as = 'user', body, headers = {} } = request;
  const key = as === null ? null : { user: server.userKey, user2: server.user2Key, admin: server.adminKey }[as];
  const form = body instanceof FormData;
  const send = () =>
    fetch(server.url + path, {
      method,
      headers: {
        'accept-encoding': 'identity',
        ...(body !== undefined && !form && { 'content-type': 'application/json' }),
        ...(key !== null && { authorization: `Bearer ${key}` }),
        ...headers,
      },
      ...(body !== undefined && { body: form ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    }).catch(() => null);
  // After an answer that broke, the next one may meet the same dead connection: once more, then.
  const response = (await send()) ?? (await send());
  if (response === null) return { status: 0, contentType: null, text: '', json: null, broken: true };
  const chunks: Uint8Array[] = [];
  let broken = false;
  try {
    for await (const chunk of response.body ?? []) chunks.push(chunk);
  } catch {
    broken = true;
  }
  const text = Buffer.concat(chunks).toString('utf8');
  const contentType = response.headers.get('content-type');
  const json = contentType?.startsWith('application/json') === true && !broken ? JSON.parse(text) : null;
  return { status: response.status, contentType, text, json, broken };
}

const version = process.argv[2] ?? null;
const server = await startOpenWebUI({ version, tell: (line) => void process.stderr.write(`${line}\n`) });
const dataDir = join(server.logPath, '..');
const { admin, user, user2 } = server.people;
const scrub = scrubber(
  [admin, user, user2].flatMap((person) => [person.key, person.password]),
  dataDir,
);
const dir = join(outDir, server.version);
const captured = await readdir(outDir).catch(() => []);
const newest = captured.every((other) => byVersion(other, server.version) <= 0);
let count = 0;
try {
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  await cases({
    server,
    ask: (request) => ask(server, request),
    keep: async (name, description, request) => {
      const answer = await ask(server, request);
      if (!newest && !telling.has(name)) return answer;
      const { method, path, as = 'user', body, headers } = request;
      const html = answer.contentType?.startsWith('text/html') === true;
      const record = {
        description,
        version: server.version,
        request: {
          method,
          path,
          as,
          ...(headers && { headers }),
          ...(body !== undefined && { body: body instanceof FormData ? '(multipart)' : body }),
        },
        response: {
          status: answer.status,
          contentType: answer.contentType,
          ...(answer.broken && { broken: true }),
          ...(answer.contentType?.startsWith('application/json')
            ? { body: answer.json }
            : { text: html ? `${answer.text.slice(0, longestPage)}…` : answer.text }),
        },
      };
      await writeFile(
        join(dir, `${name}.json`),
        `${JSON.stringify(z.json().parse(JSON.parse(scrub(JSON.stringify(record)))), null, 2)}\n`,
      );
      count += 1;
      return answer;
    },
  });
} finally {
  await server.stop();
}
process.stderr.write(`${count} answers of Open WebUI ${server.version} written.\n`);
