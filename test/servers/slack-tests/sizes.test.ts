import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Json, list, object } from '../slack/json.ts';
import type { Channel, User } from '../slack/model.ts';
import { type SlackServer, startSlack } from '../slack/server.ts';
import { call, outcome, plain, withButton } from './call.ts';

let slack: SlackServer;
let ann: User;
let room: Channel;

beforeAll(async () => {
  slack = await startSlack({ rates: false });
  ann = slack.people.user({ name: 'ann' });
  room = slack.people.channel({ members: [ann] });
});
afterAll(() => slack.close());

const post = (args: Json) => outcome(slack, 'chat.postMessage', { channel: room.id, text: 'x', ...args });
const a = (count: number) => 'a'.repeat(count);
const markdown = (count: number) => ({ type: 'markdown', text: a(count) });
const section = (count: number) => ({ type: 'section', text: { type: 'mrkdwn', text: a(count) } });

test('a text over 40,000 is cut with a warning', async () => {
  const answer = await call(slack, 'chat.postMessage', { channel: room.id, text: a(40_001) });
  expect([answer.warning, String(object(answer.message).text).length]).toEqual(['message_truncated', 40_000]);
});

test('chat.update refuses a text over 4,000, also beside blocks, and counts bytes', async () => {
  const { ts } = await call(slack, 'chat.postMessage', { channel: room.id, text: 'x' });
  const update = (text: string, more: Json = {}) =>
    outcome(slack, 'chat.update', { channel: room.id, ts, text, ...more });
  expect(await update(a(4_000))).toBe('ok');
  expect(await update(a(4_001))).toBe('msg_too_long');
  expect(await update(a(4_001), { blocks: [markdown(5)] })).toBe('msg_too_long');
  expect(await update('ä'.repeat(2_001))).toBe('msg_too_long');
});

// One row: what it is, the arguments at the limit, and one step beyond it with its error.
const table: [string, Json, Json, string][] = [
  ['markdown_text', { text: '', markdown_text: a(12_000) }, { text: '', markdown_text: a(12_001) }, 'msg_too_long'],
  ['one markdown block', { blocks: [markdown(12_000)] }, { blocks: [markdown(12_001)] }, 'invalid_blocks'],
  [
    'all markdown blocks',
    { blocks: [markdown(6_000), markdown(6_000)] },
    { blocks: [markdown(6_000), markdown(6_001)] },
    'invalid_blocks',
  ],
  [
    'all blocks together',
    { blocks: [3_000, 3_000, 3_000, 3_000, 1_200].map(section) },
    { blocks: [3_000, 3_000, 3_000, 3_000, 1_201].map(section) },
    'msg_blocks_too_long',
  ],
  ['a section', { blocks: [section(3_000)] }, { blocks: [section(3_001)] }, 'invalid_blocks'],
  [
    'blocks of a message',
    { blocks: Array(50).fill({ type: 'divider' }) },
    { blocks: Array(51).fill({ type: 'divider' }) },
    'invalid_blocks',
  ],
  [
    'a header',
    { blocks: [{ type: 'header', text: plain(a(150)) }] },
    { blocks: [{ type: 'header', text: plain(a(151)) }] },
    'invalid_blocks',
  ],
  [
    'button text',
    { blocks: withButton({ text: plain(a(75)) }) },
    { blocks: withButton({ text: plain(a(76)) }) },
    'invalid_blocks',
  ],
  [
    'button value',
    { blocks: withButton({ value: a(2_000) }) },
    { blocks: withButton({ value: a(2_001) }) },
    'invalid_blocks',
  ],
  [
    'action_id',
    { blocks: withButton({ action_id: a(255) }) },
    { blocks: withButton({ action_id: a(256) }) },
    'invalid_blocks',
  ],
];

test.each(table)('%s has a limit', async (_name, fits, tooBig, error) => {
  expect(await post(fits)).toBe('ok');
  expect(await post(tooBig)).toBe(error);
});

