import { expect, test, vi } from 'vitest';
import { createSlack } from '../../adapters/slack/slack.ts';
import { optionsFor } from '../adapters/slack/stage.ts';
import { says } from '../servers/openwebui/script.ts';
import { shown } from '../servers/slack/body.ts';
import type { User } from '../servers/slack/model.ts';
import { type GivenSlack, type OnSlack, onSlack } from './slack-stage.ts';

// Access lists through the real Bolt over sockets: what only Slack has, guests, strangers, user groups, its Home tab, its shortcuts.

/** Parley under these rules. */
const under = (access: GivenSlack['access'] = () => ({}), scopes: string[] = []) => onSlack({ access, scopes });

/** Somebody mentions Parley. */
const ask = ({ slack, mention }: OnSlack, user: User | string, where: string, text = 'why?', thread?: string) =>
  slack.people.say(user, where, mention(text), thread ? { thread_ts: thread } : {});

const NOT_YOU = 'I am not open to you yet. Whoever runs me can change that.';
const CLOSED = 'I do not answer in this channel. Ask me in another one, or ask whoever runs me to open this one.';

test('a user group opens every way in to its members, and to nobody else', async () => {
  const set = await under(
    ({ slack, ann }) => ({ allow: [{ kind: 'group', id: slack.people.group([ann]) }] }),
    ['usergroups:read'],
  );
  const { slack, ann, bob, channel, openWebUI } = set;
  openWebUI.next(says('For Ann.'));
  const question = ask(set, ann, channel);
  await set.answered(channel, /For Ann/);

  ask(set, bob, channel);
  await notes(set, bob, 1);
  for (const [command, words] of [
    ['/ask', 'why?'],
    ['/parley', 'help'],
  ] as const) {
    await slack.interact.command(bob, channel, command, words);
  }
  expect(await notes(set, bob, 3)).toEqual([NOT_YOU, NOT_YOU, NOT_YOU]);

  const direct = slack.people.dm(bob).id;
  slack.people.say(bob, direct, 'why?');
  await slack.watch.answer(direct, (_message, words) => words.includes(NOT_YOU));
  await slack.interact.messageShortcut(bob, question, 'run:ask');
  expect((await notes(set, bob, 4)).at(-1)).toBe(NOT_YOU);
  slack.people.openHome(bob);
  await vi.waitFor(() => expect(home(set, bob)).toContain(NOT_YOU));
  slack.people.openHome(ann);
  await vi.waitFor(() => expect(home(set, ann)).toContain('Model'));
  expect(openWebUI.asked).toHaveLength(1);
  expect(set.posted(channel)).toHaveLength(1);
});

test('a form offers nothing to somebody who has been put out meanwhile, and what they send in is not taken', async () => {
  const set = await under();
  const { slack, ann, channel, openWebUI } = set;
  await slack.interact.command(ann, channel, '/ask');
  const view = await slack.watch.modal(ann);
  const list = 'choice:ask.model';
  await vi.waitFor(async () => expect((await slack.interact.type(ann, view, list, '')).options).not.toEqual([]));
  await set.restart({ deny: [{ kind: 'user', id: ann }] });
  expect((await slack.interact.type(ann, view, list, '')).options).toEqual([]);
  const sent = await slack.interact.submit(view, { [firstBlock(view.view)]: 'why?' });
  expect(JSON.stringify(sent.view?.view)).toContain(NOT_YOU);
  expect(openWebUI.asked).toHaveLength(0);
});

test('in a channel that was closed, buttons do nothing more, a mention is met in private, talk with silence', async () => {
  const set = await under();
  const { slack, ann, bob, channel, openWebUI } = set;
  openWebUI.next(says('While it was open.'));
  const question = ask(set, ann, channel);
  const answer = await set.answered(channel, /While it was open/);
  await set.restart({ deny: [{ kind: 'channel', id: channel }] });
  for (const button of ['Regenerate', 'Good answer']) await slack.interact.act(ann, answer, button);
  expect(await notes(set, ann, 2)).toEqual([CLOSED, CLOSED]);
  slack.people.say(ann, channel, 'and at night?', { thread_ts: question.ts });
  ask(set, bob, channel, 'and by day?', question.ts);
  expect(await notes(set, bob, 1)).toEqual([CLOSED]);
  expect(await notes(set, ann, 2)).toHaveLength(2);
  expect(set.posted(channel)).toHaveLength(1);
  expect(openWebUI.asked).toHaveLength(1);
});

