import { describe, test } from 'vitest';
import { startOpenWebUI } from '../../tools/openwebui/start.ts';
import { readStates } from '../../tools/openwebui/state.ts';
import type { Bench } from '../contracts/openwebui/bench.ts';
import { openWebUIContract } from '../contracts/openwebui/contract.ts';

/**
 * `PARLEY_TEST_OPENWEBUI=running` takes the server that `npm run openwebui -- up` started; a version, or `newest`, starts one
 * (and installs it when need be). Unset, which is the rule, nothing runs.
 */
const wanted = process.env.PARLEY_TEST_OPENWEBUI ?? '';

if (wanted === '')
  describe.skip('a real Open WebUI', () => test('runs when PARLEY_TEST_OPENWEBUI is set', () => undefined));
else openWebUIContract(`the real one (${wanted})`, wanted === 'running' ? running : () => started(wanted));

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
    tasksRefuse: true,
    close: async () => undefined,
  };
}

async function started(version: string): Promise<Bench> {
  const server = await startOpenWebUI({ version: version === 'newest' ? null : version });
  return {
    url: server.url,
    adminKey: server.adminKey,
    userKey: server.userKey,
    otherKey: server.user2Key,
    models: server.models,
    profile: profileOf(server.version),
    tasksRefuse: true,
    close: () => server.stop(),
  };
}

function profileOf(version: string): Bench['profile'] {
  const known = (['0.8', '0.9', '0.10', '0.11', '0.12'] as const).find((profile) => version.startsWith(`${profile}.`));
  return known ?? '0.12';
}
