import type { Adapter } from '../../src/chat/adapter.ts';
import { Secret } from '../../src/chat/secret.ts';
import type { NextcloudOptions } from '../../src/demo/nextcloud/server.ts';
import { createNextcloudRoom } from '../../src/inbox/nextcloud.ts';
import { connect, disconnect } from '../../src/nextcloud/connection.ts';
import { type FaultyNextcloud, startFaultyNextcloud } from '../servers/nextcloud/server.ts';
import { type ParleyOn, parleyOn } from './parley-on.ts';

/** Parley whole behind one adapter, with a stand-in Nextcloud over real sockets. Its tasks are held unless told otherwise. */
export async function cloudOn(
  adapter: Adapter,
  options: NextcloudOptions = {},
): Promise<ParleyOn & { readonly cloud: FaultyNextcloud }> {
  const cloud = await startFaultyNextcloud(options);
  const nc = connect({ url: cloud.url, login: cloud.user, password: new Secret(cloud.password) });
  const parley = await parleyOn(() => ({ adapter, mode: 'thread' }), {
    nextcloud: (rooms) => createNextcloudRoom({ nc, notice: null }, rooms),
  });
  return {
    ...parley,
    cloud,
    async close() {
      await parley.close();
      await disconnect(nc);
      await cloud.close();
    },
  };
}
