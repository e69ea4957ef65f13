import type { IncomingMessage } from 'node:http';
import type { User } from './records.ts';
import { Refusal, say } from './refusal.ts';
import type { World } from './world.ts';

/** Who may call a route: anybody, anybody signed in, an accepted user, an admin. */
export type Who = 'anyone' | 'signed-in' | 'verified' | 'admin';

/** The credential of a request: the bearer, else the cookie, else `x-api-key` (our reference, openwebui 1). Null when none is well formed. */
export function tokenOf(request: IncomingMessage): string | null {
  const words = request.headers.authorization?.split(' ') ?? [];
  if (words.length === 2 && words[0]?.toLowerCase() === 'bearer' && words[1] !== undefined) return words[1];
  const cookie = /(?:^|;\s*)token=([^;]*)/.exec(request.headers.cookie ?? '')?.[1];
  if (cookie !== undefined) return cookie;
  const key = request.headers['x-api-key'];
  return typeof key === 'string' && key !== '' ? key : null;
}

/** Whether the token is an API key rather than a session's. */
export function isKey(token: string): boolean {
  return token.startsWith('sk-');
}

/** The person behind the token, if they may call this route; otherwise the server's own refusal is thrown. */
export function personFor(world: World, who: Who, token: string | null, path: string): User {
  if (token === null) throw new Refusal(401, say.notAuthenticated);
  const user = isKey(token) ? byKey(world, token, path) : bySession(world, token);
  if (who !== 'signed-in' && user.role === 'pending') throw new Refusal(401, say.prohibited);
  if (who === 'admin' && user.role !== 'admin') throw new Refusal(401, say.prohibited);
  return user;
}

function byKey(world: World, token: string, path: string): User {
  const user = world.users.all().find((one) => one.api_key === token);
  if (user === undefined) throw new Refusal(401, say.expired);
  if (!world.settings.apiKeys) throw new Refusal(403, say.keysOff);
  const allowed = world.settings.allowedPaths;
  if (allowed !== null && !allowed.some((entry) => path === entry || path.startsWith(`${entry}/`))) {
    throw new Refusal(403, say.prohibited);
  }
  return user;
}

function bySession(world: World, token: string): User {
  // A session's token has three parts, as a JWT has; anything else cannot be read at all.
  if (token.split('.').length !== 3) throw new Refusal(401, say.unauthorized);
  const id = world.sessions.get(token);
  const user = id === undefined ? null : world.users.get(id);
  if (user === null) throw new Refusal(401, say.unauthorized);
  return user;
}
