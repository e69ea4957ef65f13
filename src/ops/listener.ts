import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { Failure } from '../chat/errors.ts';

/** Something that answers requests on the shared listener: the local page, a platform's HTTP mode. */
export interface Mount {
  /** True when it took the request. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** True when it took the upgrade. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
}

/** The open listener. */
export interface Listener {
  /** Where it listens, such as `127.0.0.1:3210`. */
  readonly address: { readonly host: string; readonly port: number };
  mount(mount: Mount): void;
  close(): Promise<void>;
}

/** Whether Parley works: what `/readyz` asks. Each entry is a plain sentence when that part is not well, else null. */
export type Readiness = () => Promise<Readonly<Record<string, string | null>>>;

/**
 * Opens the one listener of the process. `/livez` answers as long as the process turns its loop; `/readyz` 200 or 503 with
 * what is not ready. Neither needs a token nor tells anything private. Throws a `Failure` that says what to change when the
 * address cannot be listened on.
 */
export async function openListener(where: { host: string; port: number }, readiness: Readiness): Promise<Listener> {
  const mounts: Mount[] = [];
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (path === '/livez') return plain(response, 200, { live: true });
    if (path === '/readyz') return void answerReady(response, readiness);
    if (!mounts.some((mount) => mount.handle(request, response)))
      plain(response, 404, { error: 'There is nothing here.' });
  });
  // Bounds a client that sends its headers or body a byte at a time.
  server.headersTimeout = 10_000;
  server.requestTimeout = 120_000;
  server.on('upgrade', (request, socket, head) => {
    if (!mounts.some((mount) => mount.upgrade(request, socket, head))) socket.destroy();
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  const { port } = await listen(server, where);
  return {
    address: { host: where.host, port },
    mount: (mount) => void mounts.push(mount),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, where: { host: string; port: number }): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new Failure(cannotListen(where, error.code ?? error.message), { cause: error })),
    );
    server.listen(where.port, where.host, () => {
      const address = server.address();
      if (address !== null && typeof address === 'object') resolve(address);
    });
  });
}

function cannotListen(where: { host: string; port: number }, code: string) {
  const spot = `${where.host}:${where.port}`;
  const say =
    code === 'EADDRINUSE'
      ? `PARLEY_LISTEN: another program already listens on ${spot}. Stop it, or choose another port.`
      : code === 'EACCES'
        ? `PARLEY_LISTEN: this account may not listen on ${spot}. Choose a port above 1023.`
        : `PARLEY_LISTEN: ${spot} cannot be listened on (${code}). Choose an address of this machine.`;
  const kind = code === 'EADDRINUSE' ? 'busy' : 'invalid';
  return { kind, retry: { when: 'never' }, say, detail: `listen ${spot}: ${code}` } as const;
}

async function answerReady(response: ServerResponse, readiness: Readiness): Promise<void> {
  const parts = await readiness();
  const ready = Object.values(parts).every((part) => part === null);
  plain(response, ready ? 200 : 503, { ready, ...parts });
}

function plain(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(`${JSON.stringify(body)}\n`);
}
