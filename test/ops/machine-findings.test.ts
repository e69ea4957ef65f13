import { expect, it } from 'vitest';
import type { Finding } from '../../src/chat/adapter.ts';
import { openListener } from '../../src/ops/listener.ts';
import { examineMachine, type Machine } from '../../src/ops/machine-findings.ts';
import { openCache } from '../../src/store/cache.ts';
import { closeAfter } from '../close-after.ts';

async function findings(more: Partial<Machine> = {}): Promise<Finding[]> {
  const found: Finding[] = [];
  for await (const finding of examineMachine({ listen: async () => undefined, cache: async () => undefined, ...more }))
    found.push(finding);
  return found;
}

it('doctor says nothing of a machine on which all can be opened', async () => {
  expect(await findings()).toEqual([]);
});

it('doctor fails a cache that Parley could not start with', async () => {
  const cache = async () => (await openCache('memcached://cache.example.org')).disconnect();
  const found = await findings({ cache });
  expect(found).toMatchObject([{ what: 'cache', state: 'fail', fact: expect.stringContaining('PARLEY_CACHE') }]);
});

it('doctor knows that a port may be taken by Parley itself, and fails an address that this machine does not have', async () => {
  const taken = await openListener({ host: '127.0.0.1', port: 0 }, async () => ({}));
  closeAfter(() => taken.close());
  const listenOn = (where: { host: string; port: number }) => async () =>
    (await openListener(where, async () => ({}))).close();
  const beside = await findings({ listen: listenOn(taken.address) });
  expect(beside).toMatchObject([{ what: 'listener', state: 'warn', mend: expect.stringContaining('Parley itself') }]);
  const nowhere = await findings({ listen: listenOn({ host: '203.0.113.9', port: 0 }) });
  expect(nowhere).toMatchObject([{ what: 'listener', state: 'fail', fact: expect.stringContaining('203.0.113.9') }]);
});
