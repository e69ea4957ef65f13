import type { Dispatcher } from 'undici';
import type { Adapter } from '../../src/chat/adapter.ts';
import type { Clock } from '../../src/chat/clock.ts';
import { Failure } from '../../src/chat/errors.ts';
import type { Download, FileRef } from '../../src/chat/messages.ts';
import { Secret } from '../../src/chat/secret.ts';
import type { NextcloudOptions } from '../../src/demo/nextcloud/server.ts';
import { createNextcloudRoom } from '../../src/inbox/nextcloud.ts';
import { connect, disconnect, type Nextcloud } from '../../src/nextcloud/connection.ts';
import { createVault } from '../../src/store/vault.ts';
import { type FaultyNextcloud, startFaultyNextcloud } from '../servers/nextcloud/server.ts';
import { problem } from '../servers/plain.ts';
import { openWorld, type World } from './world.ts';

/** Parley whole on the plain platform, with a stand-in Nextcloud over real sockets. */
export interface CloudWorld extends World {
  readonly cloud: FaultyNextcloud;
  /** Files that can be fetched from the platform, by id. */
  readonly files: Map<string, Download>;
  /** A file that stands in a message. */
  file(name: string, type: string, bytes?: Uint8Array): FileRef;
  /** Texts that stand in the threads, without the lines of commands. */
  results(): string[];
  /** Newest line of status that is shown, or null. */
  status(): string | null;
}

/** Opens the world; `cloud` may be given to start a second time on what the first left. Tasks are held unless told otherwise. */
export async function openCloudWorld(
  given: Parameters<typeof openWorld>[0] & {
    cloud?: FaultyNextcloud;
    server?: NextcloudOptions;
    /** Files of the platform, where another world has made some. */
    files?: Map<string, Download>;
    nc?: Partial<Pick<Nextcloud, 'login' | 'password' | 'url'>>;
    /** Wraps the sockets that Parley calls Nextcloud with. */
    agent?: (agent: Dispatcher) => Dispatcher;
  } = {},
): Promise<CloudWorld> {
  const { cloud: former, server, nc: other, agent, files: known, ...rest } = given;
  const clock: { clock?: Clock } = given.clock ? { clock: given.clock } : {};
  const cloud = former ?? (await startFaultyNextcloud({ ...clock, ...server }));
  const nc = connect({
    url: other?.url ?? cloud.url,
    login: other?.login ?? cloud.user,
    password: other?.password ?? new Secret(cloud.password),
    ...clock,
  });
  const service = agent ? { ...nc, agent: agent(nc.agent) } : nc;
  const files = known ?? new Map<string, Download>();
  const download: Adapter['download'] = async (ref, most) => {
    const found = files.get(ref.id);
    if (!found) throw new Failure(problem('missing'));
    if (found.bytes.length > most) throw new Failure(problem('too-large'));
    return found;
  };
  const world = await openWorld({
    vault: createVault(new Secret(Buffer.alloc(32, 7).toString('base64'))),
    ...rest,
    nextcloud: (rooms) => createNextcloudRoom({ nc: service, notice: null }, rooms),
    wrap: (adapter) => ({ ...(rest.wrap?.(adapter) ?? adapter), download }),
  });
  let serial = 0;
  return {
    ...world,
    cloud,
    files,
    file(name, type, bytes = Buffer.from('some bytes')) {
      serial += 1;
      const id = `file-${serial}`;
      files.set(id, { name, type, bytes });
      return { platform: 'plain', id, name, type, size: bytes.length, token: id };
    },
    results: () => world.plain.standing().filter((text) => !/ ran Nextcloud: /.test(text)),
    status: () => world.plain.messages.findLast((one) => !one.deleted && !one.final)?.part.status ?? null,
    async close() {
      await world.close();
      await disconnect(nc);
      if (!former) await cloud.close();
    },
  };
}
