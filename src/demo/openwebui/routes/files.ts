import { createHash } from 'node:crypto';
import { type Exchange, flagOf, pageIn, pageOf, type Reply } from '../exchange.ts';
import { asText } from '../json.ts';
import { since } from '../profile.ts';
import type { StoredFile } from '../records.ts';
import { Refusal, say } from '../refusal.ts';
import type { Route } from '../router.ts';
import { newId, seconds, type World } from '../world.ts';

/** Files: upload, processing, reading, deleting (our reference, openwebui 7). Text is "extracted" by reading it as UTF-8. */
export function fileRoutes(world: World): Route[] {
  const mine = (exchange: Exchange): StoredFile => {
    const file = world.files.get(exchange.param('id'));
    const { user } = exchange;
    if (file === null || (file.user_id !== user.id && user.role !== 'admin')) throw new Refusal(404, say.notFound);
    return file;
  };
  const bytes = (exchange: Exchange): Reply => {
    const file = mine(exchange);
    const content = world.bytes.get(file.id);
    if (content === null) throw new Refusal(404, say.notFound);
    const type = asText(file.meta.content_type) ?? 'application/octet-stream';
    return { bytes: content, type, ...(flagOf(exchange, 'attachment', false) && { name: file.filename }) };
  };
  const own = ({ user }: Exchange) =>
    world.files.all().filter((file) => file.user_id === user.id || user.role === 'admin');

  const who = 'verified';
  return [
    { method: 'POST', path: '/api/v1/files/', who, run: (exchange) => upload(world, exchange) },
    {
      method: 'GET',
      path: '/api/v1/files/',
      who,
      run: (exchange) => {
        const files = own(exchange).reverse();
        return { json: { items: pageIn(files, pageOf(exchange), 50), total: files.length } };
      },
    },
    {
      method: 'GET',
      path: '/api/v1/files/search',
      who,
      run: (exchange) => {
        const pattern = exchange.query.get('filename') ?? '*';
        const source = pattern
          .replace(/[.+^${}()|[\]\\]/g, '\\$&')
          .replaceAll('*', '.*')
          .replaceAll('?', '.');
        const found = own(exchange).filter((file) => new RegExp(`^${source}$`, 'i').test(file.filename));
        if (found.length === 0) throw new Refusal(404, 'No files found matching the pattern.');
        return { json: found };
      },
    },
    { method: 'GET', path: '/api/v1/files/:id', who, run: (exchange) => ({ json: { ...mine(exchange), path: '' } }) },
    {
      method: 'GET',
      path: '/api/v1/files/:id/process/status',
      who,
      run: (exchange) => status(world, exchange, mine(exchange)),
    },
    { method: 'GET', path: '/api/v1/files/:id/content', who, run: bytes },
    { method: 'GET', path: '/api/v1/files/:id/content/:name', who, run: bytes },
    {
      method: 'GET',
      path: '/api/v1/files/:id/data/content',
      who,
      run: (exchange) => ({ json: { content: asText(mine(exchange).data.content) ?? '' } }),
    },
    {
      method: 'DELETE',
      path: '/api/v1/files/:id',
      who,
      run: (exchange) => {
        const file = mine(exchange);
        world.files.drop(file.id);
        world.bytes.drop(file.id);
        return { json: { message: 'File deleted successfully' } };
      },
    },
  ];
}

async function upload(world: World, exchange: Exchange): Promise<Reply> {
  const type = exchange.request.headers['content-type'] ?? '';
  const body = await exchange.bytes();
  const file = await partOf(type, body);
  const content = Buffer.from(await file.arrayBuffer());
  if (content.length > world.settings.uploadLimit) {
    const limit = `${Math.floor(world.settings.uploadLimit / 1024 / 1024)} MB`;
    throw new Refusal(
      since(world.profile, '0.10') ? 413 : 400,
      `Oops! The file you're trying to upload is too large. Please upload a file that is less than ${limit}.`,
    );
  }
  const readable =
    /^text\/|json|xml|yaml|csv/.test(file.type) || /\.(?:txt|md|csv|json|ya?ml|log|ts|js|py)$/i.test(file.name);
  if (readable && content.length === 0) {
    throw new Refusal(400, since(world.profile, '0.11') ? say.empty : '[ERROR: Error uploading file]');
  }
  const process = flagOf(exchange, 'process', true);
  const hash = createHash('sha256').update(content).digest('hex');
  const now = seconds(world);
  const stored = world.files.put({
    id: newId(),
    user_id: exchange.user.id,
    hash: null,
    filename: file.name,
    data: process ? { status: 'pending' } : {},
    meta: { name: file.name, content_type: file.type, size: content.length, file_hash: hash, data: {} },
    created_at: now,
    updated_at: now,
  });
  world.bytes.put(stored.id, content);
  if (process) digest(world, stored.id, readable ? content.toString('utf8') : null);
  return { json: { ...stored, path: '', ...(process && { status: true }) } };
}

/** `pending`, for a while `processing` (0.12), then `completed`, or `failed` for what holds no text. */
function digest(world: World, id: string, text: string | null): void {
  const set = (data: Record<string, unknown>) => {
    const file = world.files.get(id);
    if (file !== null) world.files.put({ ...file, data });
  };
  const { processingMs } = world.settings;
  if (since(world.profile, '0.12')) world.wheel.after(processingMs / 2, () => set({ status: 'processing' }));
  world.wheel.after(processingMs, () =>
    set(
      text === null
        ? { status: 'failed', error: 'The content provided is empty.' }
        : { status: 'completed', content: text },
    ),
  );
}

async function partOf(type: string, body: Buffer): Promise<File> {
  const missing = () =>
    new Refusal(422, [{ type: 'missing', loc: ['body', 'file'], msg: 'Field required', input: null }]);
  if (!type.startsWith('multipart/form-data')) throw missing();
  let form: FormData;
  try {
    form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  } catch {
    throw new Refusal(400, 'There was an error parsing the body');
  }
  const file = form.get('file');
  if (!(file instanceof File)) throw missing();
  return file;
}

function status(world: World, exchange: Exchange, file: StoredFile): Reply {
  const now = () => asText(world.files.get(file.id)?.data.status) ?? 'pending';
  if (!flagOf(exchange, 'stream', false)) return { json: { status: now() } };
  const { response } = exchange;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  let cancel = (): void => undefined;
  const tell = () => {
    const state = now();
    const error = asText(world.files.get(file.id)?.data.error);
    response.write(`data: ${JSON.stringify({ status: state, ...(state === 'failed' && { error }) })}\n\n`);
    if (state === 'completed' || state === 'failed') response.end();
    else cancel = world.wheel.after(1000, tell);
  };
  response.on('close', () => cancel());
  tell();
  return 'taken';
}
