import type { IncomingMessage, ServerResponse } from 'node:http';
import { isObject, type Json, parse } from './json.ts';

/** The largest body the server reads (bytes). */
const MOST = 64 * 1024 * 1024;

/** Reads a request's body whole. */
export async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const part = Buffer.from(chunk);
    size += part.byteLength;
    if (size > MOST) throw new Error('the body is too large');
    chunks.push(part);
  }
  return Buffer.concat(chunks);
}

/** The fields of a Web API call: a form (multipart too), or JSON; fields in the address count too. */
export async function readFields(request: IncomingMessage, url: URL): Promise<Map<string, string>> {
  const fields = new Map(url.searchParams);
  const type = request.headers['content-type'] ?? '';
  const body = await readBytes(request);
  if (type.startsWith('application/json')) {
    const value = parse(body.toString());
    for (const [name, field] of Object.entries(isObject(value) ? value : {}))
      if (field !== null && field !== undefined)
        fields.set(name, typeof field === 'string' ? field : JSON.stringify(field));
  } else if (type.startsWith('multipart/')) {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
    for (const [name, field] of form) if (typeof field === 'string') fields.set(name, field);
  } else {
    for (const [name, field] of new URLSearchParams(body.toString())) fields.set(name, field);
  }
  return fields;
}

/** Answers with JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  value: Json,
  headers: Record<string, string> = {},
): void {
  if (response.destroyed) return;
  const body = JSON.stringify(value);
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(body);
}

/** Answers with plain text. */
export function sendText(response: ServerResponse, status: number, body: string, type = 'text/plain'): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': type });
  response.end(body);
}
