import { afterAll, beforeAll, describe, test } from 'vitest';
import { browserOn } from './browser.ts';
import { type House, openHouse } from './house.ts';
import { platformsOn } from './platforms.ts';
import { promptsOn } from './prompts.ts';
import { toolsOn } from './tools.ts';

/** Set by `npm run test:openwebui`: the version to hold Parley against, whole. */
const wanted = process.env.PARLEY_TEST_OPENWEBUI ?? '';

if (wanted === '' || wanted === 'running')
  describe.skip('Parley on a real Open WebUI', () => test('runs when PARLEY_TEST_OPENWEBUI is set', () => undefined));
else
  describe(`Parley on a real Open WebUI (${wanted})`, () => {
    let house: House | undefined;
    beforeAll(async () => {
      house = await openHouse(wanted);
    }, 180_000);
    afterAll(() => house?.close(), 60_000);
    const at = (): House => {
      if (house === undefined) throw new Error('the server did not start');
      return house;
    };
    platformsOn(at);
    toolsOn(at);
    promptsOn(at);
    browserOn(at);
  });
