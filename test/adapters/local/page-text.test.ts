import type { Browser, CDPSession } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Place } from '../../../src/chat/places.ts';
import { browserGroup, chromiumPath, enterAs, openBrowser, type Tab } from './browser.ts';
import { write } from './host.ts';
import { openWorld, type World } from './world.ts';

describe.skipIf(chromiumPath === null)(`${browserGroup}: what models write`, () => {
  let browser: Browser;
  let world: World;
  let tab: Tab;
  let place: Place;
  let devTools: CDPSession;
  beforeAll(async () => {
    browser = await openBrowser();
    world = await openWorld();
    tab = await enterAs(browser, world, 'Ann');
    devTools = await tab.context.newCDPSession(tab.page);
    await devTools.send('Performance.enable');
    await tab.say('Show me');
    place = (await world.host.next('message')).conversation;
  });
  afterEach(() => {
    // No error, no refused resource: the page says nothing to the console, ever.
    expect(tab.said.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await browser.close();
    await world.close();
  });

  /** The newest answer, drawn. */
  async function drawn(markdown: string) {
    const writing = await write(world.local, place, '…');
    await writing.finish(markdown);
    const message = tab.page.locator(`[data-id="${writing.surface.ref.id}"][data-live="false"]`);
    await message.waitFor();
    return message.getByTestId('text');
  }

  /** Milliseconds of work that the page has cost so far: whoever else works on this machine does not count. */
  async function pageWork(): Promise<number> {
    const { metrics } = await devTools.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'ThreadTime')?.value ?? Number.NaN) * 1_000;
  }

  it('text runs as its own letters do, beside text that runs the other way', async () => {
    const text = await drawn('שלום Ann\n\nBob שמח');
    const lefts = (words: string, letters: string) =>
      text.getByText(words).evaluate((element, letters) => {
        const { firstChild } = element;
        return [...letters].map((letter) => {
          const range = element.ownerDocument.createRange();
          const at = (firstChild?.textContent ?? '').indexOf(letter);
          if (firstChild) range.setStart(firstChild, at);
          if (firstChild) range.setEnd(firstChild, at + 1);
          return range.getBoundingClientRect().left;
        });
      }, letters);
    const [shin = 0, a = 0] = await lefts('Ann', 'שA');
    expect(shin).toBeGreaterThan(a);
    const [het = 0, b = 0] = await lefts('Bob', 'חB');
    expect(het).toBeGreaterThan(b);
  });

  it.each([
    '<script>window.hit = 1</script>',
    '<img src=x onerror="window.hit = 1">',
    '<svg onload="window.hit = 1"><script>window.hit = 1</script></svg>',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=window.hit=1&gt;">',
    '<iframe srcdoc="<script>parent.hit = 1</script>"></iframe>',
    '<style>body { display: none }</style>Text',
    '<a href="javascript:window.hit=1">click</a>',
    '[click](javascript:window.hit=1) [data](data:text/html,<script>window.hit=1</script>) [odd](JaVaScRiPt&#58;window.hit=1)',
    '<form action="https://evil.example"><input name=a><button>go</button></form>',
    '<details open ontoggle="window.hit = 1"><summary>x</summary></details>',
    '<div style="position:fixed;inset:0">cover</div><base href="https://evil.example/"><meta http-equiv=refresh content="0;url=https://evil.example">',
    '```html\n</code></pre><img src=x onerror="window.hit=1">\n```',
    '| a | b |\n| - | - |\n| <img src=x onerror=window.hit=1> | <video><source onerror=window.hit=1> |',
    '<p id="app" class="dialog primary" data-copy="code">clobber</p><a id=cookie name=body>x</a>',
  ])('runs nothing of %s', async (markdown) => {
    const text = await drawn(markdown);
    for (const link of await text.locator('a').all()) {
      expect(await link.getAttribute('href')).toMatch(/^(https?|mailto):/);
    }
    expect(
      await text
        .locator(
          'script, style, iframe, svg, math, form, input:not([type=checkbox]), video, base, meta, object, embed, [onerror], [onload], [style], [id], img',
        )
        .count(),
    ).toBe(0);
    expect(await tab.page.evaluate('window.hit ?? null')).toBeNull();
    expect(await tab.by('composer-text').isVisible()).toBe(true);
    expect(new URL(tab.page.url()).origin).toBe(world.url);
  });

  it('draws headings, lists, tables, code, quotes and links', async () => {
    const text = await drawn(
      '# Head\n\n- one\n- [x] two\n\n| a | b |\n| - | -: |\n| 1 | 2 |\n\n> quote\n\n[site](https://example.org/a) and `code`',
    );
    expect(await text.locator('h1, li, table td, blockquote, code').count()).toBe(7);
    const link = text.locator('a');
    expect(await link.getAttribute('rel')).toContain('noopener');
    expect(await link.getAttribute('target')).toBe('_blank');
  });

  it('fetches no foreign picture, but links to it, and shows those inside the text', async () => {
    const asked: string[] = [];
    tab.page.on('request', (request) => asked.push(request.url()));
    const pixel =
      'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    const text = await drawn(`![a chart](https://evil.example/x.png) ![here](${pixel}) ![bad](javascript:1)`);
    expect(await text.locator('a').getAttribute('href')).toBe('https://evil.example/x.png');
    expect(await text.locator('img').count()).toBe(1);
    expect(asked.filter((url) => url.includes('evil'))).toEqual([]);
  });

  it('colours code, and copies it whole', async () => {
    await tab.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const text = await drawn('```js\nconst a = "<b>";\n```');
    await text.locator('.hljs-keyword').first().waitFor();
    await text.getByTestId('copy-code').click();
    await tab.by('toast').filter({ hasText: 'Copied' }).waitFor();
    expect(await tab.page.evaluate('navigator.clipboard.readText()')).toBe('const a = "<b>";');
  });

  it('links citations to their sources', async () => {
    const writing = await write(world.local, place, '…');
    await writing.finish('True [1], so [2] and `[1]` and [9].', {
      sources: [
        { number: 1, name: 'Book', url: 'https://example.org/book' },
        { number: 2, name: 'Script', url: 'javascript:alert(1)' },
      ],
    });
    const message = tab.page.locator(`[data-id="${writing.surface.ref.id}"][data-live="false"]`);
    await message.getByTestId('sources').waitFor();
    expect(await message.locator('.text a.cite').count()).toBe(1);
    expect(await message.locator('.text').innerText()).toContain('[9]');
    expect(await message.getByTestId('sources').locator('a').count()).toBe(1);
  });

  it('draws a growing answer as it would draw it whole, and leaves finished blocks as they are', async () => {
    const whole = `## Title\n\nFirst *paragraph* with [1].\n\n1. one\n2. two\n   - deep\n\n\`\`\`js\nlet x = 1;\n\nlet y;\n\`\`\`\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\nSetext\n---\n\n> q\nlazy\n\nLast [link][r].\n\n[r]: https://example.org/r\n`;
    const writing = await write(world.local, place, whole.slice(0, 20));
    const message = tab.page.locator(`[data-id="${writing.surface.ref.id}"]`);
    await message.locator('h2').waitFor();
    await message.locator('h2').evaluate((head) => head.setAttribute('data-kept', 'yes'));
    for (let end = 25; end < whole.length; end += 5) await writing.show(whole.slice(0, end));
    await message.locator('h2').nth(1).waitFor();
    expect(await message.locator('[data-kept]').count()).toBe(1);
    await writing.finish(whole);
    await tab.page.locator(`[data-id="${writing.surface.ref.id}"][data-live="false"]`).waitFor();
    const [grown, fresh] = await Promise.all([
      message.locator('rich-text').innerHTML(),
      drawn(whole).then((text) => text.innerHTML()),
    ]);
    expect(grown.replace(' data-kept="yes"', '')).toBe(fresh);
  });

  it('stays quick while a long answer grows', async () => {
    const paragraph = 'Some words of an answer, with **bold** ones and `code`, that fill a paragraph quite well.\n\n';
    const long = paragraph.repeat(380);
    const writing = await write(world.local, place, long);
    const message = tab.page.locator(`[data-id="${writing.surface.ref.id}"]`);
    await message.locator('.block').first().waitFor();
    const before = await pageWork();
    for (let i = 1; i <= 20; i += 1) {
      await writing.show(`${long}${'word '.repeat(i)}`);
      await message.locator('.block', { hasText: new RegExp(`^\\s*(word\\s*){${i}}$`) }).waitFor();
    }
    expect((await pageWork()) - before).toBeLessThan(2_000);
  });
});
