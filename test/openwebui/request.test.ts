import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Clock } from '../../src/chat/clock.ts';
import { problemOf } from '../../src/chat/errors.ts';
import { Secret } from '../../src/chat/secret.ts';
import { changeChat, deleteChat, readChat } from '../../src/openwebui/chats.ts';
import { connect, serverUrl, withKey } from '../../src/openwebui/connection.ts';
import { uploadFile } from '../../src/openwebui/files.ts';
import { listModels } from '../../src/openwebui/models.ts';
import { generationOf, isAtLeast, version, whoAmI } from '../../src/openwebui/server.ts';
import { titleFor } from '../../src/openwebui/tasks.ts';
import { createTestClock } from '../clock.ts';
import { onWire, sends } from './wire.ts';

const kindOf = async (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'no failure',
    (error: unknown) => problemOf(error).kind,
  );

/** A clock on which waits pass at once, while limits of calls never do. */
const hurried = (): Clock => {
  let now = 0;
  return {
    now: () => now,
    after(ms, task) {
      if (ms > 5000) return () => undefined;
      const timer = setImmediate(() => {
        now += ms;
        task();
      });
      return () => clearImmediate(timer);
    },
  };
};

describe('an address', () => {
  test.each([
    ['http://localhost:3000', 'http://localhost:3000'],
    [' https://chat.example/ ', 'https://chat.example'],
    ['https://chat.example/api', 'https://chat.example'],
    ['https://chat.example/api/v1/', 'https://chat.example'],
    ['https://example.com/chat/api/v1?x=1#y', 'https://example.com/chat'],
  ])('%s is used as %s', (written, used) => {
    expect(serverUrl(written)).toBe(used);
  });

  test.each(['', 'chat.example', 'localhost:3000', 'ftp://chat.example', 'https://me:pass@chat.example'])(
    '%j is refused',
    (written) => {
      expect(() => connect({ url: written, key: null })).toThrow(/invalid/);
    },
  );
});

