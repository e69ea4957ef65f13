/**
 * A chat platform of the plainest kind in a process of its own: `POST /messages`, `PATCH` and `DELETE /messages/ID`, refused with 429
 * past its rates; `GET /report` tells what stands. Prints one line of JSON, `{url}`, and runs until it is told to stop.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { planOf } from './plan.ts';
import { type Written, writtenSchema } from './wire.ts';

const plan = planOf(process.argv.slice(2));

interface Bucket {
  tokens: number;
  at: number;
}

interface Stands extends Written {
  text: string;
  readonly openedAt: number;
  changedAt: number;
  readonly bucket: Bucket;
}

const messages = new Map<string, Stands>();
const everything: Bucket = { tokens: plan.calls, at: Date.now() };
let calls = 0;
let refused = 0;
let serial = 0;

/** Takes a token; else tells the milliseconds until there is one. */
function pay(bucket: Bucket, burst: number, perSecond: number, now: number): number {
  bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
  bucket.at = now;
  if (bucket.tokens < 1) return Math.ceil(((1 - bucket.tokens) / perSecond) * 1000);
  bucket.tokens -= 1;
  return 0;
}

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === '/report') return answer(response, 200, report());
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  calls += 1;
  const now = Date.now();
  const standing = messages.get(request.url?.slice('/messages/'.length) ?? '');
  const wait =
    (standing ? pay(standing.bucket, 2, plan.edits, now) : 0) || pay(everything, plan.calls, plan.calls, now);
  if (wait > 0) {
    refused += 1;
    return answer(response, 429, { retryMs: wait });
  }
  if (request.method === 'DELETE') {
    messages.delete(request.url?.slice('/messages/'.length) ?? '');
    return answer(response, 200, {});
  }
  const written = writtenSchema.parse(JSON.parse(body));
  if (standing) {
    standing.text = written.text;
    standing.changedAt = now;
    return answer(response, 200, {});
  }
  serial += 1;
  const id = `m${serial}`;
  messages.set(id, { ...written, openedAt: now, changedAt: now, bucket: { tokens: 2, at: now } });
  answer(response, 200, { id });
}

function report() {
  const channels = new Map<string, { text: string; firstAt: number; lastAt: number }>();
  for (const { channel, text, openedAt, changedAt } of messages.values()) {
    const before = channels.get(channel) ?? { text: '', firstAt: openedAt, lastAt: 0 };
    channels.set(channel, { ...before, text: before.text + text, lastAt: Math.max(before.lastAt, changedAt) });
  }
  return { channels: Object.fromEntries(channels), calls, refused };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

const server = createServer((request, response) => {
  take(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
});
process.once('SIGTERM', () => process.exit(0));
// A parent that dies takes its pipe along.
process.stdin.on('end', () => process.exit(0)).resume();
