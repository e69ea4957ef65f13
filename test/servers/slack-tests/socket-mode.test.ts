import type { App } from '@slack/bolt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type SlackServer, startSlack } from '../slack/server.ts';
import { boltApp } from './bolt-app.ts';

let slack: SlackServer;
let app: App;

beforeEach(async () => {
  slack = await startSlack({ retryWaits: [0, 0, 0] });
  app = boltApp(slack);
});
afterEach(async () => {
  await app.stop();
  await slack.close();
});

test('a real Bolt app connects, hears a mention as two events and answers in the thread', async () => {
  const ann = slack.people.user({ name: 'ann' });
  const room = slack.people.channel({ members: [ann] });
  const heard: string[] = [];
  app.event('message', async ({ event }) => void heard.push(`message ${event.ts}`));
  app.event('app_mention', async ({ event, client }) => {
    heard.push(`app_mention ${event.ts}`);
    await client.chat.postMessage({
      channel: event.channel,
      thread_ts: event.ts,
      text: `hello <@${event.user ?? ''}>`,
    });
  });
  await app.start();
  const asked = slack.people.say(ann, room, `<@${slack.botUserId}> hi`);
  const answer = await slack.watch.answer(room.id, (message) => message.threadTs === asked.ts);
  expect(answer.text).toBe(`hello <@${ann.id}>`);
  await slack.watch.until(() => heard.length >= 2);
  expect(heard.toSorted()).toEqual([`app_mention ${asked.ts}`, `message ${asked.ts}`]);
  expect(slack.pings.map((ping) => ping.people)).toEqual([[ann.id]]);
  expect(slack.deliveries.filter((one) => one.attempt > 0)).toEqual([]);
});

test('a slash command is answered by its acknowledgement, a modal is opened, filled in wrongly and rightly', async () => {
  const ann = slack.people.user({ name: 'ann' });
  const room = slack.people.channel({ members: [ann] });
  app.command('/ask', async ({ ack, body, client }) => {
    await ack('One moment.');
    await client.views.open({
      trigger_id: body.trigger_id,
      view: {
        type: 'modal',
        callback_id: 'ask',
        title: { type: 'plain_text', text: 'Ask' },
        submit: { type: 'plain_text', text: 'Go' },
        blocks: [
          {
            type: 'input',
            block_id: 'q',
            label: { type: 'plain_text', text: 'Q' },
            element: { type: 'plain_text_input', action_id: 'text' },
          },
        ],
      },
    });
  });
  const seen: (string | null | undefined)[] = [];
  app.view('ask', async ({ ack, view }) => {
    const typed = view.state.values.q?.text?.value;
    seen.push(typed);
    if (typed === 'bad') await ack({ response_action: 'errors', errors: { q: 'Not that.' } });
    else await ack();
  });
  await app.start();
  const { shown } = await slack.interact.command(ann, room, '/ask', 'now');
  expect(shown?.text).toBe('One moment.');
  const modal = await slack.watch.modal(ann.id);
  expect((await slack.interact.submit(modal, {})).blocked).toEqual({ q: 'Please complete this required field.' });
  expect((await slack.interact.submit(modal, { q: 'bad' })).errors).toEqual({ q: 'Not that.' });
  expect((await slack.interact.submit(modal, { text: 'good' })).view).toBe(null);
  expect(seen).toEqual(['bad', 'good']);
});

test('a button carries its message, and respond() replaces it', async () => {
  const ann = slack.people.user({ name: 'ann' });
  const dm = slack.people.dm(ann);
  app.action('stop', async ({ ack, respond, body }) => {
    await ack();
    await respond({ replace_original: true, text: `stopped by ${body.user.id}` });
  });
  await app.start();
  await app.client.chat.postMessage({
    channel: dm.id,
    text: 'working',
    blocks: [
      {
        type: 'actions',
        elements: [{ type: 'button', action_id: 'stop', text: { type: 'plain_text', text: 'Stop' } }],
      },
    ],
  });
  const message = await slack.watch.answer(dm.id);
  const reply = await slack.interact.act(ann, message, 'Stop');
  expect(reply.ok).toBe(true);
  await slack.watch.answer(dm.id, (one) => one.text === `stopped by ${ann.id}`);
  expect(message.blocks).toEqual([]);
});
