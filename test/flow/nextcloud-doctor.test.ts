import { afterEach, describe, expect, it } from 'vitest';
import { Secret } from '../../src/chat/secret.ts';
import { connect, disconnect } from '../../src/nextcloud/connection.ts';
import { examineNextcloud } from '../../src/ops/nextcloud-findings.ts';
import type { Fault } from '../servers/faulty.ts';
import { type FaultyNextcloud, startFaultyNextcloud } from '../servers/nextcloud/server.ts';

let cloud: FaultyNextcloud;
afterEach(() => cloud?.close());

async function lines(given: { password?: string; url?: string } = {}): Promise<string[]> {
  const password = new Secret(given.password ?? cloud.password);
  const nc = connect({ url: given.url ?? cloud.url, login: cloud.user, password });
  const found: string[] = [];
  for await (const { state, what, fact, mend } of examineNextcloud(nc))
    found.push(`${state} ${what}: ${fact}${state === 'fail' && what === 'Nextcloud' ? ` → ${mend}` : ''}`);
  await disconnect(nc);
  return found;
}

describe('what doctor says of Nextcloud', () => {
  it('that is well: version, account, API and how many kinds of task', async () => {
    cloud = await startFaultyNextcloud();
    expect(await lines()).toEqual([
      `ok Nextcloud: ${cloud.url} answers, version 34.0.1.`,
      'ok app password: Accepted. The account is Alice (alice).',
      expect.stringMatching(/^ok AI tasks: \d+ kinds of task through TaskProcessing\.$/),
    ]);
  });

  it('that is old', async () => {
    cloud = await startFaultyNextcloud({ profile: '28' });
    expect((await lines()).at(-1)).toMatch(/through the older TextProcessing/);
  });

  it('without a provider', async () => {
    cloud = await startFaultyNextcloud({ settings: { offers: [] } });
    expect((await lines()).at(-1)).toMatch(/^warn AI tasks: No kind of task is offered/);
  });

  it('with a wrong app password, asked once', async () => {
    cloud = await startFaultyNextcloud();
    expect((await lines({ password: 'wrong' })).at(-1)).toMatch(
      /^fail app password: Nextcloud does not accept NEXTCLOUD_APP_PASSWORD for NEXTCLOUD_USER\./,
    );
    expect(cloud.requests.filter((one) => one.headers.authorization)).toHaveLength(1);
  });

  it('that is being maintained', async () => {
    cloud = await startFaultyNextcloud();
    cloud.settings.maintenance = true;
    expect(await lines()).toEqual([expect.stringMatching(/^fail Nextcloud: .* is being maintained/)]);
  });

  it.each<[string, Fault, RegExp]>([
    ['breaks the connection', { reset: true }, /^fail Nextcloud: It cannot be reached\. .*http or https, the port/],
    ['is something else', { status: 200, body: '<html>Hello</html>' }, /not as Nextcloud does\. .*with the folder/],
    ['moves on', { status: 301, body: null, headers: { location: '/x' } }, /another address\. .*with https$/],
    ['has a web page for untrusted names', { status: 400, body: '<html>untrusted</html>' }, /trusted_domains$/],
    [
      'is not up behind its proxy',
      { status: 502, body: '<html>Bad gateway</html>' },
      /It is not up\. .*in front of it/,
    ],
    ['breaks', { status: 500, body: null }, /a problem of its own\. .*Look at its log$/],
  ])('that %s: what to check, and which setting', async (_name, fault, words) => {
    cloud = await startFaultyNextcloud();
    cloud.fault({ path: /.*/ }, fault, 9);
    const found = await lines();
    expect(found).toEqual([expect.stringMatching(words)]);
    expect(found[0]).toContain(`NEXTCLOUD_URL is ${cloud.url}. `);
    expect(found[0]).not.toMatch(/try again/i);
  });

  it('that is not there', async () => {
    cloud = await startFaultyNextcloud();
    await cloud.down();
    expect(await lines()).toEqual([
      expect.stringMatching(/^fail Nextcloud: It cannot be reached\. \(.*ECONNREFUSED\).*name, network, firewall\)$/),
    ]);
  });

  it('that speaks no https where it should', async () => {
    cloud = await startFaultyNextcloud();
    const found = await lines({ url: cloud.url.replace('http:', 'https:') });
    expect(found).toEqual([expect.stringMatching(/^fail Nextcloud: No safe connection .*NODE_EXTRA_CA_CERTS/)]);
  });
});
