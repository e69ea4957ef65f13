import { describe, test } from 'vitest';
import { readStates } from '../../tools/openwebui/state.ts';
import { type Bench, profileOf } from '../contracts/openwebui/bench.ts';
import { openWebUIContract } from '../contracts/openwebui/contract.ts';

/**
 * With `PARLEY_TEST_OPENWEBUI=running` the contract is asked of the server that `npm run openwebui -- up` started. `npm run
 * test:openwebui` starts one of its own: see test/real/whole.test.ts.
 */
if (process.env.PARLEY_TEST_OPENWEBUI === 'running') openWebUIContract('the one that is running', running);
else describe.skip('a running Open WebUI', () => test('is asked when PARLEY_TEST_OPENWEBUI says so', () => undefined));

async function running(): Promise<Bench> {
  const state = (await readStates()).at(-1);
  if (state === undefined) throw new Error('no Open WebUI is running: start it with npm run openwebui -- up');
  return {
    url: state.url,
    adminKey: state.admin.key,
    userKey: state.user.key,
    otherKey: state.user2.key,
    models: state.models,
    profile: profileOf(state.version),
    real: true,
    close: async () => undefined,
  };
}
