/** The stand-in Nextcloud with a remote control: faults by path, a log of requests, down and up again. */
import { bytesOf } from '../../../src/demo/nextcloud/exchange.ts';
import {
  listen,
  makeNextcloud,
  type NextcloudOptions,
  type NextcloudStandIn,
} from '../../../src/demo/nextcloud/server.ts';
import { type Faulty, startFaulty } from '../faulty.ts';

/** The running server and its controls, beside those of the stand-in itself. `until` looks at each change of a task too. */
export interface FaultyNextcloud extends Omit<NextcloudStandIn, 'handle' | 'stop'>, Faulty {}

/** Starts it. Tasks are held unless `held: false` is given: a test says when they move. */
export async function startFaultyNextcloud(options: NextcloudOptions = {}): Promise<FaultyNextcloud> {
  const { handle, stop, ...rest } = makeNextcloud({ held: true, ...options });
  const { look, ...faulty } = await startFaulty({
    name: 'stand-in Nextcloud',
    folder: (options.path ?? '').replace(/\/+$/, ''),
    types: { page: 'text/html; charset=UTF-8', json: 'application/json; charset=utf-8' },
    listen: (server, port) => listen(server, { ...options, port: port || (options.port ?? 0) }),
    ...{ handle, stop, bytesOf },
  });
  rest.world.book.watch(look);
  return { ...rest, ...faulty };
}
