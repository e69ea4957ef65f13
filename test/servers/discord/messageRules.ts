import { componentFaults } from './componentRules.ts';
import type { FormFault } from './errors.ts';
import { invalidForm, refuse } from './errors.ts';
import { checkAllowed } from './mentions.ts';
import { messageFlag } from './messages.ts';
import type { Attachment, Message } from './records.ts';
import type { Call, UploadedFile } from './router.ts';
import type { MessageBody } from './spec.ts';
import type { Wire } from './wire.ts';
import { isWire } from './wire.ts';
import type { World } from './world.ts';

/** What a message would say, before it is allowed to. */
export interface Content {
  readonly content: string;
  readonly embeds: readonly Wire[];
  readonly components: readonly Wire[];
  readonly attachments: readonly Attachment[];
  readonly flags: number;
}

/**
 * Refuses what Discord refuses in a message: lengths (2000 UTF-16 units, embeds 6000 in all, components), Components V2 beside
 * anything else, and emptiness (50006). The published description was checked before.
 */
export function checkContent(said: Content, body: MessageBody): void {
  const faults: FormFault[] = [];
  if (said.content.length > 2000) {
    faults.push({ path: ['content'], code: 'BASE_TYPE_MAX_LENGTH', message: 'Must be 2000 or fewer in length.' });
  }
  const total = said.embeds.reduce((sum, embed) => sum + embedLength(embed), 0);
  if (total > 6000) {
    faults.push({
      path: ['embeds'],
      code: 'MAX_EMBED_SIZE_EXCEEDED',
      message: 'Embed size exceeds maximum size of 6000',
    });
  }
  const v2 = (said.flags & messageFlag.ComponentsV2) !== 0;
  if (v2) {
    const beside = {
      content: said.content !== '',
      embeds: said.embeds.length > 0,
      poll: isWire(body.poll),
      sticker_ids: (body.sticker_ids?.length ?? 0) > 0,
    };
    for (const [key, present] of Object.entries(beside)) {
      if (present) {
        faults.push({
          path: [key],
          code: 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
          message: `The '${key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`,
        });
      }
    }
  }
  faults.push(...componentFaults(said.components, v2));
  if (said.attachments.length > 10) {
    faults.push({ path: ['attachments'], code: 'BASE_TYPE_MAX_LENGTH', message: 'Must be 10 or fewer in length.' });
  }
  if (faults.length > 0) throw invalidForm(faults);
  checkAllowed(body.allowed_mentions);
  const shown = said.content !== '' || said.embeds.some((embed) => embedLength(embed) > 0 || embed.image !== undefined);
  const more = said.attachments.length > 0 || isWire(body.poll) || (body.sticker_ids?.length ?? 0) > 0;
  if (!shown && !more && !(v2 && said.components.length > 0)) throw refuse('emptyMessage');
}

/** A new message's content from its body and files. Text is trimmed, as Discord trims it. */
export function newContent(call: Call, channelId: string, body: MessageBody, settable: number): Content {
  return {
    content: (body.content ?? '').trim(),
    embeds: body.embeds ?? [],
    components: body.components ?? [],
    attachments: uploads(call.world, channelId, call.files, body),
    flags: (body.flags ?? 0) & settable,
  };
}

/** What a message would say after an edit: absent fields stay; the Components V2 flag can be added, never removed. */
export function editedContent(call: Call, message: Message, body: MessageBody): Content {
  const wanted = body.flags ?? message.flags;
  const kept = message.flags & ~messageFlag.SuppressEmbeds;
  const flags = kept | (wanted & (messageFlag.SuppressEmbeds | messageFlag.ComponentsV2));
  const listed = body.attachments?.map((one) => one.id);
  const old = message.attachments.filter((file) => listed === undefined || listed.includes(file.id));
  for (const one of body.attachments ?? []) {
    const file = old.find((known) => known.id === one.id);
    if (file !== undefined && one.description !== undefined) file.description = one.description;
  }
  return {
    content: body.content === undefined ? message.content : (body.content ?? '').trim(),
    embeds: body.embeds === undefined ? message.embeds : (body.embeds ?? []),
    components: body.components === undefined ? message.components : (body.components ?? []),
    attachments: [...old, ...uploads(call.world, message.channelId, call.files, body)],
    flags,
  };
}

/** Stores uploaded files. More than 10, or one over the server's limit, is refused with 413 and code 40005. */
function uploads(world: World, channelId: string, files: readonly UploadedFile[], body: MessageBody): Attachment[] {
  if (files.some((file) => file.bytes.length > world.fileBytes)) throw refuse('tooLarge');
  if (files.length > 10) {
    throw invalidForm([{ path: ['files'], code: 'BASE_TYPE_MAX_LENGTH', message: 'Must be 10 or fewer in length.' }]);
  }
  return files.map((file) => {
    const described = body.attachments?.find((one) => one.id === file.index);
    return {
      id: world.id(),
      channelId,
      filename: (described?.filename ?? file.filename).replaceAll(/[^\w.-]+/g, '_'),
      contentType: file.contentType,
      bytes: file.bytes,
      description: described?.description ?? null,
    };
  });
}

function embedLength(embed: Wire): number {
  const length = (value: unknown) => (typeof value === 'string' ? value.length : 0);
  const inside = (value: unknown, key: string) => (isWire(value) ? length(value[key]) : 0);
  const fields = Array.isArray(embed.fields) ? embed.fields : [];
  return (
    length(embed.title) +
    length(embed.description) +
    inside(embed.footer, 'text') +
    inside(embed.author, 'name') +
    fields.reduce((sum: number, field) => sum + inside(field, 'name') + inside(field, 'value'), 0)
  );
}
