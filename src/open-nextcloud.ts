import { Secret } from './chat/secret.ts';
import type { OpenNextcloud } from './inbox/nextcloud.ts';
import type { Nextcloud } from './nextcloud/connection.ts';

/** What is set of a Nextcloud: all three, or nothing. */
export interface NextcloudSettings {
  readonly url: string | null;
  readonly user: string | null;
  readonly password: Secret | null;
  /** Everything is a demo: a stand-in does the tasks where nothing is set. */
  readonly demo: boolean;
}

/** An opened Nextcloud; `close` ends its sockets. */
export interface OpenedNextcloud {
  readonly nc: Nextcloud;
  readonly room: OpenNextcloud;
  /** Set when it is only the stand-in: what is plainly said about it. */
  readonly standIn: string | null;
  close(): Promise<void>;
}

const STAND_IN =
  'Demo: a built-in stand-in does the tasks of /nextcloud. Set NEXTCLOUD_URL, NEXTCLOUD_USER and NEXTCLOUD_APP_PASSWORD to use your own Nextcloud.';

/**
 * The Nextcloud that does tasks: the one that is set; in the demo a stand-in, which forgets everything with the process; else none.
 * What it needs is imported only then: what nobody uses costs no start and no memory.
 */
export async function openNextcloud({ url, user, password, demo }: NextcloudSettings): Promise<OpenedNextcloud | null> {
  const set = url !== null && user !== null && password !== null;
  if (!set && !demo) return null;
  const [client, { createNextcloudRoom }] = await Promise.all([
    import('./nextcloud/connection.ts'),
    import('./inbox/nextcloud.ts'),
  ]);
  const opened = (nc: Nextcloud, notice: string | null) => {
    const room: OpenNextcloud = (rooms) => createNextcloudRoom({ nc, notice }, rooms);
    return { nc, room, standIn: notice };
  };
  if (set) {
    const nc = client.connect({ url, login: user, password });
    return { ...opened(nc, null), close: () => client.disconnect(nc) };
  }
  const { startNextcloud } = await import('./demo/nextcloud/server.ts');
  const standIn = await startNextcloud();
  const nc = client.connect({ url: standIn.url, login: standIn.user, password: new Secret(standIn.password) });
  return {
    ...opened(nc, STAND_IN),
    async close() {
      await client.disconnect(nc);
      await standIn.close();
    },
  };
}
