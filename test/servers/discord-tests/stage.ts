import { awakeClock } from '../../awake.ts';
import { closeAfter } from '../../close-after.ts';
import type { Channel, Guild, Message, User } from '../discord/records.ts';
import type { DiscordOptions, DiscordServer } from '../discord/server.ts';
import { startDiscord } from '../discord/server.ts';
import { movableClock } from '../discord/snowflakes.ts';
import type { Wire } from '../discord/wire.ts';

/** A server with a guild, a channel and two people; what a test needs to begin. */
export interface Stage {
  readonly server: DiscordServer;
  readonly ann: User;
  readonly bob: User;
  readonly guild: Guild;
  readonly channel: Channel;
  /** One raw REST request by the app. */
  ask(method: string, path: string, body?: unknown): Promise<Answer>;
  /** A message of the app in the channel, made over REST. */
  send(text: string, channel?: Channel): Promise<Message>;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly code: number;
  readonly body: Wire;
  readonly headers: Headers;
}

/** A clock that stands still until it is moved. */
export function stillClock() {
  return movableClock({ now: () => 1_795_000_000_000 });
}

/** Starts a server with its small world; everything is closed after the test. */
export async function stage(options: DiscordOptions = {}): Promise<Stage> {
  const server = await startDiscord({ clock: movableClock(awakeClock), ...options });
  closeAfter(() => server.close());
  const ann = server.people.user('ann', 'Ann');
  const bob = server.people.user('bob', 'Bob');
  const guild = server.people.guild('Home', ann);
  server.people.join(guild, bob);
  const channel = server.people.channel(guild, 'general');
  server.people.invite(guild);
  const ask = (method: string, path: string, body?: unknown) => request(server, method, path, body);
  return {
    server,
    ann,
    bob,
    guild,
    channel,
    ask,
    send: async (text, where = channel) => {
      const { body } = await ask('POST', `/channels/${where.id}/messages`, { content: text });
      const made = server.world.messages.get(String(body.id));
      if (made === undefined) throw new Error(JSON.stringify(body));
      return made;
    },
  };
}

/** One raw request with the app's token. A FormData body goes as it is. */
export async function request(
  server: DiscordServer,
  method: string,
  path: string,
  body?: unknown,
  token: string | null = server.token,
): Promise<Answer> {
  const form = body instanceof FormData;
  const response = await fetch(`${server.api}/v10${path}`, {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bot ${token}` }),
      ...(body === undefined || form ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const parsed: Wire = text === '' ? {} : JSON.parse(text);
  return {
    status: response.status,
    code: typeof parsed.code === 'number' ? parsed.code : 0,
    body: parsed,
    headers: response.headers,
  };
}
