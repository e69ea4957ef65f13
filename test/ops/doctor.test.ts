import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/chat/secret.ts';
import { connect, disconnect } from '../../src/openwebui/connection.ts';
import { examine } from '../../src/ops/doctor.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createVault } from '../../src/store/vault.ts';

/** What doctor fails, of a server at this address. */
async function failures(url: string): Promise<string[]> {
  const vault = createVault(null);
  const server = connect({ url, key: new Secret('sk-x') });
  const found: string[] = [];
  for await (const { state, what, fact } of examine({
    openStore: async () => openSqlite(':memory:', { vault }),
    storeAddress: 'sqlite::memory:',
    server,
    standIn: false,
    model: null,
    vault,
    unlinked: 'service',
    allowAdminKey: false,
    adapters: [],
  }))
    if (state === 'fail') found.push(`${what}: ${fact}`);
  await disconnect(server);
  return found;
}

describe('what doctor says of a wrong address of Open WebUI', () => {
  it('names what went wrong, and that something else answers there', async () => {
    const other = createServer((_, answer) => answer.writeHead(404).end('nothing'));
    await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
    const address = other.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    expect(await failures(url)).toEqual([
      expect.stringMatching(/^Open WebUI: Something answers there, but not as Open WebUI does\. \(.*404/),
    ]);
    expect(await failures(url.replace('http:', 'https:'))).toEqual([
      `Open WebUI: What answers at ${url.replace('http:', 'https:')} speaks http, not https.`,
    ]);
    other.closeAllConnections();
    await new Promise((closed) => other.close(closed));
    expect(await failures(url)).toEqual([
      expect.stringMatching(/^Open WebUI: It cannot be reached\. \(.*ECONNREFUSED/),
    ]);
  });
});
