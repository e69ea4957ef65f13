import { createDiscord, type DiscordOptions } from '../../adapters/discord/discord.ts';
import { type AccessRules, namedIn, OPEN_TO_MEMBERS } from '../../src/chat/access.ts';
import { optionsFor } from '../adapters/discord/stage.ts';
import { closeAfter } from '../close-after.ts';
import type { Channel, Message } from '../servers/discord/records.ts';
import { type Stage, stage } from '../servers/discord-tests/stage.ts';
import { type Given, type MakePlatform, type ParleyOn, parleyOn } from './parley-on.ts';

/** Parley whole behind the real discord.js, on a pretend Discord. */
export interface OnDiscord extends Omit<ParleyOn, 'restart'>, Stage {
  /** Starts Parley anew on what the one before left; under these rules if there are any. */
  restart(rules?: Partial<AccessRules>): Promise<void>;
  mention(text: string): string;
  /** The thread on a message, once it is there. */
  threadOf(message: Message): Promise<Channel>;
  /** The newest finished answer of a channel whose words fit. */
  answered(channel: Channel, words: RegExp): Promise<Message>;
  /** What Discord refused. */
  refusals(): string[];
}

/** What can be different on Discord. */
export interface GivenDiscord extends Given, Pick<DiscordOptions, 'privateChannelNames'> {
  /** Ann is an admin of Parley. */
  annIsAdmin?: boolean;
  /** Who may use Parley, and where. Guests and strangers may when nothing else is said. */
  access?: (there: Stage) => Partial<AccessRules>;
}

/** Starts both; everything is closed after the test. */
export async function onDiscord(given: GivenDiscord = {}): Promise<OnDiscord> {
  const { access, annIsAdmin = false, privateChannelNames = false, ...more } = given;
  const set = await stage();
  const { server } = set;

  const under =
    (rules: Partial<AccessRules> = {}): MakePlatform =>
    ({ store }) => {
      const access = { ...OPEN_TO_MEMBERS, guests: true, strangers: true, ...rules };
      const adapter = createDiscord({
        ...optionsFor(server),
        roles: namedIn(access, 'group'),
        privateChannelNames,
        recent: (platform, since) => store.conversations.recent(platform, since, 200),
      });
      return { adapter, mode: 'thread', access };
    };

  const parley = await parleyOn(under(access?.(set)), {
    ...(annIsAdmin && { admins: [`discord:${set.ann.id}`] }),
    ...more,
  });
  closeAfter(() => parley.close());
  return {
    ...parley,
    ...set,
    restart: (rules) => parley.restart(rules && under(rules)),
    mention: (text) => `<@${server.world.app.user.id}> ${text}`,
    threadOf: (message) => server.until('a thread', () => server.world.channels.get(message.threadId ?? '')),
    answered: (where, words) =>
      server.message(where, (one) => words.test(one.content) && /Regenerate|Retry/.test(buttons(one))),
    refusals: () =>
      server.rest.calls.filter((one) => one.status >= 400).map((one) => `${one.method} ${one.route} ${one.code}`),
  };
}

/** What can be pressed under a message, as one text. */
export function buttons(message: Message): string {
  return JSON.stringify(message.components);
}
