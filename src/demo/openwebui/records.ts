import * as z from 'zod';

/** A JSON object with any keys. */
export const anyObject = z.record(z.string(), z.unknown());

/** Who may read or write a thing besides its owner. `*` is everybody. */
const grant = z.object({
  id: z.string(),
  resource_type: z.string(),
  resource_id: z.string(),
  principal_type: z.string(),
  principal_id: z.string(),
  permission: z.string(),
  created_at: z.number(),
});
/** {@link grant} as it is read. */
export type Grant = z.infer<typeof grant>;

/** A grant as a client sends it. */
export const grantForm = z.object({ principal_type: z.string(), principal_id: z.string(), permission: z.string() });
/** {@link grantForm} as it is read. */
export type GrantForm = z.infer<typeof grantForm>;

/** An account. */
export const user = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: z.enum(['admin', 'user', 'pending']),
  /** `sk-` and 32 hex digits, or null when the person has none. */
  api_key: z.nullable(z.string()),
  /** May make prompts (`workspace.prompts`). */
  prompts: z.boolean(),
  created_at: z.number(),
});
/** {@link user} as it is read. */
export type User = z.infer<typeof user>;

/** A chat as it is kept: the row of the real server, whose `chat` is free-form. Times in seconds. */
export const chat = z.object({
  id: z.string(),
  user_id: z.string(),
  title: z.string(),
  chat: anyObject,
  created_at: z.number(),
  updated_at: z.number(),
  last_read_at: z.number(),
  share_id: z.nullable(z.string()),
  archived: z.boolean(),
  pinned: z.boolean(),
  tags: z.array(z.string()),
  folder_id: z.nullable(z.string()),
});
/** {@link chat} as it is read. */
export type Chat = z.infer<typeof chat>;

/** A tag of chats; its id is made of its name. */
export const tag = z.object({ id: z.string(), name: z.string(), user_id: z.string(), meta: z.nullable(anyObject) });
/** {@link tag} as it is read. */
export type Tag = z.infer<typeof tag>;

/** An uploaded file. */
export const file = z.object({
  id: z.string(),
  user_id: z.string(),
  hash: z.nullable(z.string()),
  filename: z.string(),
  data: anyObject,
  meta: anyObject,
  created_at: z.number(),
  updated_at: z.number(),
});
/** {@link file} as it is read. */
export type StoredFile = z.infer<typeof file>;

/** A folder of chats. */
export const folder = z.object({
  id: z.string(),
  parent_id: z.nullable(z.string()),
  user_id: z.string(),
  name: z.string(),
  meta: z.nullable(anyObject),
  data: z.nullable(anyObject),
  is_expanded: z.boolean(),
  created_at: z.number(),
  updated_at: z.number(),
});
/** {@link folder} as it is read. */
export type Folder = z.infer<typeof folder>;

/** One saved version of a prompt. */
const version = z.object({
  id: z.string(),
  prompt_id: z.string(),
  parent_id: z.nullable(z.string()),
  snapshot: anyObject,
  user_id: z.string(),
  commit_message: z.nullable(z.string()),
  created_at: z.number(),
});
/** {@link version} as it is read. */
export type Version = z.infer<typeof version>;

/** A prompt as it is now, with its history. */
export const prompt = z.object({
  id: z.string(),
  command: z.string(),
  user_id: z.string(),
  name: z.string(),
  content: z.string(),
  data: z.nullable(anyObject),
  meta: z.nullable(anyObject),
  tags: z.array(z.string()),
  is_active: z.boolean(),
  version_id: z.nullable(z.string()),
  created_at: z.number(),
  updated_at: z.number(),
  access_grants: z.array(grant),
  /** Oldest first; never sent with the prompt. */
  history: z.array(version),
});
/** {@link prompt} as it is read. */
export type Prompt = z.infer<typeof prompt>;

/** A collection of documents. */
export const knowledge = z.object({
  id: z.string(),
  user_id: z.string(),
  name: z.string(),
  description: z.string(),
  meta: z.nullable(anyObject),
  access_grants: z.array(grant),
  created_at: z.number(),
  updated_at: z.number(),
  file_ids: z.array(z.string()),
});
/** {@link knowledge} as it is read. */
export type Knowledge = z.infer<typeof knowledge>;

/** What somebody thinks of an answer. */
export const feedback = z.object({
  id: z.string(),
  user_id: z.string(),
  version: z.number(),
  type: z.string(),
  data: z.nullable(anyObject),
  meta: z.nullable(anyObject),
  snapshot: z.nullable(anyObject),
  created_at: z.number(),
  updated_at: z.number(),
});
/** {@link feedback} as it is read. */
export type Feedback = z.infer<typeof feedback>;
