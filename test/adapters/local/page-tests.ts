import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest';
import { browserGroup, chromiumPath, enterAs, openBrowser, type Tab } from './browser.ts';
import { openWorld, type World } from './world.ts';

/** What a test on the page begins with: a world of its own, into which Ann has come by the link. */
export interface OnPage {
  readonly browser: Browser;
  readonly world: World;
  readonly ann: Tab;
}

/** A group of tests on the page in Chromium, left out where there is none. `at` gives what was opened for the running test. */
export function pageTests(what: string, tests: (at: () => OnPage) => void): void {
  describe.skipIf(chromiumPath === null)(`${browserGroup}: ${what}`, () => {
    let browser: Browser;
    let world: World;
    let ann: Tab;
    beforeAll(async () => {
      browser = await openBrowser();
    });
    afterAll(() => browser.close());
    beforeEach(async () => {
      world = await openWorld({ notice: 'A stand-in answers.' });
      ann = await enterAs(browser, world, 'Ann');
    });
    afterEach(async () => {
      await ann.context.close();
      await world.close();
    });
    tests(() => ({ browser, world, ann }));
  });
}
