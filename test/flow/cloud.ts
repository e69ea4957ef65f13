import { Secret } from '../../src/chat/secret.ts';
import type { NextcloudOptions } from '../../src/demo/nextcloud/server.ts';
import { createNextcloudRoom, type OpenNextcloud } from '../../src/inbox/nextcloud.ts';
import { connect, disconnect } from '../../src/nextcloud/connection.ts';
import { closeAfter } from '../close-after.ts';
import { type FaultyNextcloud, startFaultyNextcloud } from '../servers/nextcloud/server.ts';

/** A stand-in Nextcloud over real sockets, and what lets Parley use it. Its tasks are held unless told otherwise. */
export interface Cloud {
  readonly cloud: FaultyNextcloud;
  readonly nextcloud: OpenNextcloud;
}

/** Opens it; it is closed after the test. */
export async function openCloud(options: NextcloudOptions = {}): Promise<Cloud> {
  const cloud = await startFaultyNextcloud(options);
  closeAfter(() => cloud.close());
  const nc = connect({ url: cloud.url, login: cloud.user, password: new Secret(cloud.password) });
  closeAfter(() => disconnect(nc));
  return { cloud, nextcloud: (rooms) => createNextcloudRoom({ nc, notice: null }, rooms) };
}
