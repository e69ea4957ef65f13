import { afterEach } from 'vitest';
import { createDiscord } from '../../adapters/discord/discord.ts';
import { Secret } from '../../src/chat/secret.ts';
import type { Channel, Message } from '../servers/discord/records.ts';
import { type Stage, stage } from '../servers/discord-tests/stage.ts';
import { type ParleyOn, parleyOn } from './parley-on.ts';

/** Parley whole behind the real discord.js, on a pretend Discord. */
export interface OnDiscord extends ParleyOn, Stage {
  mention(text: string): string;
  /** The thread on a message, once it is there. */
  threadOf(message: Message): Promise<Channel>;
  /** The newest finished answer of a channel whose words fit. */
  answered(channel: Channel, words: RegExp): Promise<Message>;
  /** What Discord refused. */
  refusals(): string[];
}

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Starts both; everything is closed after the test. Ann is an admin. */
export async function onDiscord(given: Parameters<typeof parleyOn>[1] = {}): Promise<OnDiscord> {
  const set = await stage();
  const { server } = set;
  const adapter = createDiscord({
    token: new Secret(server.token),
    api: server.api,
    privateThreads: false,
    server: null,
    recent: async () => [],
    fileOrigins: [server.cdnUrl],
  });
  const parley = await parleyOn(adapter, { admins: [`discord:${set.ann.id}`], ...given });
  closing.push(() => parley.close());
  return {
    ...parley,
    ...set,
    mention: (text) => `<@${server.world.app.user.id}> ${text}`,
    threadOf: (message) => server.until('a thread', () => server.world.channels.get(message.threadId ?? ''), 10_000),
    answered: (where, words) =>
      server.message(where, (one) => words.test(one.content) && /Regenerate|Retry/.test(buttons(one)), 10_000),
    refusals: () =>
      server.rest.calls.filter((one) => one.status >= 400).map((one) => `${one.method} ${one.route} ${one.code}`),
  };
}

/** What can be pressed under a message, as one text. */
export function buttons(message: Message): string {
  return JSON.stringify(message.components);
}
