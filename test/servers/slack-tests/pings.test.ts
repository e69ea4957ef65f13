import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Json } from '../slack/json.ts';
import type { Channel, User } from '../slack/model.ts';
import { type SlackServer, startSlack } from '../slack/server.ts';
import { call, plain, withButton } from './call.ts';

let slack: SlackServer;
let ann: User;
let bob: User;
let room: Channel;

beforeEach(async () => {
  slack = await startSlack({ rates: false });
  ann = slack.people.user({ name: 'ann' });
  bob = slack.people.user({ name: 'bob', presence: 'away' });
  room = slack.people.channel({ members: [ann, bob] });
  slack.world.subteams.set('S1', [bob.id]);
});
afterEach(() => slack.close());

const post = (args: Json) => call(slack, 'chat.postMessage', { channel: room.id, text: 'x', ...args });
const kinds = () => slack.pings.map((ping) => ping.kind);

test('broadcasts, groups and people in a text are known with those they reach', async () => {
  await post({ text: `<!channel> <!here|here> <!everyone> <!subteam^S1|@x> <@${ann.id}> <@UNOBODY>` });
  expect(slack.pings.map((ping) => [ping.kind, ping.people])).toEqual([
    ['channel', [ann.id, bob.id]],
    ['here', [ann.id]],
    ['everyone', [ann.id, bob.id]],
    ['subteam', [bob.id]],
    ['user', [ann.id]],
    ['user', []],
  ]);
});

test('escaped tokens, look-alikes and plain words reach nobody', async () => {
  await post({ text: '&lt;!channel&gt; @channel @here <#C1> <!date^1^{date}|x> <! channel> a@here.test' });
  expect(slack.pings).toEqual([]);
});

test('plain @channel reaches people where Slack links names', async () => {
  await post({ text: '@channel', link_names: true });
  await post({ text: 'hey @here!', parse: 'full' });
  await post({ text: 'mail me@here.test', parse: 'full' });
  expect(kinds()).toEqual(['channel', 'here']);
});

const places: [string, Json[]][] = [
  ['a markdown block', [{ type: 'markdown', text: '`<!channel>`' }]],
  ['a section', [{ type: 'section', text: { type: 'mrkdwn', text: '<!channel>' } }]],
  ['a header', [{ type: 'header', text: plain('<!channel>') }]],
  ['a button', withButton({ text: plain('<!channel>') })],
  ['a context', [{ type: 'context', elements: [{ type: 'mrkdwn', text: '<!channel>' }] }]],
  [
    'a rich text mention',
    [
      {
        type: 'rich_text',
        elements: [{ type: 'rich_text_section', elements: [{ type: 'broadcast', range: 'channel' }] }],
      },
    ],
  ],
];

test.each(places)('a live token in %s is found', async (_name, blocks) => {
  expect((await post({ blocks })).ok).toBe(true);
  expect(kinds()).toEqual(['channel']);
});

test('rich text holds words as words', async () => {
  const elements = [{ type: 'rich_text_section', elements: [{ type: 'text', text: '<!channel>' }] }];
  expect((await post({ blocks: [{ type: 'rich_text', elements }] })).ok).toBe(true);
  expect(slack.pings).toEqual([]);
});

test('edits, ephemeral notes, titles and file comments are looked at too', async () => {
  const { ts } = await post({});
  await call(slack, 'chat.update', { channel: room.id, ts, text: '<!here>' });
  await call(slack, 'chat.postEphemeral', { channel: room.id, user: ann.id, text: '<!here>' });
  const dm = slack.people.dm(ann);
  const thread_ts = slack.people.say(ann, dm, 'q').ts;
  await call(slack, 'assistant.threads.setTitle', { channel_id: dm.id, thread_ts, title: '<!here>' });
  await call(slack, 'assistant.threads.setStatus', { channel_id: dm.id, thread_ts, status: '<!here>' });
  expect(slack.pings.map((ping) => ping.via)).toEqual([
    'chat.update',
    'chat.postEphemeral',
    'assistant.threads.setTitle',
    'assistant.threads.setStatus',
  ]);
});

test('what people write counts for nothing', () => {
  slack.people.say(ann, room, '<!channel> hello');
  expect(slack.pings).toEqual([]);
});
