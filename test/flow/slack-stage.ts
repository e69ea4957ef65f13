import { createSlack, type SlackOptions } from '../../adapters/slack/slack.ts';
import { type AccessRules, namedIn, OPEN_TO_MEMBERS } from '../../src/chat/access.ts';
import { manifestText } from '../../tools/manifest.ts';
import { openSlack, optionsFor } from '../adapters/slack/stage.ts';
import { closeAfter } from '../close-after.ts';
import { shown } from '../servers/slack/body.ts';
import { fromManifest } from '../servers/slack/manifest.ts';
import type { Message } from '../servers/slack/model.ts';
import type { SlackServer } from '../servers/slack/server.ts';
import { type Given, type MakePlatform, type ParleyOn, parleyOn } from './parley-on.ts';

/** Parley whole behind the real Bolt, on a pretend Slack that grants what our manifest asks for. */
export interface OnSlack extends Omit<ParleyOn, 'restart'>, Workspace {
  /** Starts Parley anew on what the one before left; under these rules if there are any. */
  restart(rules?: Partial<AccessRules>): Promise<void>;
  mention(text: string): string;
  /** The newest finished answer of a channel whose words fit. */
  answered(channel: string, words: RegExp): Promise<Message>;
  /** All that the bot ever posted in a channel, oldest first. */
  posted(channel: string): string[];
  /** What of it stands. */
  standing(channel: string): string[];
  /** What Slack refused, but for what is harmless. */
  refusals(): string[];
}

/** The pretend Slack and who is there. */
export interface Workspace {
  readonly slack: SlackServer;
  readonly ann: string;
  readonly bob: string;
  readonly channel: string;
}

/** What can be different on Slack. */
export interface GivenSlack extends Given, Pick<Partial<SlackOptions>, 'direct' | 'privateChannelNames'> {
  /** Whether the app is an agent. */
  agent?: boolean;
  /** What it may beside what the manifest asks for. */
  scopes?: string[];
  /** Ann is an admin of Parley. */
  annIsAdmin?: boolean;
  /** Who may use Parley, and where. */
  access?: (there: Workspace) => Partial<AccessRules>;
}

/** Starts both; everything is closed after the test. */
export async function onSlack(given: GivenSlack = {}): Promise<OnSlack> {
  const {
    agent = false,
    scopes = [],
    prefix = '',
    annIsAdmin = false,
    access,
    direct,
    privateChannelNames,
    ...more
  } = given;
  const asks = fromManifest(manifestText({ agent, publicUrl: null, prefix }));
  const slack = await openSlack({ ...asks, scopes: [...(asks.scopes ?? []), ...scopes] });
  const ann = slack.people.user({ name: 'ann' }).id;
  const bob = slack.people.user({ name: 'bob' }).id;
  const channel = slack.people.channel({ name: 'general', members: [ann, bob] }).id;
  const there = { slack, ann, bob, channel };

  const under =
    (rules: Partial<AccessRules> = {}): MakePlatform =>
    ({ log }) => {
      const access = { ...OPEN_TO_MEMBERS, ...rules };
      const adapter = createSlack({
        ...optionsFor(slack),
        groups: namedIn(access, 'group'),
        commandPrefix: prefix,
        ...(direct && { direct }),
        ...(privateChannelNames && { privateChannelNames }),
        log,
      });
      return { adapter, mode: 'thread', access };
    };

  const parley = await parleyOn(under(access?.(there)), {
    prefix,
    ...(annIsAdmin && { admins: [`slack:${ann}`] }),
    ...more,
  });
  closeAfter(() => parley.close());
  const bots = (where: string) =>
    (slack.world.channels.get(where)?.messages ?? []).filter((one) => one.author === slack.botUserId);
  const harmless = ['feature_not_enabled', 'already_reacted', 'session_not_found'];
  return {
    ...parley,
    ...there,
    restart: (rules) => parley.restart(rules && under(rules)),
    mention: (text) => `<@${slack.botUserId}> ${text}`,
    answered: (where, words) => {
      const done = (one: Message, seen: string) =>
        words.test(seen) && /Regenerate|Retry/.test(seen) && one.blocks.length > 0;
      return slack.watch.answer(where, done);
    },
    posted: (where) => bots(where).map(shown),
    standing: (where) =>
      bots(where)
        .filter((one) => one.deletedAt === null)
        .map(shown),
    refusals: () =>
      slack.calls.flatMap((one) => (one.error && !harmless.includes(one.error) ? [`${one.method} ${one.error}`] : [])),
  };
}
