import { expect, test, vi } from 'vitest';
import { says } from '../servers/openwebui/script.ts';
import type { ScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import { shown } from '../servers/slack/body.ts';
import { onSlack } from './slack-stage.ts';

// Deleted and edited questions, and private channels' names, through the real Bolt.

const asked = (openWebUI: ScriptedOpenWebUI) => openWebUI.asked.at(-1)?.messages.at(-1)?.text;

test('a deleted question takes its answer along, also where its thread makes it a tombstone', async () => {
  const { slack, openWebUI, ann, channel, mention, answered, standing } = await onSlack();
  openWebUI.next(says('It will go.'));
  const question = slack.people.say(ann, channel, mention('will it?'));
  await answered(channel, /It will go/);
  slack.people.remove(question);
  await vi.waitFor(() => expect(standing(channel)).toEqual([]), { timeout: 10_000 });
  expect(openWebUI.chats()).toHaveLength(1);
});

test('an edited question is answered as it reads now, in the same message; an unfolded link is no edit', async () => {
  const { slack, openWebUI, ann, channel, mention, answered } = await onSlack();
  openWebUI.next(says('Teh what?'));
  const question = slack.people.say(ann, channel, mention('what is teh tide?'));
  const first = await answered(channel, /Teh what/);
  slack.people.edit(question, mention('what is the tide?'));
  const offering = await slack.watch.answer(
    channel,
    (_one, seen) => /Teh what/.test(seen) && seen.includes('Answer the edited question'),
    10_000,
  );
  openWebUI.next(says('The sea, moving.'));
  await slack.interact.act(ann, offering, 'Answer the edited question');
  const second = await answered(channel, /The sea/);
  expect(second.ts).toBe(first.ts);
  expect(shown(second)).not.toContain('edited question');
  expect(asked(openWebUI)).toBe('ann: what is the tide?');
});

test.each([
  [false, 'ann: is it in #private-channel or #general?'],
  [true, 'ann: is it in #mergers or #general?'],
])('names of private channels stay out of Open WebUI unless allowed (%s)', async (allowed, read) => {
  const { slack, openWebUI, ann, channel, mention, answered } = await onSlack({ privateChannelNames: allowed });
  const closed = slack.people.channel({ id: 'C0MERGERS', name: 'mergers', kind: 'private', members: [ann] }).id;
  openWebUI.next(says('Somewhere.'));
  slack.people.say(ann, channel, mention(`is it in <#${closed}> or <#${channel}>?`));
  await answered(channel, /Somewhere/);
  expect(asked(openWebUI)).toBe(read);
  expect(JSON.stringify(openWebUI.chats()).includes('mergers')).toBe(allowed);
});
