import type { App } from '@slack/bolt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock } from '../slack/clock.ts';
import { isObject, type Json, object, parse, text } from '../slack/json.ts';
import type { Channel, User } from '../slack/model.ts';
import { type SlackServer, startSlack } from '../slack/server.ts';
import { boltApp } from './bolt-app.ts';
import { call, outcome, plain, withButton } from './call.ts';

const clock = manualClock();
let slack: SlackServer;
let app: App;
let ann: User;
let room: Channel;

beforeEach(async () => {
  slack = await startSlack({ clock, rates: false, commands: ['/ask'] });
  ann = slack.people.user({ name: 'ann' });
  room = slack.people.channel({ members: [ann] });
  app = boltApp(slack);
});
afterEach(async () => {
  await app.stop();
  await slack.close();
});

async function respond(url: string, body: Json): Promise<[number, string]> {
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  const reply = parse(await answer.text());
  return [answer.status, isObject(reply) && reply.ok === true ? 'ok' : text(object(reply).error)];
}

test('a response_url takes five posts in thirty minutes, and no markdown_text', async () => {
  app.command('/ask', async ({ ack }) => ack());
  await app.start();
  const { responseUrl } = await slack.interact.command(ann, room, '/ask');
  expect(await respond(responseUrl, { markdown_text: 'x' })).toEqual([400, 'no_text']);
  for (const n of [1, 2, 3, 4, 5]) expect(await respond(responseUrl, { text: `${n}` })).toEqual([200, 'ok']);
  expect(await respond(responseUrl, { text: '6' })).toEqual([404, 'used_url']);
  const later = await slack.interact.command(ann, room, '/ask');
  clock.advance(30 * 60_000 + 1);
  expect(await respond(later.responseUrl, { text: 'x' })).toEqual([404, 'expired_url']);
});

test('a response is for the asker alone unless it says in_channel, and may replace or delete the first one', async () => {
  app.command('/ask', async ({ ack }) => ack());
  await app.start();
  const { responseUrl } = await slack.interact.command(ann, room, '/ask');
  await respond(responseUrl, { text: 'first' });
  await respond(responseUrl, { text: 'second <!channel>', replace_original: true });
  const note = await slack.watch.ephemeral(ann.id);
  expect(note.versions.map((version) => version.text)).toEqual(['first', 'second <!channel>']);
  await respond(responseUrl, { text: 'all', response_type: 'in_channel' });
  await slack.watch.answer(room.id, (message) => message.text === 'all');
  await respond(responseUrl, { delete_original: true });
  expect(note.deleted).toBe(true);
  expect(slack.pings.map((ping) => ping.via)).toEqual(['response_url']);
});

test('a response_url works where the bot is not a member', async () => {
  app.command('/ask', async ({ ack }) => ack({ response_type: 'in_channel', text: 'Ann asked.' }));
  await app.start();
  const away = slack.people.channel({ members: [ann], bot: false });
  const { shown } = await slack.interact.command(ann, away, '/ask');
  expect(shown).toMatchObject({ text: 'Ann asked.', author: slack.botUserId });
});

test('an unknown command never reaches the app', async () => {
  await app.start();
  expect((await slack.interact.command(ann, room, '/other')).reply).toEqual({ ok: false, error: 'unknown_command' });
  expect(slack.deliveries).toEqual([]);
});

test('a trigger is good once, for three seconds', async () => {
  const view = { type: 'modal', title: plain('T'), blocks: [] };
  const triggers: string[] = [];
  app.shortcut('go', async ({ ack, body }) => {
    triggers.push(body.trigger_id);
    await ack();
  });
  await app.start();
  await slack.interact.globalShortcut(ann, 'go');
  await slack.interact.messageShortcut(ann, slack.people.say(ann, room, 'x'), 'go');
  const open = (trigger_id = '') => outcome(slack, 'views.open', { trigger_id, view });
  expect([await open('made-up'), await open(triggers[0]), await open(triggers[0])]).toEqual([
    'invalid_trigger_id',
    'ok',
    'exchanged_trigger_id',
  ]);
  clock.advance(3_001);
  expect(await open(triggers[1])).toBe('expired_trigger_id');
});

