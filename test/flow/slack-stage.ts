import { readFileSync } from 'node:fs';
import { afterEach } from 'vitest';
import { createSlack } from '../../adapters/slack/slack.ts';
import { systemClock } from '../../src/chat/clock.ts';
import { Secret } from '../../src/chat/secret.ts';
import { createLog } from '../../src/ops/log.ts';
import { MANIFEST_FILE } from '../../tools/manifest.ts';
import { shown } from '../servers/slack/body.ts';
import { fromManifest } from '../servers/slack/manifest.ts';
import type { Message } from '../servers/slack/model.ts';
import { type SlackServer, startSlack } from '../servers/slack/server.ts';
import { type ParleyOn, parleyOn } from './parley-on.ts';

/** Parley whole behind the real Bolt, on a pretend Slack that grants what manifest.yml asks for. */
export interface OnSlack extends ParleyOn {
  readonly slack: SlackServer;
  readonly ann: string;
  readonly bob: string;
  readonly channel: string;
  mention(text: string): string;
  /** The newest finished answer of a channel whose words fit. */
  answered(channel: string, words: RegExp): Promise<Message>;
  /** What stands in a channel from the bot, oldest first. */
  standing(channel: string): string[];
  /** What Slack refused, but for what is harmless. */
  refusals(): string[];
}

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Starts both; everything is closed after the test. Ann is an admin. */
export async function onSlack(given: Parameters<typeof parleyOn>[1] = {}): Promise<OnSlack> {
  const slack = await startSlack(fromManifest(readFileSync(MANIFEST_FILE, 'utf8')));
  closing.push(() => slack.close());
  const ann = slack.people.user({ name: 'ann' }).id;
  const bob = slack.people.user({ name: 'bob' }).id;
  const channel = slack.people.channel({ name: 'general', members: [ann, bob] }).id;
  const adapter = createSlack({
    botToken: new Secret(slack.tokens.bot),
    appToken: new Secret(slack.tokens.app),
    signingSecret: null,
    apiUrl: slack.apiUrl,
    direct: 'threads',
    clock: systemClock,
    log: createLog('silent'),
  });
  const parley = await parleyOn(adapter, { admins: [`slack:${ann}`], ...given });
  closing.push(() => parley.close());
  const harmless = ['feature_not_enabled', 'already_reacted', 'session_not_found'];
  return {
    ...parley,
    ...{ slack, ann, bob, channel },
    mention: (text) => `<@${slack.botUserId}> ${text}`,
    answered: (where, words) =>
      slack.watch.answer(where, (_one, seen) => words.test(seen) && /Regenerate|Retry/.test(seen), 10_000),
    standing: (where) =>
      (slack.world.channels.get(where)?.messages ?? [])
        .filter((one) => one.deletedAt === null && one.author === slack.botUserId)
        .map(shown),
    refusals: () =>
      slack.calls.flatMap((one) => (one.error && !harmless.includes(one.error) ? [`${one.method} ${one.error}`] : [])),
  };
}
