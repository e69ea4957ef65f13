import { describe, test } from 'vitest';
import { nextcloudContract } from '../contracts/nextcloud/contract.ts';

/**
 * Runs against a real server when `PARLEY_TEST_NEXTCLOUD_URL`, `PARLEY_TEST_NEXTCLOUD_USER` and `PARLEY_TEST_NEXTCLOUD_APP_PASSWORD`
 * are set: an ordinary account on a server with a provider for summaries. Makes about ten tasks and deletes them, tries no wrong
 * password, and does not fill the window. Without a worker a task takes up to five minutes.
 */
const url = process.env.PARLEY_TEST_NEXTCLOUD_URL ?? '';
const user = process.env.PARLEY_TEST_NEXTCLOUD_USER ?? '';
const password = process.env.PARLEY_TEST_NEXTCLOUD_APP_PASSWORD ?? '';

if (url === '' || user === '' || password === '') {
  describe.skip('a real Nextcloud', () =>
    test('runs when PARLEY_TEST_NEXTCLOUD_URL, …_USER and …_APP_PASSWORD are set', () => undefined));
} else {
  nextcloudContract(`the real one at ${new URL(url).host}`, async () => ({
    url,
    user,
    password,
    patienceMs: 360_000,
    expendable: false,
    close: async () => undefined,
  }));
}
