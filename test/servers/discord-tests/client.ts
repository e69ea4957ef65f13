import type { ClientOptions } from 'discord.js';
import { Client, GatewayIntentBits, Partials } from 'discord.js';
import { closeAfter } from '../../close-after.ts';
import type { DiscordServer } from '../discord/server.ts';

/** The intents our app asks for. */
export const usualIntents = [
  GatewayIntentBits.Guilds,
  GatewayIntentBits.GuildMessages,
  GatewayIntentBits.GuildMessageReactions,
  GatewayIntentBits.DirectMessages,
  GatewayIntentBits.DirectMessageReactions,
  GatewayIntentBits.MessageContent,
];

/** A discord.js client on this server, not yet logged in; destroyed after the test. */
export function clientFor(server: DiscordServer, options: Partial<ClientOptions> = {}): Client {
  const client = new Client({
    intents: usualIntents,
    partials: [Partials.Channel, Partials.Message, Partials.Reaction, Partials.User],
    allowedMentions: { parse: [], repliedUser: false },
    ...options,
    rest: { api: server.api, ...options.rest },
  });
  closeAfter(() => client.destroy());
  return client;
}

/** A logged-in discord.js client, ready. */
export async function login(server: DiscordServer, options?: Partial<ClientOptions>): Promise<Client<true>> {
  const client = clientFor(server, options);
  const ready = new Promise<Client<true>>((resolve) => client.once('clientReady', resolve));
  await client.login(server.token);
  return await ready;
}
