import { PermissionsBitField } from 'discord.js';
import * as z from 'zod';
import type { Finding } from '../../src/chat/adapter.ts';
import { problemOf } from '../../src/chat/errors.ts';
import { inviteLink, WITHOUT_CONTENT, wantedPermissions } from './intents.ts';
import type { Rest } from './rest.ts';

const application = z.object({
  id: z.string(),
  name: z.string(),
  flags: z.number().nullish(),
  interactions_endpoint_url: z.string().nullish(),
});
const servers = z.array(z.object({ id: z.string(), name: z.string(), permissions: z.string() }));
const gateway = z.object({ session_start_limit: z.object({ remaining: z.number(), reset_after: z.number() }) });

/** Flags of an application that was granted Message Content: for good, or while it is small. */
const CONTENT_FLAGS = (1 << 18) | (1 << 19);

/** What doctor wants to know: token, application, intents, permissions in each server, sessions left. Never throws. */
export async function* probe(rest: Rest, privateThreads: boolean): AsyncIterable<Finding> {
  let app: z.output<typeof application>;
  try {
    app = application.parse(
      await rest.call({ what: 'read the application', method: 'GET', route: '/applications/@me' }),
    );
  } catch (error) {
    yield refused('Discord token', error);
    return;
  }
  yield { what: 'Discord token', state: 'ok', fact: `It belongs to ${app.name} (${app.id}).`, mend: null };
  yield* intents(app);
  yield* sessions(rest);
  yield* permissions(rest, inviteLink(app.id, privateThreads), privateThreads);
}

/** What Discord did not answer. A refused token's own sentence says what to do; else it is the way there. */
function refused(what: string, error: unknown): Finding {
  const { kind, say, detail } = problemOf(error);
  const mend = kind === 'unauthorized' ? null : 'Check the network, and DISCORD_API_URL if it is set';
  return { what, state: 'fail', fact: `${say} (${detail})`, mend };
}

function* intents(app: z.output<typeof application>): Iterable<Finding> {
  if (app.interactions_endpoint_url) {
    yield {
      what: 'Discord interactions',
      state: 'fail',
      fact: 'Commands and buttons are sent to an address on the web, not to Parley.',
      mend: 'In the developer portal, under General Information, empty “Interactions Endpoint URL” and save.',
    };
  }
  const granted = ((app.flags ?? 0) & CONTENT_FLAGS) !== 0;
  yield granted
    ? { what: 'Discord Message Content', state: 'ok', fact: 'The intent is on.', mend: null }
    : { what: 'Discord Message Content', state: 'warn', fact: 'The intent is off.', mend: WITHOUT_CONTENT };
}

async function* sessions(rest: Rest): AsyncIterable<Finding> {
  try {
    const read = gateway.parse(await rest.call({ what: 'read the gateway', method: 'GET', route: '/gateway/bot' }));
    const { remaining, reset_after } = read.session_start_limit;
    const hours = Math.ceil(reset_after / 3_600_000);
    if (remaining > 50) return;
    yield {
      what: 'Discord sessions',
      state: remaining === 0 ? 'fail' : 'warn',
      fact: `Only ${remaining} connections may still be started in the next ${hours} h.`,
      mend: 'Something restarts Parley again and again. Stop it, and look at its log before you start it anew.',
    };
  } catch (error) {
    yield refused('Discord gateway', error);
  }
}

async function* permissions(rest: Rest, invite: string, privateThreads: boolean): AsyncIterable<Finding> {
  let joined: z.output<typeof servers>;
  try {
    joined = servers.parse(await rest.call({ what: 'read servers', method: 'GET', route: '/users/@me/guilds' }));
  } catch (error) {
    yield refused('Discord servers', error);
    return;
  }
  if (joined.length === 0) {
    yield {
      what: 'Discord servers',
      state: 'warn',
      fact: 'The bot is in no server yet.',
      mend: `Invite it: ${invite}`,
    };
  }
  for (const server of joined) {
    const has = new PermissionsBitField(BigInt(server.permissions));
    const lacking = wantedPermissions(privateThreads).filter((wanted) => !has.has(wanted.bit));
    const what = `Discord server ${server.name}`;
    if (lacking.length === 0) yield { what, state: 'ok', fact: 'All permissions are there.', mend: null };
    else {
      const list = lacking.map((wanted) => `${wanted.name} (${wanted.why})`).join(', ');
      yield {
        what,
        state: 'warn',
        fact: `Missing: ${list}.`,
        mend: `Give its role these permissions, or invite it again: ${invite}`,
      };
    }
  }
}