describe('a call', () => {
  test('that reads is repeated while the server comes back, at most twice', async () => {
    let left = 2;
    await onWire(
      (response) =>
        left-- > 0 ? sends(response, 503, '<html>', 'text/html') : sends(response, 200, { data: [{ id: 'm' }] }),
      async ({ server, arrived }) => {
        expect(await listModels(server)).toMatchObject([{ id: 'm', name: 'm', vision: true }]);
        expect(arrived.length).toBe(3);
        left = 9;
        expect(await kindOf(listModels(server))).toBe('unreachable');
        expect(arrived.length).toBe(6);
      },
      hurried(),
    );
  });

  test('that reads is repeated when the connection breaks', async () => {
    let left = 1;
    await onWire(
      (response) => void (left-- > 0 ? response.destroy() : sends(response, 200, { data: [] })),
      async ({ server }) => {
        expect(await listModels(server)).toEqual([]);
      },
      hurried(),
    );
  });

  test('that changes something is made once', async () => {
    await onWire(
      (response) => sends(response, 503, '', 'text/plain'),
      async ({ server, arrived }) => {
        expect(await kindOf(deleteChat(server, 'c'))).toBe('unreachable');
        expect(arrived.length).toBe(1);
      },
    );
  });

  test('ends when it takes too long', async () => {
    const clock = createTestClock();
    await onWire(
      () => clock.advance(30_001),
      async ({ server, hungUp }) => {
        expect(await kindOf(readChat(server, 'c'))).toBe('timeout');
        await hungUp;
      },
      clock,
    );
  });

  test('takes a web page for what it is: an endpoint that is not there', async () => {
    await onWire(
      (response) => sends(response, 200, '<!doctype html>', 'text/html'),
      async ({ server }) => {
        expect(await kindOf(listModels(server))).toBe('malformed');
      },
    );
  });

  test('does not carry its key to another address', async () => {
    await onWire(
      (response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      async ({ server, arrived }) => {
        expect(await kindOf(listModels(server))).toBe('malformed');
        expect(arrived.length).toBe(1);
      },
    );
  });

  test('puts ids into the path as data', async () => {
    await onWire(
      (response) => sends(response, 404, {}),
      async ({ server, arrived }) => {
        await kindOf(readChat(server, '../../x?y#z'));
        expect(arrived[0]?.path).toBe('/api/v1/chats/..%2F..%2Fx%3Fy%23z');
      },
    );
  });

  test('tells a thing that is not ours from a bad key by asking who we are', async () => {
    let whoAmI = 200;
    await onWire(
      (response, request) =>
        request.path === '/api/v1/auths/'
          ? sends(response, whoAmI, whoAmI === 200 ? { id: 'u' } : { detail: 'Your session has expired' })
          : sends(response, 401, { detail: '401 Unauthorized' }),
      async ({ server }) => {
        expect(await kindOf(readChat(server, 'c'))).toBe('forbidden');
        whoAmI = 401;
        expect(await kindOf(readChat(server, 'c'))).toBe('unauthorized');
      },
    );
  });

  test('shows its key nowhere', async () => {
    await onWire(
      (response) => sends(response, 500, 'broken', 'text/plain'),
      async ({ server }) => {
        const mine = withKey(server, new Secret('sk-private'));
        const failed = await readChat(mine, 'c').catch((error: unknown) => inspect(error, { depth: 9 }));
        expect(`${failed} ${inspect(mine, { depth: 3 })} ${JSON.stringify(mine.key)}`).not.toContain('sk-private');
      },
    );
  });
});

describe('what the server is', () => {
  test('is asked once, until it is wanted anew', async () => {
    let told = '0.9.6';
    await onWire(
      (response) => sends(response, 200, { version: told }),
      async ({ server, arrived }) => {
        expect(await version(server)).toEqual({ version: '0.9.6', generation: '0.9' });
        told = '0.12.4';
        expect((await version(withKey(server, new Secret('k')))).version).toBe('0.9.6');
        expect(arrived.length).toBe(1);
        expect(await version(server, { refresh: true })).toEqual({ version: '0.12.4', generation: '0.10' });
      },
    );
  });

  test.each([
    ['0.8.12', '0.8'],
    ['0.7.2', '0.8'],
    ['v0.9.0', '0.9'],
    ['0.10.2', '0.10'],
    ['0.12.4', '0.10'],
    ['1.0.0', '0.10'],
    ['dev', '0.10'],
  ])('%s stores chats as %s', (text, generation) => {
    expect(generationOf(text)).toBe(generation);
  });

  test('is at least what it is', () => {
    expect([isAtLeast('0.11.0', 0, 11), isAtLeast('0.9.9', 0, 11), isAtLeast('1.0', 0, 11)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  test('tells a key who it belongs to from another path when it answers "who am I" to people only', async () => {
    await onWire(
      (response, request) =>
        request.path === '/api/v1/users/user/status'
          ? sends(response, 200, { id: 'u', name: 'Ann', email: 'a@example.test', role: 'user' })
          : sends(response, 403, { detail: 'A human session is required.' }),
      async ({ server }) => {
        expect(await whoAmI(server)).toMatchObject({ id: 'u', name: 'Ann', bio: null, permissions: {} });
      },
    );
  });
});

describe('a task', () => {
  test('is asked again once the models are read, when the server has just started', async () => {
    let read = false;
    await onWire(
      (response, request) => {
        if (request.path === '/api/models') {
          read = true;
          return sends(response, 200, { data: [] });
        }
        if (!read) return sends(response, 404, { detail: "Model '' was not found" });
        sends(response, 200, { choices: [{ message: { content: '{"title":"A plan"}' } }] });
      },
      async ({ server, arrived }) => {
        expect(await titleFor(server, { model: 'm', messages: [] })).toBe('A plan');
        expect(arrived.length).toBe(3);
      },
    );
  });

  test('that is for an unknown model fails as missing after one more try', async () => {
    await onWire(
      (response, request) =>
        request.path === '/api/models'
          ? sends(response, 200, { data: [] })
          : sends(response, 404, { detail: "Model 'x' was not found" }),
      async ({ server, arrived }) => {
        expect(await kindOf(titleFor(server, { model: 'x', messages: [] }))).toBe('missing');
        expect(arrived.length).toBe(3);
      },
    );
  });

  test.each([
    [200, { detail: 'Title generation is disabled' }],
    [400, { detail: 'Title generation is disabled' }],
  ])('that is switched off, told with %i, gives nothing', async (status, body) => {
    await onWire(
      (response) => sends(response, status, body),
      async ({ server }) => {
        expect(await titleFor(server, { model: 'm', messages: [] })).toBeNull();
      },
    );
  });
});

describe('a change of a chat', () => {
  test('waits for the one before it', async () => {
    let stored: object = { title: 'T', models: [], history: { currentId: null, messages: {} }, count: 0 };
    await onWire(
      (response, request) => {
        if (request.method === 'POST') stored = { ...stored, ...JSON.parse(request.body).chat };
        sends(response, 200, { id: 'c', title: 'T', chat: stored });
      },
      async ({ server, arrived }) => {
        const add = () => changeChat(server, 'c', (tree) => ({ ...tree, count: Number(tree.count) + 1 }));
        await Promise.all([add(), add(), add()]);
        expect(stored).toMatchObject({ count: 3 });
        await changeChat(server, 'c', (tree) => tree);
        expect(arrived.filter((request) => request.method === 'POST').length).toBe(3);
      },
    );
  });

  test('that fails does not hold up the next', async () => {
    await onWire(
      (response) => sends(response, 200, { id: 'c', title: 'T', chat: {} }),
      async ({ server }) => {
        const failed = changeChat(server, 'c', () => {
          throw new Error('no');
        });
        const next = changeChat(server, 'c', (tree) => ({ ...tree, title: 'U' }));
        await expect(failed).rejects.toThrow('no');
        expect((await next).id).toBe('c');
      },
    );
  });
});

describe('an upload', () => {
  test('is given up and deleted when the server never finishes reading it', async () => {
    await onWire(
      (response, request) => {
        if (request.path.endsWith('/status')) return sends(response, 200, { status: 'processing' });
        sends(response, 200, { id: 'f', filename: 'a.txt' });
      },
      async ({ server, arrived }) => {
        const file = { name: 'a.txt', type: 'text/plain', bytes: new TextEncoder().encode('hi') };
        expect(await kindOf(uploadFile(server, file, { waitMs: 3000 }))).toBe('timeout');
        expect(arrived.at(-1)).toMatchObject({ method: 'DELETE', path: '/api/v1/files/f' });
        expect(arrived.length).toBeLessThan(12);
      },
      hurried(),
    );
  });
});
