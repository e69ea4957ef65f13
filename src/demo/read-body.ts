import type { IncomingMessage } from 'node:http';

/** Reads the whole body of a request; null when it has more than `most` bytes, and the rest is not read. */
export async function readBody(request: IncomingMessage, most: number): Promise<Buffer | null> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request) {
    const bytes = Buffer.isBuffer(piece) ? piece : Buffer.from(String(piece));
    size += bytes.length;
    if (size > most) return null;
    pieces.push(bytes);
  }
  return Buffer.concat(pieces);
}
