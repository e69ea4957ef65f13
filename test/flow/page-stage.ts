import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import * as z from 'zod';
import { createLocal } from '../../adapters/local/local.ts';
import { systemClock } from '../../src/chat/clock.ts';
import { Secret } from '../../src/chat/secret.ts';
import { openListener } from '../../src/ops/listener.ts';
import { enterAs, type Tab } from '../adapters/local/browser.ts';
import { closeAfter } from '../close-after.ts';
import { type Given, type ParleyOn, parleyOn } from './parley-on.ts';

/** Parley whole behind its own page, used by hand in a browser. */
export interface OnPage extends ParleyOn {
  readonly ann: Tab;
  /** Takes a picture of Ann's page for whoever wants to look: with SCREENSHOTS=folder. */
  photograph(name: string): Promise<void>;
}

/** What can be different on the page. */
export interface GivenPage extends Given {
  /** Ann is an admin of Parley. */
  annIsAdmin?: boolean;
}

/** Who has entered, as the browser keeps it. */
const entered = z.tuple([z.object({ id: z.string() })]);

/** Starts it, and lets Ann in; everything but the browser is closed after the test. */
export async function onPage(browser: Browser, { annIsAdmin = false, ...given }: GivenPage = {}): Promise<OnPage> {
  const listener = await openListener({ host: '127.0.0.1', port: 0 }, async () => ({}));
  closeAfter(() => listener.close());
  const local = createLocal({
    token: new Secret('a-token-for-tests'),
    file: ':memory:',
    address: listener.address,
    publicUrl: null,
    notice: null,
    fileBytes: 25 * 1_048_576,
    clock: systemClock,
  });
  listener.mount(local);
  // Whoever enters is somebody new: who is an admin is known only then.
  const admins: string[] = [];
  const parley = await parleyOn(() => ({ adapter: local, mode: 'thread' }), { admins, ...given });
  closeAfter(() => parley.close());
  const ann = await enterAs(browser, { local }, 'Ann');
  closeAfter(() => ann.context.close());
  const people = await ann.page.evaluate('JSON.parse(localStorage.getItem("parley:people"))');
  if (annIsAdmin) admins.push(...entered.parse(people).map(({ id }) => `local:${id}`));
  return {
    ...parley,
    ann,
    async photograph(name) {
      const folder = process.env.SCREENSHOTS;
      if (!folder) return;
      mkdirSync(folder, { recursive: true });
      await ann.page.screenshot({ path: join(folder, `${name}.png`) });
    },
  };
}
