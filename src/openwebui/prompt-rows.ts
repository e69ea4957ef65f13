import * as z from 'zod';

/** Who may read or write a prompt besides its owner. `*` is everybody. */
export interface Grant {
  readonly to: 'user' | 'group';
  /** An id of Open WebUI, or `*`. */
  readonly id: string;
  readonly may: 'read' | 'write';
}

/** A prompt, in one shape for all versions of the server. Times in milliseconds since the epoch. */
export interface Prompt {
  /** What the other calls take: a UUID since 0.8, the command before. */
  readonly id: string;
  /** Without the slash that older servers and some people write before it. */
  readonly command: string;
  readonly name: string;
  readonly content: string;
  readonly tags: readonly string[];
  /** Switched off prompts are not offered; servers before 0.8 have none. */
  readonly active: boolean;
  /** The version that is live; null where there are no versions. */
  readonly versionId: string | null;
  /** Null where the server does not tell it. */
  readonly ownerName: string | null;
  readonly updatedAt: number | null;
  readonly grants: readonly Grant[];
  /** Whether this key may change it; null where the server does not tell. */
  readonly writable: boolean | null;
}

/** One version of a prompt. */
export interface PromptVersion {
  readonly id: string;
  readonly parentId: string | null;
  readonly name: string;
  readonly command: string;
  readonly content: string;
  readonly tags: readonly string[];
  /** What was said about the change; null where nothing was. */
  readonly message: string | null;
  readonly authorName: string | null;
  readonly createdAt: number;
}

const texts = z.array(z.string()).nullish().catch(null);
const time = z.number().nullish().catch(null);
const person = z.looseObject({ name: z.string().nullish() }).nullish().catch(null);
const grant = z.looseObject({ principal_type: z.string(), principal_id: z.string(), permission: z.string() });
const ids = z.looseObject({ group_ids: texts, user_ids: texts }).nullish().catch(null);
const accessControl = z.looseObject({ read: ids, write: ids }).nullish().catch(null);

/** A prompt as any version sends it. */
export const promptRow = z
  .looseObject({
    id: z.string().nullish(),
    command: z.string(),
    name: z.string().nullish(),
    title: z.string().nullish(),
    content: z.string().catch(''),
    tags: texts,
    is_active: z.boolean().nullish(),
    version_id: z.string().nullish(),
    updated_at: time,
    timestamp: time,
    access_grants: z.array(grant).nullish().catch(null),
    access_control: accessControl,
    write_access: z.boolean().nullish(),
    user: person,
  })
  .transform((row): Prompt => {
    const command = row.command.replace(/^\//, '');
    const updated = row.updated_at ?? row.timestamp ?? null;
    return {
      id: row.id ?? command,
      command,
      name: row.name ?? row.title ?? command,
      content: row.content,
      tags: row.tags ?? [],
      active: row.is_active ?? true,
      versionId: row.version_id ?? null,
      ownerName: row.user?.name ?? null,
      updatedAt: updated === null ? null : updated * 1000,
      grants: row.id ? grantsOf(row.access_grants ?? []) : oldGrants(row.access_control ?? null),
      writable: row.write_access ?? null,
    };
  });

const snapshot = z.looseObject({
  name: z.string().catch(''),
  command: z.string().catch(''),
  content: z.string().catch(''),
  tags: texts,
});

/** A version as the server sends it. */
export const versionRow = z
  .looseObject({
    id: z.string(),
    parent_id: z.string().nullish(),
    snapshot,
    commit_message: z.string().nullish(),
    created_at: z.number(),
    user: person,
  })
  .transform(
    (row): PromptVersion => ({
      id: row.id,
      parentId: row.parent_id ?? null,
      name: row.snapshot.name,
      command: row.snapshot.command.replace(/^\//, ''),
      content: row.snapshot.content,
      tags: row.snapshot.tags ?? [],
      message: row.commit_message || null,
      authorName: row.user?.name ?? null,
      createdAt: row.created_at * 1000,
    }),
  );

/** Grants as servers since 0.8 take them. */
export function grantBody(grants: readonly Grant[]) {
  return grants.map(({ to, id, may }) => ({ principal_type: to, principal_id: id, permission: may }));
}

/** Grants as servers before 0.8 take them: `null` is everybody, an object only those it names. */
export function accessControlBody(grants: readonly Grant[]) {
  if (grants.some((each) => each.id === '*')) return null;
  const named = (may: Grant['may'], to: Grant['to']) =>
    grants.filter((each) => each.may === may && each.to === to).map((each) => each.id);
  const side = (may: Grant['may']) => ({ group_ids: named(may, 'group'), user_ids: named(may, 'user') });
  return { read: side('read'), write: side('write') };
}

function grantsOf(rows: readonly z.infer<typeof grant>[]): Grant[] {
  return rows.map((row) => ({
    to: row.principal_type === 'group' ? 'group' : 'user',
    id: row.principal_id,
    may: row.permission === 'write' ? 'write' : 'read',
  }));
}

function oldGrants(control: z.infer<typeof accessControl>): Grant[] {
  if (!control) return [{ to: 'user', id: '*', may: 'read' }];
  return (['read', 'write'] as const).flatMap((may) => [
    ...(control[may]?.group_ids ?? []).map((id): Grant => ({ to: 'group', id, may })),
    ...(control[may]?.user_ids ?? []).map((id): Grant => ({ to: 'user', id, may })),
  ]);
}
