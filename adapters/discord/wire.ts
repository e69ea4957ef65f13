import * as z from 'zod';

/**
 * What Discord sends, as far as it is read. One shape for the gateway, for REST and for interactions, so that one parser serves
 * all three. Parts that do not matter for the sense of a message never make it unreadable: they count as absent.
 */

const id = z.string().regex(/^\d{1,20}$/);
const optional = <S extends z.ZodType>(schema: S) =>
  schema
    .nullish()
    .transform((value) => value ?? null)
    .catch(null);
const manyOf = <S extends z.ZodType>(schema: S) => optional(z.array(schema));

const user = z.object({ id, username: z.string(), global_name: optional(z.string()), bot: optional(z.boolean()) });
const member = z.object({ nick: optional(z.string()), roles: manyOf(z.string()) });

const attachment = z.object({
  id,
  filename: z.string(),
  size: z.number(),
  url: z.string(),
  content_type: optional(z.string()),
});

const embed = z.object({ title: optional(z.string()), description: optional(z.string()) });

const content = {
  content: z.string().nullish(),
  attachments: manyOf(attachment),
  embeds: manyOf(embed),
  components: manyOf(z.unknown()),
};

const message = z.object({
  ...content,
  id,
  channel_id: id,
  guild_id: optional(id),
  channel_type: optional(z.number()),
  type: z.number().catch(0),
  author: user,
  member: optional(member),
  timestamp: z.string(),
  edited_timestamp: optional(z.string()),
  mentions: manyOf(user.extend({ member: optional(member) })),
  mention_roles: manyOf(id),
  message_reference: optional(
    z.object({ type: optional(z.number()), message_id: optional(id), channel_id: optional(id) }),
  ),
  message_snapshots: manyOf(z.object({ message: z.object(content) })),
  nonce: optional(z.union([z.string(), z.number()])),
  webhook_id: optional(id),
  sticker_items: manyOf(z.object({ name: z.string() })),
});

const wireMessage = message.extend({
  referenced_message: optional(message),
  /** The thread that hangs on it. */
  thread: optional(z.object({ id, type: z.number() })),
});
/** A page of messages, each still to be read: one that is malformed does not spoil the others. */
export const wireMessages = z.array(z.unknown());

/** A channel as interactions and `GET /channels` show it. */
export const wireChannel = z.object({
  id,
  type: z.number(),
  guild_id: optional(id),
  parent_id: optional(id),
  owner_id: optional(id),
  name: optional(z.string()),
});

/** The answer to a new or changed message. */
export const wireSent = z.object({ id, channel_id: id, content: z.string().nullish() });

/** A deleted message. */
export const wireDeleted = z.object({ id, channel_id: id, guild_id: optional(id) });

const option = z.object({
  name: z.string(),
  type: z.number(),
  value: z.union([z.string(), z.number(), z.boolean()]).optional(),
  focused: z.boolean().optional(),
});
const group = option.extend({ options: z.array(option).optional() });

const field = z.object({
  type: z.number(),
  custom_id: z.string().optional(),
  value: z.union([z.string(), z.boolean()]).nullish(),
  values: z.array(z.string()).optional(),
});

/** An interaction of any kind. */
export const wireInteraction = z.object({
  id,
  application_id: id,
  type: z.number(),
  token: z.string(),
  guild_id: optional(id),
  channel_id: optional(id),
  channel: optional(wireChannel),
  member: optional(member.extend({ user: optional(user) })),
  user: optional(user),
  locale: optional(z.string()),
  context: optional(z.number()),
  message: optional(wireMessage),
  data: z
    .object({
      name: z.string().optional(),
      type: z.number().optional(),
      target_id: z.string().optional(),
      options: z.array(group).optional(),
      custom_id: z.string().optional(),
      values: z.array(z.string()).optional(),
      components: z.array(z.object({ component: field.optional(), components: z.array(field).optional() })).optional(),
      resolved: optional(
        z.object({
          attachments: optional(z.record(z.string(), attachment)),
          messages: optional(z.record(z.string(), z.unknown())),
        }),
      ),
    })
    .nullish(),
});

/** A person. */
export type WireUser = z.output<typeof user>;
/** A person as a member of a server. */
export type WireMember = z.output<typeof member>;
/** {@link wireMessage} as it is read. */
export type WireMessage = z.output<typeof wireMessage>;
/** A message without the one it answers: what a replied-to message is itself. */
export type WirePlainMessage = z.output<typeof message>;
/** A file of a message or an option. */
export type WireAttachment = z.output<typeof attachment>;
/** {@link wireInteraction} as it is read. */
export type WireInteraction = z.output<typeof wireInteraction>;
/** A field of a form that was sent in. */
export type WireField = z.output<typeof field>;

/** The message in this value, or null when it is none. Numbers and texts may be wrong in it; its shape is not. */
export function readMessage(value: unknown): WireMessage | null {
  return wireMessage.safeParse(value).data ?? null;
}
