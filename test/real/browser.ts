import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { branch } from '../../src/openwebui/chat-tree.ts';
import { chromiumPath, openBrowser } from '../adapters/local/browser.ts';
import { closeAfter } from '../close-after.ts';
import { chatWith, type House, screenshotFolder } from './house.ts';
import { visitPlain } from './plain-visitor.ts';

/** Parley's chats in Open WebUI's own web page. */
export function browserOn(at: () => House): void {
  test.skipIf(chromiumPath === null)('a chat of Parley looks right in Open WebUI’s own page', async () => {
    const ann = await visitPlain(at(), { model: 'echo' });
    closeAfter(() => ann.stop());
    const words = 'How long does **rye bread** bake?';
    await ann.ask(words);
    await ann.over(1);
    await chatWith(at(), 'rye bread');
    await ann.press('Regenerate');
    await ann.over(2);
    const chat = await vi.waitFor(
      async () => {
        const found = await chatWith(at(), 'rye bread');
        expect(Object.keys(found.tree.history.messages)).toHaveLength(3);
        expect(found.title).toBe("The team's plan");
        expect(JSON.stringify(branch(found.tree).at(-1))).toContain('rye bread');
        expect(JSON.stringify(found.tree.history.messages)).toContain('followUps');
        return found;
      },
      { timeout: 30_000, interval: 300 },
    );

    const browser = await openBrowser();
    closeAfter(() => browser.close());
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const { email, password } = at().real.people.user;
    const signedIn = await fetch(`${at().real.url}/api/v1/auths/signin`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    });
    const { token } = JSON.parse(await signedIn.text());
    // As the page itself keeps it; and no window with news over what is to be seen.
    await page.addInitScript(
      ([kept, version]) => {
        localStorage.setItem('token', kept ?? '');
        localStorage.setItem('version', version ?? '');
      },
      [token, at().real.version],
    );
    await page.goto(`${at().real.url}/c/${chat.id}`);
    const questions = page.locator('.user-message');
    const answers = page.locator('.chat-assistant');
    await questions.first().waitFor();
    await answers.first().waitFor();
    await vi.waitFor(async () => expect(await answers.first().innerText()).toContain('rye bread'), {
      timeout: 20_000,
    });
    expect(await questions.count()).toBe(1);
    expect(await questions.first().innerText()).toContain('rye bread');
    expect(await answers.count()).toBe(1);
    const seen = () => page.locator('body').innerText();
    await vi.waitFor(async () => expect((await seen()).replaceAll(/\s*\/\s*/g, '/')).toContain('2/2'), {
      timeout: 10_000,
    });
    await vi.waitFor(async () => expect(await page.title()).toContain("The team's plan"), { timeout: 10_000 });
    const folder = await screenshotFolder(at().real.version);
    await page.screenshot({ path: join(folder, 'chat.png') });
    // The follow-up questions stand below the newest answer.
    expect(await seen()).toContain('What comes first?');
  });
}
