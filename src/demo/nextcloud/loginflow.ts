import { argumentsOf, type Call } from './exchange.ts';
import type { Flow } from './flows.ts';
import { page } from './page.ts';
import type { Person } from './people.ts';
import { since } from './profile.ts';
import { bare, empty, html, type Reply } from './reply.ts';
import type { World } from './world.ts';

/**
 * Login flow v2: an app begins, a person opens its `login` address and presses "Grant access", the app polls and is given an app password once
 * (our reference, nextcloud 5).
 */
export function loginPages(world: World) {
  return async (call: Call): Promise<Reply> => {
    if (world.settings.maintenance) return html(page.maintenance(), 503);
    const path = call.path.replace(/^(?:\/index\.php)?\/login\/v2/, '');
    if (path === '' && call.method === 'POST') return begin(world, call);
    if (path === '/poll' && call.method === 'POST') return poll(world, call);
    const token = /^\/flow\/([A-Za-z0-9]+)$/.exec(path)?.[1];
    if (token === undefined) return path === '' || path === '/poll' ? empty(405) : html(page.nothing(), 404);
    const flow = world.flows.opened(token);
    if (flow === null || flow.granted !== null) return html(page.expired(), 403);
    const people = world.people.all().filter((person) => !person.disabled);
    if (call.method === 'GET') return html(page.grant(flow.client, people));
    if (call.method !== 'POST') return empty(405);
    const { user } = await argumentsOf(call);
    const person = people.find((one) => one.id === user);
    if (person === undefined) return html(page.grant(flow.client, people), 400);
    grant(world, flow, person);
    return html(page.granted());
  };
}

/** What happens when a person presses "Grant access". */
export function grant(world: World, flow: Flow, person: Person): void {
  flow.granted = { loginName: person.loginName, appPassword: world.people.newPassword(person) };
}

function begin(world: World, call: Call): Reply {
  const flow = world.flows.begin(call.request.headers['user-agent'] ?? '');
  return bare({
    poll: { token: flow.poll, endpoint: `${call.base}/index.php/login/v2/poll` },
    login: `${call.base}/index.php/login/v2/flow/${flow.token}`,
  });
}

async function poll(world: World, call: Call): Promise<Reply> {
  const { token } = await argumentsOf(call);
  if (typeof token !== 'string') return empty(since(world.profile, 33) ? 400 : 500);
  const flow = world.flows.polled(token);
  // Unknown, expired and waiting look the same.
  if (flow === null || flow.granted === null) return bare([], 404);
  world.flows.end(flow);
  return bare({ server: call.base, ...flow.granted });
}