const wrong: [string, Json | Json[] | string, string][] = [
  ['not JSON', '[{', 'invalid_blocks_format'],
  ['an unknown type', [{ type: 'paragraph', text: 'x' }], 'unsupported type: paragraph [json-pointer:/blocks/0/type]'],
  ['a missing field', [{ type: 'header' }], 'missing required field: text [json-pointer:/blocks/0]'],
  ['a field too many', [{ type: 'divider', text: 'x' }], 'invalid additional property: text [json-pointer:/blocks/0]'],
  ['mrkdwn on a button', withButton({ text: { type: 'mrkdwn', text: 'x' } }), 'text/type'],
  [
    'an input in a wrong place',
    [{ type: 'actions', elements: [{ type: 'plain_text_input' }] }],
    'unsupported type: plain_text_input',
  ],
  [
    'an empty section',
    [{ type: 'section', text: plain('') }],
    'must be more than 0 characters [json-pointer:/blocks/0/text/text]',
  ],
  ['the same block_id twice', [1, 2].map(() => ({ type: 'divider', block_id: 'b' })), '`block_id` already exists: b'],
  [
    'an icon other than trash',
    [{ type: 'context_actions', elements: [{ type: 'icon_button', icon: 'star', text: plain('x') }] }],
    'icon',
  ],
  [
    'two tables',
    [1, 2].map(() => ({ type: 'table', rows: [[{ type: 'raw_text', text: 'x' }]] })),
    'only_one_table_allowed',
  ],
];

test.each(wrong)('blocks with %s are refused with a reason', async (_name, blocks, reason) => {
  const answer = await call(slack, 'chat.postMessage', { channel: room.id, text: 'x', blocks });
  const messages = list(object(answer.response_metadata).messages);
  expect(`${String(answer.error)} ${messages.join(' ')}`).toContain(reason);
  if (messages.length > 0) expect(answer.error).toBe('invalid_blocks');
});

test('an empty message and two kinds of text are refused', async () => {
  expect(await post({ text: '' })).toBe('no_text');
  expect(await post({ markdown_text: 'x' })).toBe('markdown_text_conflict');
});

const input = { type: 'input', label: plain('Q'), element: { type: 'plain_text_input' } };
const modal = (more: Json = {}) => ({
  type: 'modal',
  title: plain('T'),
  submit: plain('Go'),
  blocks: [input],
  ...more,
});
const views: [string, Json, string][] = [
  [
    'a title over 24',
    modal({ title: plain(a(25)) }),
    'must be less than 25 characters [json-pointer:/view/title/text]',
  ],
  ['a submit label over 24', modal({ submit: plain(a(25)) }), '/view/submit/text'],
  ['private_metadata over 3,000', modal({ private_metadata: a(3_001) }), '/view/private_metadata'],
  ['a callback_id over 255', modal({ callback_id: a(256) }), '/view/callback_id'],
  ['more than 100 blocks', modal({ blocks: Array(101).fill({ type: 'divider' }) }), 'no more than 100 items'],
  ['an input and no submit', { type: 'modal', title: plain('T'), blocks: [input] }, 'missing required field: submit'],
  ['a markdown block', modal({ blocks: [markdown(3)] }), 'unsupported type: markdown'],
  [
    'max_length over 3,000',
    modal({ blocks: [{ ...input, element: { type: 'plain_text_input', max_length: 3_001 } }] }),
    'max_length',
  ],
  [
    '101 options',
    modal({
      blocks: [
        { ...input, element: { type: 'static_select', options: Array(101).fill({ text: plain('x'), value: 'x' }) } },
      ],
    }),
    'no more than 100 items',
  ],
];

test.each(views)('a modal with %s is refused with a reason', async (_name, view, reason) => {
  const answer = await call(slack, 'views.open', { trigger_id: 'none', view });
  expect(answer.error).toBe('invalid_arguments');
  expect(list(object(answer.response_metadata).messages).join(' ')).toContain(reason);
});

test('a Home tab is published, and refused when it is a modal or its hash is old', async () => {
  const publish = (view: Json, more: Json = {}) => call(slack, 'views.publish', { user_id: ann.id, view, ...more });
  const first = await publish({ type: 'home', blocks: [section(5)] });
  expect(first.ok).toBe(true);
  expect((await publish(modal())).error).toBe('invalid_arguments');
  expect((await publish({ type: 'home', blocks: [section(6)] })).ok).toBe(true);
  expect((await publish({ type: 'home', blocks: [] }, { hash: object(first.view).hash })).error).toBe('hash_conflict');
  expect((await slack.watch.home(ann.id)).versions.length).toBe(2);
});
