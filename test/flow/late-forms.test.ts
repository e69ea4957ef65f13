import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { Secret } from '../../src/chat/secret.ts';
import { connect, disconnect, type OpenWebUI } from '../../src/openwebui/connection.ts';
import { deletePrompt, updatePrompt } from '../../src/openwebui/prompts.ts';
import { browserGroup, chromiumPath, openBrowser } from '../adapters/local/browser.ts';
import { says } from '../servers/openwebui/script.ts';
import type { ScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import { buttons, onDiscord } from './discord-stage.ts';
import { onPage } from './page-stage.ts';
import { makePrompt, promptsOn } from './prompt-world.ts';
import { onSlack } from './slack-stage.ts';

// A form that is sent in after a restart, after its prompt was changed, and after it was deleted.

const before = (openWebUI: ScriptedOpenWebUI) => makePrompt({ openWebUI }, { command: 'greet' });

/** Does something to the prompt behind Parley's back. */
async function meanwhile(openWebUI: ScriptedOpenWebUI, act: (server: OpenWebUI, id: string) => Promise<unknown>) {
  const [prompt] = await promptsOn(openWebUI);
  const server = connect({ url: openWebUI.url, key: new Secret(openWebUI.key) });
  await act(server, prompt?.id ?? '');
  await disconnect(server);
}
const change = (server: OpenWebUI, id: string) =>
  updatePrompt(server, id, { command: 'greet', name: 'greet', content: 'Bye {{who}} and {{whom}}' });

test('on Slack it is answered, shown anew with what was typed, and gives back what was typed', async () => {
  const set = await onSlack({ before });
  const { slack, openWebUI, ann, channel } = set;
  const open = async () => {
    await slack.interact.command(ann, channel, '/prompt', 'greet');
    return slack.watch.modal(ann);
  };
  const restarted = await open();
  await set.restart();
  openWebUI.next(says('First.'));
  expect((await slack.interact.submit(restarted, { '0:v0': 'World' })).view).toBeNull();
  await set.answered(channel, /First/);
  expect(openWebUI.asked.at(-1)?.messages.at(-1)?.text).toBe('ann: Hello World');

  const changed = await open();
  await meanwhile(openWebUI, change);
  const { view } = await slack.interact.submit(changed, { '0:v0': 'World' });
  const anew = JSON.stringify(view?.view.blocks);
  expect(anew).toContain('changed meanwhile');
  expect(anew).toContain('"initial_value":"World"');
  expect(view).not.toBeNull();
  if (!view) return;
  await meanwhile(openWebUI, deletePrompt);
  const gone = await slack.interact.submit(view, { '1:v1': 'my dear Moon' });
  expect(JSON.stringify(gone.view)).toMatch(/is not there any more.*World.*my dear Moon/s);
  expect(openWebUI.asked).toHaveLength(1);
  expect(set.refusals()).toEqual([]);
});

test('on Discord it is answered, shown anew with what was typed, and gives back what was typed', async () => {
  const set = await onDiscord({ before });
  const { server, openWebUI, ann, channel } = set;
  const open = async () => {
    const opened = server.acts.run(ann, channel, 'prompt', { prompt: 'greet' });
    await opened.modal();
    return opened;
  };
  const restarted = await open();
  await set.restart();
  openWebUI.next(says('First.'));
  const line = await (await server.acts.submit(restarted, { 't.v0': 'World' })).reply((one) => one.content !== '');
  await set.answered(await set.threadOf(line), /First/);
  expect(openWebUI.asked.at(-1)?.messages.at(-1)?.text).toBe('Ann: Hello World');

  const changed = await open();
  await meanwhile(openWebUI, change);
  const note = await (await server.acts.submit(changed, { 't.v0': 'World' })).ephemeral();
  expect(note.content).toContain('changed meanwhile');
  expect(buttons(note)).toContain('Fill it in');
  const anew = server.acts.click(ann, note, 'Fill it in');
  expect(JSON.stringify(await anew.modal())).toContain('"value":"World"');
  await meanwhile(openWebUI, deletePrompt);
  const gone = await (await server.acts.submit(anew, { 't.v1': 'my dear Moon' })).ephemeral();
  expect(gone.content).toMatch(/is not there any more.*World.*my dear Moon/s);
  expect(openWebUI.asked).toHaveLength(1);
  expect(set.refusals()).toEqual([]);
});

describe.skipIf(chromiumPath === null)(browserGroup, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  it('on the page it is shown anew with what was typed, and gives back what was typed', async () => {
    const { openWebUI, ann } = await onPage(browser, { before });
    const field = (name: string) => ann.by('form').locator(`[name="${name}"]`);
    const said = (words: string) => ann.page.locator('[data-author="parley"]').getByText(words);
    await ann.say('/prompt greet');
    await field('v0').fill('World');
    await meanwhile(openWebUI, change);
    await ann.by('form-submit').click();
    await ann.by('form').getByText('changed meanwhile').waitFor();
    expect(await field('v0').inputValue()).toBe('World');
    await field('v1').fill('my dear Moon');
    await meanwhile(openWebUI, deletePrompt);
    await ann.by('form-submit').click();
    await said('is not there any more').waitFor();
    await said('my dear Moon').waitFor();
    expect(openWebUI.asked).toHaveLength(0);
    expect(ann.said).toEqual([]);
  });
});
