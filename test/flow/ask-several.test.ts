import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import * as z from 'zod';
import { Secret } from '../../src/chat/secret.ts';
import { connect, disconnect } from '../../src/openwebui/connection.ts';
import { json } from '../../src/openwebui/request.ts';
import { browserGroup, chromiumPath, openBrowser } from '../adapters/local/browser.ts';
import { says } from '../servers/openwebui/script.ts';
import type { ScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import { buttons, onDiscord } from './discord-stage.ts';
import { onPage } from './page-stage.ts';
import { onSlack } from './slack-stage.ts';

// Several collections and a tool are picked in the form of /ask, on each platform with the field it has for that.

/** Collections that are there before Parley starts. */
async function library(openWebUI: ScriptedOpenWebUI): Promise<void> {
  const server = connect({ url: openWebUI.url, key: new Secret(openWebUI.key) });
  for (const name of ['House rules', 'Recipes', 'Travel'])
    await json(
      server,
      { method: 'POST', path: '/api/v1/knowledge/create', about: 'server', body: { name, description: '' } },
      z.looseObject({}),
    );
  await disconnect(server);
}

const sent = z.object({
  tool_ids: z.array(z.string()).optional(),
  files: z.array(z.looseObject({ name: z.string() })).optional(),
});

/** What the newest question named. */
function named(openWebUI: ScriptedOpenWebUI) {
  const { tool_ids, files } = sent.parse(
    openWebUI.seen({ method: 'POST', path: '/api/chat/completions' }).at(-1)?.body,
  );
  return { tools: tool_ids ?? [], collections: (files ?? []).map((one) => one.name) };
}

const BOTH = { tools: ['demo_clock'], collections: ['House rules', 'Travel'] };

test('on Slack lists of many take them, found while somebody types; what is emptied stays empty', async () => {
  const { slack, openWebUI, ann, channel, ...set } = await onSlack({ before: library });
  await slack.interact.command(ann, channel, '/ask', 'model=nobody knowledge="Recipes, Travel" folder=Plans');
  const modal = await slack.watch.modal(ann);
  const blocks = JSON.stringify(modal.view.blocks);
  const field = (name: string) => blocks.match(new RegExp(`\\d+:${name}`))?.[0] ?? '';
  const offered = async (what: string, typed: string) =>
    (await slack.interact.type(ann, modal, `multi:ask.${what}`, typed)).options.map((one) => one.value);
  // The lists were sent for when the form opened.
  await expect.poll(() => offered('knowledge', '')).toEqual(['House rules', 'Recipes', 'Travel']);
  expect(await offered('knowledge', 'rul')).toEqual(['House rules']);
  await expect.poll(() => offered('tools', '')).toEqual(['Clock']);
  const both = ['House rules', 'Travel'];
  const typed = { [field('text')]: 'Where to?', [field('tools')]: ['Clock'], [field('knowledge')]: both };
  const wrong = await slack.interact.submit(modal, typed);
  expect(wrong.errors[field('model')]).toContain('There is no model called “nobody”');
  openWebUI.next(says('South.'));
  const again = await slack.interact.submit(modal, { ...typed, [field('model')]: null, [field('folder')]: null });
  expect(again.view).toBeNull();
  await set.answered(channel, /South/);
  expect(named(openWebUI)).toEqual(BOTH);
  expect(openWebUI.chats()[0]?.folder_id ?? null).toBeNull();
  expect(set.refusals()).toEqual([]);
});

test('on Discord they are boxes to tick', async () => {
  const { server, openWebUI, ann, channel, ...set } = await onDiscord({ before: library });
  server.people.say(ann, channel, set.mention('/ask'));
  const note = await server.message(server.people.direct(ann), (one) => buttons(one).includes('Fill it in'));
  const opened = server.acts.click(ann, note, 'Fill it in');
  const modal = JSON.stringify(await opened.modal());
  expect(modal).toContain('m.tools');
  openWebUI.next(says('South.'));
  const values = { 't.text': 'Where to?', 'm.tools': ['Clock'], 'm.knowledge': ['House rules', 'Travel'] };
  await server.acts.submit(opened, values);
  await server.until('the answer', () => openWebUI.asked.length === 1);
  expect(named(openWebUI)).toEqual(BOTH);
  expect(set.refusals()).toEqual([]);
});

describe.skipIf(chromiumPath === null)(browserGroup, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  it('on the page they are boxes to tick, found by what is typed above them; those ticked stay in sight', async () => {
    const { openWebUI, ann, photograph } = await onPage(browser, { before: library });
    await ann.say('/ask');
    const form = ann.by('form');
    await form.locator('[name="text"]').fill('Where to?');
    const search = form.locator('[data-field="knowledge"] input[type="search"]');
    const box = (name: string) => form.getByRole('checkbox', { name });
    await search.fill('rul');
    await box('House rules').check();
    await search.fill('tra');
    await box('Travel').check();
    expect(await box('House rules').isChecked()).toBe(true);
    expect(await box('Recipes').count()).toBe(0);
    await search.fill('');
    await box('Recipes').check();
    await box('Recipes').uncheck();
    await form.locator('[data-field="tools"] input[type="search"]').focus();
    await box('Clock').check();
    await photograph('ask-form-several');
    openWebUI.next(says('South.'));
    await ann.by('form-submit').click();
    await ann.page.locator('[data-author="parley"]').getByText('South.').waitFor();
    expect(named(openWebUI)).toEqual(BOTH);
    expect(ann.said).toEqual([]);
  });
});
