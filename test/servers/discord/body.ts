import type { IncomingMessage } from 'node:http';
import { ApiError, refuse } from './errors.ts';
import type { UploadedFile } from './router.ts';

/** A request's body: parsed JSON (null when there is none), uploaded files, and what is wrong with it. */
export interface Received {
  readonly body: unknown;
  readonly files: readonly UploadedFile[];
  readonly problem: ApiError | null;
}

const requestBytes = 25 * 1024 * 1024;

/** Reads JSON or multipart (`payload_json` and `files[n]`). More than 25 MiB is read on but refused with 413. */
export async function readBody(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const piece = Buffer.from(chunk);
    size += piece.length;
    if (size <= requestBytes) chunks.push(piece);
  }
  if (size > requestBytes) return { body: null, files: [], problem: refuse('tooLarge') };
  if (size === 0) return { body: null, files: [], problem: null };
  const type = request.headers['content-type'] ?? '';
  const bytes = Buffer.concat(chunks);
  if (type.startsWith('multipart/form-data')) return await readForm(bytes, type);
  if (!type.startsWith('application/json')) {
    const problem = new ApiError(400, 50035, 'Invalid Form Body', {
      errors: {
        _errors: [
          { code: 'CONTENT_TYPE_INVALID', message: 'Expected "Content-Type" header to be one of application/json.' },
        ],
      },
    });
    return { body: null, files: [], problem };
  }
  return fromJson(bytes.toString('utf8'), []);
}

async function readForm(bytes: Buffer, type: string): Promise<Received> {
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData();
  const files: UploadedFile[] = [];
  let json = '{}';
  for (const [name, value] of form) {
    if (typeof value === 'string') {
      if (name === 'payload_json') json = value;
      continue;
    }
    files.push({
      index: /^files\[(\d+)\]$/.exec(name)?.[1] ?? name,
      filename: value.name,
      contentType: value.type || 'application/octet-stream',
      bytes: Buffer.from(await value.arrayBuffer()),
    });
  }
  return fromJson(json, files);
}

function fromJson(text: string, files: UploadedFile[]): Received {
  try {
    const body: unknown = JSON.parse(text);
    return { body, files, problem: null };
  } catch (error) {
    if (error instanceof SyntaxError) return { body: null, files, problem: refuse('invalidJson') };
    throw error;
  }
}