test('guests and strangers are met in private until they are let in', async () => {
  const set = await under();
  const { slack, openWebUI } = set;
  const guest = slack.people.user({ name: 'gus', guest: 'single' });
  const stranger = slack.people.user({ name: 'eve', stranger: true });
  const shared = slack.people.channel({ name: 'shared', members: [guest, stranger] }).id;
  ask(set, guest, shared);
  expect((await notes(set, guest.id, 1))[0]).toContain('I do not answer guests here.');
  ask(set, stranger, shared);
  expect((await notes(set, stranger.id, 1))[0]).toContain('I only answer members of this team.');
  expect(openWebUI.asked).toHaveLength(0);
  await set.restart({ guests: true, strangers: true });
  for (const [who, words] of [
    [guest, 'For the guest.'],
    [stranger, 'For the stranger.'],
  ] as const) {
    openWebUI.next(says(words));
    ask(set, who, shared);
    await set.answered(shared, new RegExp(words));
  }
});

test('a program is answered when it is named in the list, and one that is not gets nothing', async () => {
  const seeds = new Map<string, User>();
  const set = await under(({ slack }) => {
    for (const name of ['helper', 'robo']) seeds.set(name, slack.people.user({ name, bot: true }));
    return { allow: [{ kind: 'bot', id: seeds.get('helper')?.botId ?? '' }] };
  });
  const { channel, openWebUI } = set;
  const [helper, robo] = seeds.values();
  if (!helper || !robo) throw new Error('no programs');
  openWebUI.next(says('For the helper.'));
  ask(set, robo, channel, 'beep?');
  const question = ask(set, helper, channel, '/stop');
  expect((await set.answered(channel, /For the helper/)).threadTs).toBe(question.ts);
  set.slack.people.say(helper, channel, 'in passing', { thread_ts: question.ts });
  openWebUI.next(says('For Ann.'));
  ask(set, set.ann, channel);
  await set.answered(channel, /For Ann/);
  expect(openWebUI.asked).toHaveLength(2);
  expect(set.slack.world.ephemerals).toHaveLength(0);
});

test('direct messages that are off are met with one sentence; the Home tab stays', async () => {
  const set = await under(() => ({ directMessages: false }));
  const { slack, ann, openWebUI } = set;
  const direct = slack.people.dm(ann).id;
  slack.people.say(ann, direct, 'hi');
  await slack.watch.answer(direct, (_message, words) => words.includes('I do not take direct messages here.'));
  slack.people.openHome(ann);
  await vi.waitFor(() => expect(home(set, ann)).toContain('Model'));
  expect(openWebUI.asked).toHaveLength(0);
});

test('a group in the lists without the permission to read it: Slack stays off, and it is said what to do, by doctor too', async () => {
  const set = await under(({ slack, ann }) => ({ allow: [{ kind: 'group', id: slack.people.group([ann]) }] }));
  const { slack } = set;
  const { slack: why } = await set.parley().unready();
  expect(why).toMatch(/lacks the permission usergroups:read\. Add usergroups:read on .* OAuth & Permissions/);
  const findings = [];
  const adapter = createSlack({ ...optionsFor(slack), groups: ['S123'], log: quiet });
  for await (const finding of adapter.probe()) findings.push(finding);
  expect(findings.find((one) => one.what === 'Slack permissions')).toMatchObject({
    state: 'fail',
    fact: expect.stringContaining('usergroups:read'),
    mend: expect.stringMatching(/^Add usergroups:read/),
  });
});

test('a group that is not there holds nobody up, and doctor names it', async () => {
  const set = await under(() => ({ deny: [{ kind: 'group', id: 'S0GONE' }] }), ['usergroups:read']);
  const { slack, ann, channel, openWebUI } = set;
  openWebUI.next(says('For Ann.'));
  ask(set, ann, channel);
  await set.answered(channel, /For Ann/);
  const findings = [];
  const adapter = createSlack({ ...optionsFor(slack), groups: ['S0GONE', slack.people.group([ann])], log: quiet });
  for await (const finding of adapter.probe()) findings.push(finding);
  expect(findings.filter((one) => one.what.startsWith('Slack user group'))).toMatchObject([
    { state: 'fail', fact: 'There is no such group.' },
    { state: 'ok', fact: 'One person is in it.' },
  ]);
});

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

function home({ slack }: OnSlack, user: string): string {
  const view = [...slack.world.views.values()].find((one) => one.type === 'home' && one.user === user);
  return JSON.stringify(view?.view ?? null);
}

/** What only this person saw beside a conversation, once there are so many. */
async function notes({ slack }: OnSlack, user: string, count: number): Promise<string[]> {
  const theirs = () => slack.world.ephemerals.filter((one) => one.user === user).map(shown);
  await vi.waitFor(() => expect(theirs().length).toBeGreaterThanOrEqual(count), { timeout: 5_000 });
  return theirs();
}

function firstBlock(view: unknown): string {
  return /"block_id":"(0:[^"]+)"/.exec(JSON.stringify(view))?.[1] ?? '';
}
