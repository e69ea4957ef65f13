import * as z from 'zod';
import { may } from './access.ts';
import { asText, asTexts, isObject, type Json } from './json.ts';
import { type Profile, since } from './profile.ts';
import { anyObject, grantForm, type Prompt, type User, type Version } from './records.ts';
import { Refusal, say } from './refusal.ts';
import { newId, seconds, type World } from './world.ts';

/** The form of a prompt since 0.8. From 0.9.6 to 0.10 an explicit `null` for the lists was refused (trap 10 of our reference). */
export function promptForm(profile: Profile) {
  const list = <T extends z.ZodType>(schema: T) => {
    const strict = since(profile, '0.9') && !since(profile, '0.11');
    return strict ? z.optional(z.array(schema)) : z.nullish(z.array(schema));
  };
  return z.object({
    command: z.string(),
    name: z.string(),
    content: z.string(),
    data: z.nullish(anyObject),
    meta: z.nullish(anyObject),
    tags: list(z.string()),
    access_grants: list(grantForm),
    commit_message: z.nullish(z.string()),
    is_production: z.nullish(z.boolean()),
  });
}
/** {@link promptForm} as it is read. */
export type PromptForm = z.infer<ReturnType<typeof promptForm>>;

/** The prompt of this id, if this person may do this with it; else the server's refusal is thrown. */
export function promptFor(world: World, user: User, id: string, permission: 'read' | 'write'): Prompt {
  const prompt = world.prompts.get(id);
  if (prompt === null) throw new Refusal(404, say.notFound);
  if (may(user, prompt, permission)) return prompt;
  throw permission === 'read' ? new Refusal(404, say.notFound) : new Refusal(401, say.prohibited);
}

/** Throws when another prompt has this command already. */
export function freeCommand(world: World, command: string, own: string | null): void {
  const other = world.prompts.all().find((prompt) => prompt.command === command);
  if (other !== undefined && other.id !== own) throw new Refusal(400, say.commandTaken);
}

/** Throws unless this person may make prompts. */
export function mayCreate(user: User): void {
  if (user.role !== 'admin' && !user.prompts) throw new Refusal(401, say.unauthorized);
}

/** A prompt as it is sent: without its history, and with what this person may do where that is asked. */
export function promptAnswer(prompt: Prompt, user?: User): Json {
  const { history: _, ...answer } = prompt;
  return user === undefined ? answer : { ...answer, user: null, write_access: may(user, prompt, 'write') };
}

/** The few facts about a person that stand beside what they made; null when they are gone. */
export function makerOf(world: World, id: string): Json | null {
  const user = world.users.get(id);
  return user === null ? null : { id: user.id, name: user.name, role: user.role, email: user.email };
}

/** One more version of a prompt, made by this person. */
export function versionOf(
  world: World,
  user: User,
  prompt: Prompt,
  fields: PromptForm,
  message: string | null,
): Version {
  const { name, content, command } = fields;
  return {
    id: newId(),
    prompt_id: prompt.id,
    parent_id: prompt.history.at(-1)?.id ?? null,
    snapshot: {
      name,
      content,
      command,
      data: fields.data ?? {},
      meta: fields.meta ?? {},
      tags: fields.tags ?? prompt.tags,
      access_grants: prompt.access_grants,
    },
    user_id: user.id,
    commit_message: message,
    created_at: seconds(world),
  };
}

/** The prompt after `update`: changed text makes a version; since 0.11 a version not meant to be live leaves the live text alone. */
export function updated(world: World, user: User, prompt: Prompt, form: PromptForm): Prompt {
  const live = form.is_production ?? true;
  const tagsChanged = Array.isArray(form.tags) && form.tags.join('\n') !== prompt.tags.join('\n');
  const changed =
    form.name !== prompt.name || form.command !== prompt.command || form.content !== prompt.content || tagsChanged;
  const overwrite = live || !since(world.profile, '0.11');
  const next: Prompt = {
    ...prompt,
    command: form.command,
    updated_at: seconds(world),
    ...(overwrite && {
      name: form.name,
      content: form.content,
      data: form.data ?? prompt.data,
      meta: form.meta ?? prompt.meta,
      tags: form.tags ?? prompt.tags,
    }),
  };
  const always = Array.isArray(form.access_grants) && !since(world.profile, '0.11');
  if (!changed && !always) return next;
  const version = versionOf(world, user, prompt, form, form.commit_message ?? null);
  // A prompt keeps its newest hundred versions.
  const history = [...prompt.history, version].slice(-100);
  return { ...next, history, version_id: live ? version.id : prompt.version_id };
}

/** The prompt with the text of one of its versions; command and grants stay as they are. */
export function restored(world: World, prompt: Prompt, version: Version): Prompt {
  const { snapshot } = version;
  return {
    ...prompt,
    name: asText(snapshot.name) ?? prompt.name,
    content: asText(snapshot.content) ?? prompt.content,
    data: isObject(snapshot.data) ? snapshot.data : prompt.data,
    meta: isObject(snapshot.meta) ? snapshot.meta : prompt.meta,
    tags: asTexts(snapshot.tags),
    version_id: version.id,
    updated_at: seconds(world),
  };
}

/** The lines by which two versions' texts differ, in the unified form: what they share at both ends is left out. */
export function diffLines(from: Version, to: Version): string[] {
  const before = asText(from.snapshot.content) ?? '';
  const after = asText(to.snapshot.content) ?? '';
  if (before === after) return [];
  const a = before.split('\n');
  const b = after.split('\n');
  let head = 0;
  while (head < Math.min(a.length, b.length) && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(a.length, b.length) - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  const gone = a.slice(head, a.length - tail);
  const come = b.slice(head, b.length - tail);
  const range = (count: number) => (count === 1 ? `${head + 1}` : `${head + 1},${count}`);
  return [
    `--- v${from.id.slice(0, 8)}`,
    `+++ v${to.id.slice(0, 8)}`,
    `@@ -${range(gone.length)} +${range(come.length)} @@`,
    ...gone.map((line) => `-${line}`),
    ...come.map((line) => `+${line}`),
  ];
}
