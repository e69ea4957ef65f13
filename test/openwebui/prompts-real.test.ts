import { afterAll, beforeAll, describe, test } from 'vitest';
import { Secret } from '../../src/chat/secret.ts';
import { connect, disconnect, type OpenWebUI, withKey } from '../../src/openwebui/connection.ts';
import { startOpenWebUI } from '../../tools/openwebui/start.ts';
import { promptsContract } from '../contracts/openwebui/prompts.ts';

/** Set by `npm run test:openwebui`: the version to hold the prompts' client against. The administrator's key may make prompts. */
const wanted = process.env.PARLEY_TEST_OPENWEBUI ?? '';

if (wanted === '' || wanted === 'running')
  describe.skip('prompts of a real Open WebUI', () => test('runs when PARLEY_TEST_OPENWEBUI is set', () => undefined));
else
  describe(`prompts of a real Open WebUI (${wanted})`, () => {
    let real: Awaited<ReturnType<typeof startOpenWebUI>> | undefined;
    let user: OpenWebUI;
    let other: OpenWebUI;
    beforeAll(async () => {
      real = await startOpenWebUI({ version: wanted === 'newest' ? null : wanted });
      user = connect({ url: real.url, key: new Secret(real.userKey) });
      other = withKey(user, new Secret(real.user2Key));
    }, 180_000);
    afterAll(async () => {
      await disconnect(user);
      await real?.stop();
    }, 60_000);
    promptsContract(() => ({ user, other, old: false }));
  });
