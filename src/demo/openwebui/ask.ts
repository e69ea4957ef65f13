import { asList, asObject, asText, type Json } from './json.ts';
import type { Ask, AskedFile, AskedMessage } from './model.ts';
import type { User } from './records.ts';
import type { World } from './world.ts';

/** What the model is asked by a request: its messages, or the stored ones in their place, and the files that came with it. */
export function askFrom(world: World, user: User, body: Json, model: string, stored: readonly Json[] | null): Ask {
  const sent = asList(body.messages).flatMap(messageFrom);
  const messages =
    stored === null || stored.length === 0
      ? sent
      : [...sent.filter((message) => message.role === 'system'), ...stored.flatMap(messageFrom)];
  const question = stored?.at(-1);
  const refs = [...asList(body.files), ...asList(question?.files)];
  const files = new Map<string, AskedFile>();
  for (const ref of refs) {
    const item = asObject(ref);
    const id = asText(item?.id) ?? asText(asObject(item?.file)?.id);
    if (id === null) continue;
    if (item?.type === 'collection') {
      for (const fileId of world.knowledge.get(id)?.file_ids ?? []) remember(world, files, fileId);
    } else remember(world, files, id);
  }
  return { model, messages, files: [...files.values()], body, person: user.name };
}

function remember(world: World, files: Map<string, AskedFile>, id: string): void {
  const file = world.files.get(id);
  if (file === null) return;
  files.set(id, {
    name: file.filename,
    type: asText(file.meta.content_type) ?? 'application/octet-stream',
    size: typeof file.meta.size === 'number' ? file.meta.size : 0,
    text: asText(file.data.content),
  });
}

/** The frame that goes before an answer when files were sent with the question (seen on 0.12.4: no `name` in `source`). */
export function fileSources(world: World, body: Json): readonly unknown[] {
  return asList(body.files).flatMap((ref) => {
    const id = asText(asObject(ref)?.id);
    const file = id === null ? null : world.files.get(id);
    const text = asText(file?.data.content);
    if (file === null || file === undefined || text === null) return [];
    return [
      {
        source: { type: 'file', id: file.id },
        document: [text.slice(0, 2000)],
        metadata: [{ file_id: file.id, name: file.filename, source: file.filename }],
      },
    ];
  });
}

function messageFrom(value: unknown): AskedMessage[] {
  const message = asObject(value);
  const role = asText(message?.role);
  if (message === null || role === null) return [];
  const parts = asList(message.content).map(asObject);
  const text = asText(message.content) ?? parts.map((part) => asText(part?.text) ?? '').join('');
  const images = parts.flatMap((part) => asText(asObject(part?.image_url)?.url) ?? asText(part?.image_url) ?? []);
  const attached = asList(message.files).flatMap((item) => {
    const file = asObject(item);
    return file?.type === 'image' ? (asText(file.url) ?? []) : [];
  });
  return [{ role, text, images: [...images, ...attached] }];
}
