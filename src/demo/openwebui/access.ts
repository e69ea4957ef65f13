import type { Grant, GrantForm, User } from './records.ts';
import { newId, seconds, type World } from './world.ts';

interface Owned {
  readonly user_id: string;
  readonly access_grants: readonly Grant[];
}

/** Whether a person may read, or write, a thing: its owner, an admin, or somebody with a grant. */
export function may(user: User, thing: Owned, permission: 'read' | 'write'): boolean {
  if (user.role === 'admin' || thing.user_id === user.id) return true;
  return thing.access_grants.some(
    (grant) =>
      (grant.permission === permission || grant.permission === 'write') &&
      grant.principal_type === 'user' &&
      (grant.principal_id === '*' || grant.principal_id === user.id),
  );
}

/** Grants as they are stored. Who may not share with everybody loses such grants without a word, as on the real server. */
export function grantsFor(world: World, user: User, type: string, id: string, forms: readonly GrantForm[]): Grant[] {
  return forms
    .filter((form) => form.principal_id !== '*' || user.role === 'admin' || user.prompts)
    .map((form) => ({ ...form, id: newId(), resource_type: type, resource_id: id, created_at: seconds(world) }));
}
