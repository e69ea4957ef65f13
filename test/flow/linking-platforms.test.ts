import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { createDiscord } from '../../adapters/discord/discord.ts';
import { createSlack } from '../../adapters/slack/slack.ts';
import { systemClock } from '../../src/chat/clock.ts';
import { Secret } from '../../src/chat/secret.ts';
import { createLog } from '../../src/ops/log.ts';
import { MANIFEST_FILE } from '../../tools/manifest.ts';
import { stage } from '../servers/discord-tests/stage.ts';
import { says } from '../servers/openwebui/script.ts';
import { shown } from '../servers/slack/body.ts';
import { fromManifest } from '../servers/slack/manifest.ts';
import { startSlack } from '../servers/slack/server.ts';
import { parleyOn } from './parley-on.ts';

// Linking through the real Bolt and the real discord.js, on pretend servers: forms with a secret, complaints, waiting questions.

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const WRONG = `sk-${'0a'.repeat(16)}`;

async function onSlack() {
  const slack = await startSlack(fromManifest(readFileSync(MANIFEST_FILE, 'utf8')));
  closing.push(() => slack.close());
  const ann = slack.people.user({ name: 'ann' }).id;
  const channel = slack.people.channel({ name: 'general', members: [ann] }).id;
  const adapter = createSlack({
    botToken: new Secret(slack.tokens.bot),
    appToken: new Secret(slack.tokens.app),
    signingSecret: null,
    apiUrl: slack.apiUrl,
    direct: 'threads',
    clock: systemClock,
    log: createLog('silent'),
  });
  const parley = await parleyOn(adapter, { unlinked: 'require' });
  closing.push(() => parley.close());
  return { ...parley, slack, ann, channel };
}

test('on Slack a question waits for the link, the modal says what is wrong with a key, and the answer comes after it', async () => {
  const { slack, openWebUI, logged, ann, channel } = await onSlack();
  openWebUI.next(says('At noon.'));
  slack.people.say(ann, channel, `<@${slack.botUserId}> When do we meet?`);
  const note = await slack.watch.ephemeral(ann, (_note, seen) => seen.includes('keep your question'));
  await slack.interact.act(ann, note, 'Link my account');
  const modal = await slack.watch.modal(ann);
  const block = JSON.stringify(modal.view.blocks).match(/\d+:key/)?.[0] ?? '';
  const wrong = await slack.interact.submit(modal, { [block]: WRONG });
  expect(wrong.errors[block]).toMatch(/does not know that key/);
  const done = await slack.interact.submit(modal, { [block]: openWebUI.otherKey });
  expect(JSON.stringify(done.view?.view)).toContain('You are linked as Otto Other');
  const answer = await slack.watch.answer(channel, (_message, seen) => seen.includes('At noon.'));
  expect(answer.threadTs).not.toBeNull();
  expect(openWebUI.seen({ path: '/api/chat/completions' }).map((one) => one.headers.authorization)).toEqual([
    `Bearer ${openWebUI.otherKey}`,
  ]);
  expect(logged.join('')).not.toContain(openWebUI.otherKey);
});

test('on Slack a key in a message is warned of, to its writer alone', async () => {
  const { slack, openWebUI, ann, channel } = await onSlack();
  slack.people.say(ann, channel, `<@${slack.botUserId}> link ${WRONG}`);
  await slack.watch.ephemeral(ann, (_note, seen) => seen.includes('looks like a key'));
  const { shown: said } = await slack.interact.command(ann, channel, '/parley', `link ${WRONG}`);
  expect(said && shown(said)).toContain('looks like a key');
  expect(said && shown(said)).not.toContain(WRONG);
  const open = slack.world.channels.get(channel)?.messages.filter((one) => one.author === slack.botUserId);
  expect(open).toEqual([]);
  expect(openWebUI.asked).toHaveLength(0);
});

test('on Discord the form of /link asks anew for a key that is wrong, without showing it again', async () => {
  const set = await stage();
  const adapter = createDiscord({
    token: new Secret(set.server.token),
    api: set.server.api,
    privateThreads: false,
    server: null,
    recent: async () => [],
    fileOrigins: [set.server.cdnUrl],
  });
  const parley = await parleyOn(adapter, { unlinked: 'require' });
  closing.push(() => parley.close());
  const { server, ann, channel } = set;
  const { openWebUI } = parley;
  openWebUI.next(says('At noon.'));
  const question = server.acts.run(ann, channel, 'ask', { text: 'When do we meet?' });
  const told = await question.ephemeral();
  expect(told.content).toContain('keep your question');
  const opened = server.acts.click(ann, told, 'Link my account');
  const field = JSON.stringify(await opened.modal()).match(/"custom_?[iI]d":"([^"]*key[^"]*)"/)?.[1] ?? '';
  const sent = await server.acts.submit(opened, { [field]: WRONG });
  const note = await sent.ephemeral();
  expect(note.content).toMatch(/does not know that key/);
  const again = server.acts.click(ann, note, 'Fix it');
  expect(JSON.stringify(await again.modal())).not.toContain(WRONG);
  const linked = await server.acts.submit(again, { [field]: openWebUI.otherKey });
  expect((await linked.ephemeral()).content).toContain('You are linked as Otto Other');
  await server.until('the answer', () =>
    [...server.world.messages.values()].some((one) => one.content.includes('At noon.')),
  );
  expect(parley.logged.join('')).not.toContain(openWebUI.otherKey);
});
