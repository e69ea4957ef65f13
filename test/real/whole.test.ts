import { afterAll, beforeAll, describe, test } from 'vitest';
import { type Bench, profileOf } from '../contracts/openwebui/bench.ts';
import { openWebUIContract } from '../contracts/openwebui/contract.ts';
import { askOn } from './ask.ts';
import { browserOn } from './browser.ts';
import { crashOn } from './crash.ts';
import { credentialsOn } from './credentials.ts';
import { feedbackOn } from './feedback.ts';
import { type House, openHouse } from './house.ts';
import { platformsOn } from './platforms.ts';
import { promptsOn } from './prompts.ts';
import { toolsOn } from './tools.ts';

/** The house as the client's contract wants it. */
function benchOf({ real }: House): Bench {
  return {
    url: real.url,
    adminKey: real.adminKey,
    userKey: real.userKey,
    otherKey: real.user2Key,
    models: real.models,
    profile: profileOf(real.version),
    real: true,
    close: async () => undefined,
  };
}

/** Set by `npm run test:openwebui`: the version to hold Parley against, whole. */
const wanted = process.env.PARLEY_TEST_OPENWEBUI ?? '';

if (wanted === '' || wanted === 'running')
  describe.skip('Parley on a real Open WebUI', () => test('runs when PARLEY_TEST_OPENWEBUI is set', () => undefined));
// A limit here only ends what would hang: a server in Python on a machine at work takes its time.
else
  describe(`Parley on a real Open WebUI (${wanted})`, { timeout: 240_000 }, () => {
    let house: House | undefined;
    beforeAll(async () => {
      house = await openHouse(wanted);
    }, 360_000);
    afterAll(() => house?.close(), 60_000);
    const at = (): House => {
      if (house === undefined) throw new Error('the server did not start');
      return house;
    };
    platformsOn(at);
    toolsOn(at);
    promptsOn(at);
    crashOn(at);
    feedbackOn(at);
    browserOn(at);
    askOn(at);
    openWebUIContract(`the real one (${wanted})`, async () => benchOf(at()));
    credentialsOn(at);
  });