test('views are pushed at most three deep, and an old hash loses', async () => {
  const view = (title: string) => ({ type: 'modal', title: plain(title), blocks: withButton({ text: plain('More') }) });
  const triggers: string[] = [];
  app.shortcut('go', async ({ ack, body }) => {
    triggers.push(body.trigger_id);
    await ack();
  });
  app.action('go', async ({ ack, body }) => {
    if ('trigger_id' in body) triggers.push(text(body.trigger_id));
    await ack();
  });
  await app.start();
  await slack.interact.globalShortcut(ann, 'go');
  const first = object((await call(slack, 'views.open', { trigger_id: triggers.at(-1), view: view('1') })).view);
  for (const title of ['2', '3']) {
    await slack.interact.act(ann, await slack.watch.modal(ann.id), 'More');
    expect(await outcome(slack, 'views.push', { trigger_id: triggers.at(-1), view: view(title) })).toBe('ok');
  }
  await slack.interact.act(ann, await slack.watch.modal(ann.id), 'More');
  expect(await outcome(slack, 'views.push', { trigger_id: triggers.at(-1), view: view('4') })).toBe(
    'push_limit_reached',
  );
  const update = (hash: unknown) => outcome(slack, 'views.update', { view_id: first.id, hash, view: view('1b') });
  expect([await update(first.hash), await update(first.hash)]).toEqual(['ok', 'hash_conflict']);
});

test('typing in an external_select asks the app, and a submission can update the view', async () => {
  const element = { type: 'external_select', action_id: 'model', min_query_length: 0 };
  const blocks = [{ type: 'input', block_id: 'm', label: plain('Model'), element }];
  app.shortcut('go', async ({ ack, body, client }) => {
    await ack();
    await client.views.open({
      trigger_id: body.trigger_id,
      view: {
        type: 'modal',
        callback_id: 'v',
        title: { type: 'plain_text', text: 'T' },
        submit: { type: 'plain_text', text: 'Go' },
        notify_on_close: true,
        blocks,
      },
    });
  });
  app.options('model', async ({ ack, payload }) =>
    ack({ options: [{ text: { type: 'plain_text', text: payload.value }, value: 'v1' }] }),
  );
  const closed: string[] = [];
  app.view('v', async ({ ack }) =>
    ack({
      response_action: 'update',
      view: {
        type: 'modal',
        title: { type: 'plain_text', text: 'Done' },
        blocks: [],
        notify_on_close: true,
        callback_id: 'v',
      },
    }),
  );
  app.view({ type: 'view_closed', callback_id: 'v' }, async ({ ack, view }) => {
    closed.push(view.title.text);
    await ack();
  });
  await app.start();
  await slack.interact.globalShortcut(ann, 'go');
  const modal = await slack.watch.modal(ann.id);
  const { options } = await slack.interact.type(ann, modal, 'model', 'lla');
  expect(options.map((option) => option.value)).toEqual(['v1']);
  const { view } = await slack.interact.submit(modal, { model: 'v1' });
  expect(view?.view.title).toMatchObject({ text: 'Done' });
  if (view) await slack.interact.close(view);
  expect(closed).toEqual(['Done']);
});

test('feedback buttons and notes for one person can be clicked', async () => {
  const clicked: Json[] = [];
  app.action('fb', async ({ ack, action, body }) => {
    clicked.push({ ...(isObject(action) ? { value: action.value } : {}), message: 'message' in body });
    await ack();
  });
  await app.start();
  const side = (label: string) => ({ text: plain(label), value: label });
  const feedback = {
    type: 'feedback_buttons',
    action_id: 'fb',
    positive_button: side('up'),
    negative_button: side('down'),
  };
  const blocks = [{ type: 'context_actions', elements: [feedback] }];
  await call(slack, 'chat.postMessage', { channel: room.id, text: 'x', blocks });
  await call(slack, 'chat.postEphemeral', { channel: room.id, user: ann.id, text: 'x', blocks });
  await slack.interact.act(ann, await slack.watch.answer(room.id), 'fb', { verdict: 'negative' });
  await slack.interact.act(ann, await slack.watch.ephemeral(ann.id), 'up');
  expect(clicked).toEqual([
    { value: 'down', message: true },
    { value: 'up', message: false },
  ]);
});
