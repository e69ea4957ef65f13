import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { problemOf } from '../../src/chat/errors.ts';
import { branch } from '../../src/openwebui/chat-tree.ts';
import { readChat } from '../../src/openwebui/chats.ts';
import { type About, failureOf } from '../../src/openwebui/errors.ts';
import { eventStream } from '../../src/openwebui/event-stream.ts';
import { frameReader } from '../../src/openwebui/frames.ts';
import { listModels } from '../../src/openwebui/models.ts';
import { version, whoAmI } from '../../src/openwebui/server.ts';
import { taskConfig } from '../../src/openwebui/tasks.ts';
import { fixedText, wideText } from '../servers/provider/models.ts';
import { onWire, sends } from './wire.ts';

const folder = join(import.meta.dirname, '..', 'contracts', 'openwebui', 'captures');
const capture = z.looseObject({
  request: z.looseObject({ method: z.string(), path: z.string(), body: z.unknown().optional() }),
  response: z.looseObject({
    status: z.number(),
    contentType: z.string().nullable(),
    body: z.unknown().optional(),
    text: z.string().optional(),
  }),
});
type Capture = z.infer<typeof capture>;

/** What a real server answered: `npm run openwebui` tells how they are made. */
const captures = readdirSync(folder).flatMap((version) =>
  readdirSync(join(folder, version)).map((file) => ({
    version,
    name: file.replace(/\.json$/, ''),
    ...capture.parse(JSON.parse(readFileSync(join(folder, version, file), 'utf8'))),
  })),
);
const named = (pattern: RegExp) => captures.filter((each) => pattern.test(each.name));
const textOf = ({ response }: Capture): string => response.text ?? JSON.stringify(response.body ?? null);

describe('what real servers streamed', () => {
  const asked = 'hello you';
  const expected: Record<string, { text: string; reasoning?: string; failed?: string }> = {
    'stream-echo': { text: asked },
    'stream-reasoning': { text: asked, reasoning: 'Let me think.' },
    'stream-think-tags': { text: asked, reasoning: 'Let me think.' },
    'stream-crlf': { text: asked },
    'stream-comments': { text: asked },
    'stream-split-utf8': { text: wideText },
    'stream-fixed': { text: fixedText },
    'stream-no-done': { text: asked },
    'stream-bare-done': { text: asked },
    'stream-usage': { text: asked },
    'stream-usage-last': { text: asked },
    'stream-empty': { text: '' },
    'stream-cut-short': { text: 'The limit came' },
    'stream-cut': { text: 'This answer is cut in the mid', failed: 'cut' },
    'stream-error-mid': { text: 'Half an answer', failed: 'busy' },
  };
  const streams = captures.filter(
    (each) => each.name in expected && each.response.contentType?.startsWith('text/event-stream') === true,
  );

  test('is here for the newest server and older ones', () => {
    expect(new Set(streams.map((each) => each.version)).size).toBeGreaterThan(1);
  });

  test.each(streams)('$version $name', (each) => {
    const reader = frameReader({ call: 'POST /api/chat/completions', about: 'answer' });
    const events = eventStream(100_000);
    const got = { text: '', reasoning: '', failed: null as string | null };
    try {
      for (const data of [...events.push(new TextEncoder().encode(textOf(each))), ...events.end()]) {
        for (const frame of reader.take(data))
          if (frame.type === 'text' || frame.type === 'reasoning') got[frame.type] += frame.text;
      }
      for (const frame of reader.end()) if (frame.type === 'text') got.text += frame.text;
    } catch (error) {
      got.failed = problemOf(error).kind;
    }
    expect(got).toEqual({ reasoning: '', failed: null, ...expected[each.name] });
  });
});

describe('what real servers refused', () => {
  const kinds: [RegExp, About, string][] = [
    [/^(no-key|wrong-key|not-a-key)$/, 'account', 'unauthorized'],
    [/^admin-only$/, 'server', 'forbidden'],
    [/^unknown-post$/, 'server', 'missing'],
    [/^(stream|json)-error-(401|500|text)$/, 'answer', 'model'],
    [/^(stream|json)-error-429$/, 'answer', 'busy'],
    [/^(stream|json)-nobody$/, 'answer', 'missing'],
    [/^task-title-error-429$/, 'task', 'busy'],
    [/^task-title-error-text$/, 'task', 'model'],
    [/^(task-before-models|task-title-nobody)$/, 'task', 'missing'],
    [/^(chat-unknown|chat-foreign|chat-save-unknown|chat-save-foreign|chat-delete-again)$/, 'chat', 'missing'],
    [/^file-unknown$/, 'file', 'missing'],
    [/^file-empty$/, 'file', 'invalid'],
  ];

  test.each(kinds.flatMap(([pattern, about, kind]) => named(pattern).map((each) => ({ ...each, about, kind }))))(
    '$version $name is $kind',
    (each) => {
      const { status, contentType } = each.response;
      expect(failureOf(status, contentType, textOf(each), { call: 'x', about: each.about }).problem.kind).toBe(
        each.kind,
      );
    },
  );

  test('is a page in place of an unknown path: malformed', () => {
    for (const each of named(/^unknown-get$/)) {
      const { status, contentType } = each.response;
      expect(failureOf(status, contentType, textOf(each), { call: 'x', about: 'server' }).problem.kind).toBe(
        'malformed',
      );
    }
  });
});

describe('what real servers told', () => {
  const versions = [...new Set(captures.map((each) => each.version))];

  test.each(versions)('%s is read', async (at) => {
    const mine = captures.filter((each) => each.version === at);
    await onWire(
      (response, request) => {
        const found = mine.find((each) => each.request.method === request.method && each.request.path === request.path);
        if (found === undefined) return sends(response, 404, { detail: 'not captured' });
        sends(response, found.response.status, found.response.body, found.response.contentType ?? 'application/json');
      },
      async ({ server }) => {
        const has = (path: string): boolean =>
          mine.some((each) => each.request.path === path && each.request.method === 'GET');
        if (has('/api/version')) expect((await version(server)).version).toBe(at);
        if (has('/api/v1/auths/')) expect(await whoAmI(server)).toMatchObject({ name: 'Ann', role: 'user' });
        if (has('/api/models')) expect((await listModels(server)).map((model) => model.id)).toContain('echo');
        if (has('/api/v1/tasks/config'))
          expect(await taskConfig(server)).toMatchObject({ titles: expect.any(Boolean) });
      },
    );
  });

  test.each(named(/^(chat-get|background-done)$/))('$version $name reads as a conversation', async (each) => {
    await onWire(
      (response) => sends(response, each.response.status, each.response.body),
      async ({ server }) => {
        const turns = branch((await readChat(server, 'x')).tree);
        expect(turns.length).toBeGreaterThan(0);
        expect(turns.at(-1)?.text).not.toContain('<details');
        expect(turns.at(-1)?.text).not.toBe('');
      },
    );
  });
});
