import { expect, test } from 'vitest';
import { answer } from '../servers/openwebui/script.ts';
import { onDiscord } from './discord-stage.ts';
import { onSlack } from './slack-stage.ts';

// Pictures that a model makes, posted below its answer.

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]).toString('base64');
const image = {
  type: 'image_url',
  image_url: { url: `data:image/png;base64,${PNG}` },
};
const drawn = () =>
  answer(['Here is a cat.', { frame: { choices: [{ index: 0, delta: { images: [image] }, finish_reason: null }] } }]);

test('on Slack the picture is a file in the thread below the answer, and is described for those who cannot see it', async () => {
  const { slack, openWebUI, ann, channel, ...set } = await onSlack();
  openWebUI.next(drawn());
  const question = slack.people.say(ann, channel, set.mention('Draw a cat'));
  const picture = await slack.watch.answer(channel, (one) => one.files.length > 0);
  const said = await set.answered(channel, /Here is a cat/);
  expect(picture.threadTs).toBe(question.ts);
  expect(Number(picture.ts)).toBeGreaterThan(Number(said.ts));
  expect(picture.files).toMatchObject([{ name: 'picture-1.png', mimetype: 'image/png' }]);
  const asked = await slack.watch.call('files.getUploadURLExternal');
  expect(asked.args).toMatchObject({ alt_text: 'A picture made by the model for: Draw a cat' });
  expect(set.standing(channel).join('\n')).not.toContain('base64');
  expect(set.refusals()).toEqual([]);
});

test('on Discord the picture is an attachment below the answer, with its description', async () => {
  const { server, openWebUI, ann, channel, ...set } = await onDiscord();
  openWebUI.next(drawn());
  const thread = await set.threadOf(server.people.say(ann, channel, set.mention('Draw a cat')));
  const picture = await server.message(thread, (one) => one.attachments.length > 0);
  const said = await set.answered(thread, /Here is a cat/);
  expect(BigInt(picture.id)).toBeGreaterThan(BigInt(said.id));
  expect(picture.attachments).toMatchObject([
    { filename: 'picture-1.png', description: 'A picture made by the model for: Draw a cat' },
  ]);
  expect(set.refusals()).toEqual([]);
});
