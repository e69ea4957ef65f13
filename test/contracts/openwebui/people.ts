import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { Secret } from '../../../src/chat/secret.ts';
import { readChat } from '../../../src/openwebui/chats.ts';
import { withKey } from '../../../src/openwebui/connection.ts';
import { listModels } from '../../../src/openwebui/models.ts';
import { json } from '../../../src/openwebui/request.ts';
import { config, health, version, whoAmI } from '../../../src/openwebui/server.ts';
import { type Desk, kindOf } from './bench.ts';

/** Keys, people, the server itself, models. */
export function peopleContract(at: () => Desk): void {
  describe('the server', () => {
    test('tells its version and its health to anyone', async () => {
      expect((await version(at().nobody)).version.startsWith(`${at().bench.profile}.`)).toBe(true);
      expect(await health(at().nobody)).toBe(true);
      expect((await config(at().nobody)).name).not.toBe('');
    });

    test('answers a path it does not know with a page, which is malformed', async () => {
      const call = { method: 'GET', path: '/api/v1/no/such/thing', about: 'server' } as const;
      expect(await kindOf(json(at().user, call, z.unknown()))).toBe('malformed');
    });

    test('knows no other way to change what it does not know: missing', async () => {
      const call = { method: 'POST', path: '/api/v1/no/such/thing', about: 'server', body: {} } as const;
      expect(await kindOf(json(at().user, call, z.unknown()))).toBe('missing');
    });
  });

  describe('a key', () => {
    test('tells who it belongs to', async () => {
      const [user, admin] = await Promise.all([whoAmI(at().user), whoAmI(at().admin)]);
      expect([user.role, admin.role]).toEqual(['user', 'admin']);
      expect(user.id).not.toBe('');
      expect(user.email).toContain('@');
      expect(user.id).not.toBe(admin.id);
    });

    test.each(['sk-00000000000000000000000000000000', 'not-a-key'])('%s is unauthorized', async (key) => {
      const stranger = withKey(at().user, new Secret(key));
      expect(await kindOf(whoAmI(stranger))).toBe('unauthorized');
      expect(await kindOf(listModels(stranger))).toBe('unauthorized');
    });

    test('that is absent is unauthorized', async () => {
      expect(await kindOf(listModels(at().nobody))).toBe('unauthorized');
      expect(await kindOf(readChat(at().nobody, 'x'))).toBe('unauthorized');
    });

    test('of a user is forbidden what is for administrators', async () => {
      const call = { method: 'GET', path: '/api/v1/users/', about: 'server' } as const;
      expect(await kindOf(json(at().user, call, z.unknown()))).toBe('forbidden');
    });
  });

  describe('models', () => {
    test('are listed with a name each', async () => {
      const models = await listModels(at().user);
      expect(models.map((model) => model.id)).toEqual(expect.arrayContaining(['echo', 'reasoning']));
      expect(models.every((model) => model.name !== '')).toBe(true);
    });

    test('can be asked for anew', async () => {
      expect((await listModels(at().user, { refresh: true })).length).toBeGreaterThan(0);
    });
  });
}
