import { type Dialect, dialectOf } from './dialect.ts';
import { argumentsOf, type Call, type OcsCall } from './exchange.ts';
import type { Login, Person } from './people.ts';
import { since } from './profile.ts';
import { bare, empty, Refusal, type Reply } from './reply.ts';
import type { World } from './world.ts';

/** One entry of the OCS's table. In `path`, `:name` stands for one piece. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below `/ocs/v2.php`. */
  readonly path: string;
  /** Who may call. `exapp` is for other programs only, which refuses every person. */
  readonly who: 'anyone' | 'person' | 'admin' | 'exapp';
  /** Whether it works without `OCS-APIRequest`. */
  readonly open?: boolean;
  /** The budget that a call comes out of. */
  readonly limit?: 'old' | 'new';
  run(call: OcsCall): Reply | Promise<Reply>;
}

const invalidQuery =
  'Invalid query, please check the syntax. API specifications are here: http://www.freedesktop.org/wiki/Specifications/open-collaboration-services.\n';

/** Calls of guests in 120 s, on releases that let them in (our reference, nextcloud 3). */
const guestLimit = 5;

/**
 * Answers calls of the OCS in the server's order: maintenance, the credential, the route, the method; then login, admin, `OCS-APIRequest`,
 * rate, and last the arguments.
 */
export function ocsRouter(world: World, routes: readonly Route[]) {
  const table = routes.map((route) => ({ route, pieces: route.path.split('/') }));

  return async (call: Call): Promise<Reply> => {
    const { request, query } = call;
    const speak = dialectOf(world.profile, call.path, query.get('format'), request.headers.accept ?? '');
    if (world.settings.maintenance) {
      return speak.early(503, 503, 'Service unavailable', { 'x-nextcloud-maintenance-mode': '1' });
    }
    const login = call.login();
    if (login.kind === 'locked') return speak.early(429, 429, 'Reached maximum delay');
    if (login.kind === 'wrong') {
      return speak.early(401, 997, 'Unauthorised', { 'www-authenticate': 'Basic realm="Authorisation Required"' });
    }
    const person = login.kind === 'person' ? login.person : null;
    const pieces = call.path.replace(/^\/ocs\/v[12]\.php/, '').split('/');
    const fitting = table.filter((entry) => fits(entry.pieces, pieces));
    if (fitting.length === 0) return speak.who(speak.early(404, 998, invalidQuery), person?.id ?? null);
    const method = call.method === 'HEAD' ? 'GET' : call.method;
    const found = fitting.find((entry) => entry.route.method === method);
    if (found === undefined) return speak.wrongMethod();

    const refusal = refused(world, found.route, call, person, speak);
    const answer = async () => {
      if (refusal !== null) return refusal;
      return found.route.run(ocsCall(call, speak, login, found.pieces, pieces));
    };
    return speak.who(await answer().catch(onlyRefusals), person?.id ?? null);
  };
}

function onlyRefusals(error: unknown): Reply {
  if (error instanceof Refusal) return error.reply;
  throw error;
}

function refused(world: World, route: Route, call: Call, person: Person | null, speak: Dialect): Reply | null {
  if (route.who === 'exapp') return bare({ message: 'ExApp required' }, 412);
  if (route.who !== 'anyone' && person === null) return speak.refused(401, 'Current user is not logged in', 997);
  if (route.who === 'admin' && person?.admin !== true) return speak.refused(403, 'Logged in account must be an admin');
  const marked =
    call.request.headers['ocs-apirequest'] === 'true' || call.request.headers.authorization?.startsWith('Bearer ');
  if (!route.open && !marked) return bare({ message: 'CSRF check failed' }, 412);
  if (route.limit === undefined) return null;
  const key = person === null ? `guest ${call.address}` : `person ${person.id}`;
  const limit = person === null ? guestLimit : world.settings.rateLimit;
  return world.rates.take(`${route.limit} ${key}`, limit) ? null : empty(429);
}

function fits(pattern: readonly string[], pieces: readonly string[]): boolean {
  return (
    pattern.length === pieces.length &&
    pattern.every((piece, at) => (piece.startsWith(':') ? pieces[at] !== '' : piece === pieces[at]))
  );
}

function ocsCall(
  call: Call,
  speak: Dialect,
  login: Login,
  pattern: readonly string[],
  pieces: readonly string[],
): OcsCall {
  const person = login.kind === 'person' ? login.person : null;
  return {
    ...call,
    login: () => login,
    speak,
    person,
    get userId() {
      if (person === null) throw new Refusal(speak.refused(401, 'Current user is not logged in', 997));
      return person.id;
    },
    piece(name) {
      const piece = pieces[pattern.indexOf(`:${name}`)] ?? '';
      try {
        return decodeURIComponent(piece);
      } catch {
        return piece;
      }
    },
    arguments: () => argumentsOf(call),
  };
}

/** Whether guests may schedule with the old API (our reference, nextcloud 3). */
export function guestsWelcome(world: World): boolean {
  return !since(world.profile, 32);
}
