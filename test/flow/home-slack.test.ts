import { expect, test } from 'vitest';
import { says } from '../servers/openwebui/script.ts';
import { shownBlocks } from '../servers/slack/body.ts';
import { objects } from '../servers/slack/json.ts';
import type { ViewRecord } from '../servers/slack/model.ts';
import { onSlack } from './slack-stage.ts';

// Parley's page in Slack as the core fills it, and its buttons.

const seen = (home: ViewRecord) => shownBlocks(objects(home.view.blocks));

test('the Home tab shows one’s own conversations with links, the model and the commands as they are typed in Slack', async () => {
  const { slack, openWebUI, ann, bob, channel, ...set } = await onSlack();
  const dm = slack.people.dm(ann).id;
  openWebUI.next(says('Yes.'));
  slack.people.say(ann, dm, 'Is rye good?');
  await set.answered(dm, /Yes/);
  openWebUI.next(says('At noon.'));
  slack.people.say(bob, channel, set.mention('When?'));
  await set.answered(channel, /At noon/);
  slack.people.openHome(ann);
  const text = seen(await slack.watch.home(ann));
  expect(text).toMatch(/<http[^|>]+\/c\/[^|>]+\|Is rye good\?>/);
  expect(text).not.toContain('When?');
  expect(text).toContain('*Model:* Demo.');
  expect(text).toContain('`/parley title &lt;text&gt;`');
  expect(text).not.toContain('`/title');
  expect(set.refusals()).toEqual([]);
});

test('its buttons answer in direct messages, and the list of models there chooses one', async () => {
  const { slack, ann, ...set } = await onSlack();
  slack.people.openHome(ann);
  const home = await slack.watch.home(ann);
  const dm = slack.people.dm(ann).id;
  await slack.interact.act(ann, home, 'How things are');
  await slack.watch.answer(dm, (_message, text) => text.includes('Model here: Demo'));
  await slack.interact.act(ann, home, 'Prompts');
  await slack.watch.answer(dm, (_message, text) =>
    text.includes('There are no prompts yet. `/prompts create` makes one.'),
  );
  await slack.interact.act(ann, home, 'Choose a model');
  const note = await slack.watch.answer(dm, (_message, text) => text.includes('Choose a model'));
  const list = objects(note.blocks).flatMap((block) => objects(block.elements));
  await slack.interact.act(ann, note, String(list[0]?.action_id), { value: 'demo-slow' });
  await slack.watch.answer(dm, (_message, text) => text.includes('answers your questions from now on'));
  slack.people.openHome(ann);
  await slack.watch.home(ann, (view) => seen(view).includes('*Model:* Demo, slow.'));
  expect(set.refusals()).toEqual([]);
});

test('its buttons still work after it was opened anew, and are nobody else’s', async () => {
  const { slack, ann, bob } = await onSlack();
  slack.people.openHome(ann);
  const home = await slack.watch.home(ann);
  slack.people.openHome(ann);
  await slack.watch.until(() => slack.calls.filter((one) => one.method === 'views.publish').length === 2);
  await slack.interact.act(ann, home, 'My account');
  await slack.watch.answer(slack.people.dm(ann).id, (_message, text) => text.includes('account asks for you'));
  await slack.interact.act(bob, home, 'My account');
  await slack.watch.answer(slack.people.dm(bob).id, (_message, text) => text.includes('for the person who asked'));
});
