import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type Profile, profiles, versionOf } from '../../src/demo/openwebui/profile.ts';
import { type RunningStandIn, startOpenWebUI } from '../../src/demo/openwebui/server.ts';
import { talk } from './talk.ts';

const folder = join(import.meta.dirname, '../contracts/openwebui/captures');
const capture = z.object({
  request: z.object({
    method: z.string(),
    path: z.string(),
    as: z.nullable(z.string()),
    body: z.unknown().optional(),
  }),
  response: z.object({ status: z.number(), contentType: z.string(), body: z.unknown().optional() }),
});

/** Requests that need nothing to have happened before, so that they can be sent to the stand-in just as they were. */
const alone = [
  'task-before-models',
  'version',
  'health',
  'no-key',
  'not-a-key',
  'wrong-key',
  'unknown-get',
  'unknown-post',
  'config-anonymous',
  'config-key',
  'who-auths',
  'who-status',
  'admin-only',
  'chat-unknown',
  'chat-save-unknown',
  'chat-new',
  'prompt-get-unknown',
  'prompt-null-tags',
  'prompt-create',
  'file-unknown',
  'stop-unknown',
  'feedback',
  'feedback-wrong',
];

/** Credentials that the captures leave out. */
const credentials: Record<string, string> = { 'not-a-key': 'nonsense', 'wrong-key': `sk-${'0'.repeat(32)}` };

/** Names of all keys, however deep, with the place where they stand; ids of messages count as one name. */
function keys(value: unknown, at = ''): string[] {
  if (Array.isArray(value)) return value.length === 0 ? [] : keys(value[0], `${at}[]`);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const name = `${at}.${/^[0-9a-f]{8}-/.test(key) ? '<id>' : key}`;
    return [name, ...keys(inner, name)];
  });
}

describe.each(profiles.filter((profile) => profile !== '0.7'))('what a real %s answered', (profile: Profile) => {
  let server: RunningStandIn;
  beforeAll(async () => {
    server = await startOpenWebUI({ profile, pace: 'instant', furnished: false });
  });
  afterAll(() => server.close());

  const seen = readdirSync(join(folder, versionOf(profile)));
  it.each(alone.filter((name) => seen.includes(`${name}.json`)))(
    '%s: status, type, words, and every key',
    async (name) => {
      const { request, response } = capture.parse(
        JSON.parse(readFileSync(join(folder, versionOf(profile), `${name}.json`), 'utf8')),
      );
      const known: Record<string, string> = { user: server.key, admin: server.adminKey, other: server.otherKey };
      const credential = credentials[name] ?? (request.as === null ? null : (known[request.as] ?? null));
      const got = await talk(server.url, server.key)(request.path, {
        method: request.method,
        key: credential,
        // The captures name models of another provider.
        ...(request.body !== undefined && {
          body: JSON.parse(JSON.stringify(request.body).replaceAll('"echo"', '"demo-chat"')),
        }),
      });
      expect([got.status, got.type]).toEqual([response.status, response.contentType]);
      const detail = z.object({ detail: z.string() }).safeParse(response.body);
      if (detail.success) expect(got.json).toEqual(detail.data);
      // The tree of permissions differs from release to release, and Parley reads little of it.
      const wanted = keys(response.body).filter((key) => !key.startsWith('.permissions.'));
      expect(keys(got.json)).toEqual(expect.arrayContaining(wanted));
    },
  );
});
