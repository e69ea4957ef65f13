import { fetch as another, getGlobalDispatcher } from 'undici';
import { expect, test } from 'vitest';
import { placeOf, scene } from './stage.ts';

// discord.js brings an undici of its own; Parley has a newer one. Both look for their dispatcher in the same place.

test('files go out while another undici is loaded in the same process', async () => {
  const { adapter, server, channel } = await scene();
  expect(getGlobalDispatcher()).toBeDefined();
  await (await another(server.cdnUrl)).text();
  const bytes = new TextEncoder().encode('notes');
  const ref = await adapter.upload(placeOf(channel), { name: 'a.txt', type: 'text/plain', bytes, alt: null }, 'k');
  expect(server.world.messages.get(ref.id)?.attachments).toMatchObject([{ filename: 'a.txt' }]);
});
