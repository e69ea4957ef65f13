import { afterEach, describe, expect, it } from 'vitest';
import { Secret } from '../../src/chat/secret.ts';
import { connect, disconnect } from '../../src/nextcloud/connection.ts';
import { examineNextcloud } from '../../src/ops/nextcloud-findings.ts';
import { type FaultyNextcloud, startFaultyNextcloud } from '../servers/nextcloud/server.ts';

let cloud: FaultyNextcloud;
afterEach(() => cloud?.close());

async function lines(given: { password?: string; url?: string } = {}): Promise<string[]> {
  const password = new Secret(given.password ?? cloud.password);
  const nc = connect({ url: given.url ?? cloud.url, login: cloud.user, password });
  const found: string[] = [];
  for await (const { state, what, fact } of examineNextcloud(nc)) found.push(`${state} ${what}: ${fact}`);
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
    expect((await lines({ password: 'wrong' })).at(-1)).toMatch(/^fail app password: /);
    expect(cloud.requests.filter((one) => one.headers.authorization)).toHaveLength(1);
  });

  it('that is being maintained, or is not there', async () => {
    cloud = await startFaultyNextcloud();
    cloud.settings.maintenance = true;
    expect(await lines()).toEqual([expect.stringMatching(/^fail Nextcloud: .* is being maintained/)]);
    await cloud.down();
    expect(await lines()).toEqual([expect.stringMatching(/^fail Nextcloud: I cannot reach Nextcloud/)]);
  });
});
