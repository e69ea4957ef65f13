import { readFileSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { createSlack } from '../../adapters/slack/slack.ts';
import { systemClock } from '../../src/chat/clock.ts';
import { Secret } from '../../src/chat/secret.ts';
import { createLog } from '../../src/ops/log.ts';
import { MANIFEST_FILE } from '../../tools/manifest.ts';
import { says } from '../servers/openwebui/script.ts';
import { shown } from '../servers/slack/body.ts';
import { fromManifest } from '../servers/slack/manifest.ts';
import type { Message } from '../servers/slack/model.ts';
import { type SlackServer, startSlack } from '../servers/slack/server.ts';
import { type ParleyOn, parleyOn } from './parley-on.ts';

// Deleted and edited questions, and private channels' names, through the real Bolt.

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function open(privateChannelNames = false) {
  const slack = await startSlack(fromManifest(readFileSync(MANIFEST_FILE, 'utf8')));
  const ann = slack.people.user({ name: 'ann' }).id;
  const channel = slack.people.channel({ name: 'general', members: [ann] }).id;
  const adapter = createSlack({
    botToken: new Secret(slack.tokens.bot),
    appToken: new Secret(slack.tokens.app),
    signingSecret: null,
    apiUrl: slack.apiUrl,
    direct: 'threads',
    privateChannelNames,
    clock: systemClock,
    log: createLog('silent'),
  });
  const parley = await parleyOn(adapter);
  closing.push(
    () => slack.close(),
    () => parley.close(),
  );
  const mention = (text: string) => `<@${slack.botUserId}> ${text}`;
  return { slack, parley, ann, channel, mention };
}

function answered(slack: SlackServer, channel: string, text: RegExp, label: string): Promise<Message> {
  return slack.watch.answer(channel, (_message, seen) => text.test(seen) && seen.includes(label), 10_000);
}

const asked = ({ openWebUI }: ParleyOn) => openWebUI.asked.at(-1)?.messages.at(-1)?.text;
const standing = (slack: SlackServer, channel: string) =>
  (slack.world.channels.get(channel)?.messages ?? []).filter(
    (one) => one.author === slack.botUserId && one.deletedAt === null,
  );

test('a deleted question takes its answer along, also where its thread makes it a tombstone', async () => {
  const { slack, parley, ann, channel, mention } = await open();
  parley.openWebUI.next(says('It will go.'));
  const question = slack.people.say(ann, channel, mention('will it?'));
  await answered(slack, channel, /It will go/, 'Regenerate');
  slack.people.remove(question);
  await vi.waitFor(() => expect(standing(slack, channel)).toEqual([]), { timeout: 10_000 });
  expect(parley.openWebUI.chats()).toHaveLength(1);
});

test('an edited question is answered as it reads now, in the same message; an unfolded link is no edit', async () => {
  const { slack, parley, ann, channel, mention } = await open();
  parley.openWebUI.next(says('Teh what?'));
  const question = slack.people.say(ann, channel, mention('what is teh tide?'));
  const first = await answered(slack, channel, /Teh what/, 'Regenerate');
  slack.people.edit(question, mention('what is the tide?'));
  const offering = await answered(slack, channel, /Teh what/, 'Answer the edited question');
  parley.openWebUI.next(says('The sea, moving.'));
  await slack.interact.act(ann, offering, 'Answer the edited question');
  const second = await answered(slack, channel, /The sea/, 'Regenerate');
  expect(second.ts).toBe(first.ts);
  expect(shown(second)).not.toContain('edited question');
  expect(asked(parley)).toBe('ann: what is the tide?');
});

test.each([
  [false, 'ann: is it in #private-channel or #general?'],
  [true, 'ann: is it in #mergers or #general?'],
])('names of private channels stay out of Open WebUI unless allowed (%s)', async (allowed, read) => {
  const { slack, parley, ann, channel, mention } = await open(allowed);
  const closed = slack.people.channel({ id: 'C0MERGERS', name: 'mergers', kind: 'private', members: [ann] }).id;
  parley.openWebUI.next(says('Somewhere.'));
  slack.people.say(ann, channel, mention(`is it in <#${closed}> or <#${channel}>?`));
  await answered(slack, channel, /Somewhere/, 'Regenerate');
  expect(asked(parley)).toBe(read);
  expect(JSON.stringify(parley.openWebUI.chats()).includes('mergers')).toBe(allowed);
});
