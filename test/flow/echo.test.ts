import { describe, expect, it, vi } from 'vitest';
import type { Answer } from '../../src/demo/openwebui/model.ts';
import { closeAfter } from '../close-after.ts';
import { answer, midError, refuses, responsesEvent } from '../servers/openwebui/script.ts';
import { openWorld, type World } from './world.ts';

/** What Ann asks, and what the provider repeats in its error without a quotation mark. */
const ASKED = 'Zanzibar and the lost letter';
const ECHO = `rate limit reached while answering ${ASKED} for the model`;

/** Each way in which a provider's words come: before the first byte with any status and body, in mid-answer in any frame. */
const SHAPES: readonly (readonly [name: string, answer: Answer])[] = [
  ...[400, 401, 403, 404, 413, 422, 429, 500, 502, 503].flatMap((status): [string, Answer][] => [
    [`${status} with an object`, refuses(status, { error: { message: ECHO, type: ECHO, code: ECHO, param: ECHO } })],
    [`${status} with words as the error`, refuses(status, { error: ECHO })],
    [`${status} with a detail`, refuses(status, { detail: ECHO })],
    [`${status} with plain text`, refuses(status, ECHO)],
  ]),
  ['422 with the input', refuses(422, { detail: [{ loc: ['body', ASKED], msg: ECHO, input: ECHO, type: 'missing' }] })],
  ...(['provider', 'pipe', 'text', 'detail'] as const).map((shape): [string, Answer] => [
    `an error frame: ${shape}`,
    answer(['Well, ', midError[shape](ECHO)]),
  ]),
  ['an error in a choice', answer([{ frame: { choices: [{ index: 0, delta: {}, error: { message: ECHO } }] } }])],
  ['an event of an error', answer([{ frame: { type: 'error', message: ECHO, code: ECHO } }])],
  ['a failed response', answer([responsesEvent('failed', { response: { error: { message: ECHO, code: ECHO } } })])],
  ['half a frame', answer([{ raw: `data: {"error": "${ECHO}\n\n` }, 'more'])],
  ['no JSON', answer([{ raw: `data: ${ECHO}\n\n` }])],
];

async function open(): Promise<World> {
  const world = await openWorld({ titles: true, emoji: true, followUps: true });
  closeAfter(() => world.close());
  return world;
}

/** Whatever of it: a provider may repeat a part, too. */
function standsIn(logged: readonly string[]): string[] {
  return logged.filter((line) => /zanzibar|lost letter/i.test(line));
}

describe('what a provider repeats of a question', () => {
  it.each(SHAPES)('stands in no line of the log at any level: %s', async (_name, refusal) => {
    const world = await open();
    world.openWebUI.next(refusal);
    await world.host.accept(world.message(`Tell me of ${ASKED}`));
    await vi.waitFor(() => expect(world.logged.join('')).toContain('"turn over"'));
    await vi.waitFor(async () => expect(await world.store.jobs.pending('after', 'plain:T1:C1:H1')).toEqual([]));
    expect(standsIn(world.logged)).toEqual([]);
    expect(standsIn(world.plain.standing())).toEqual([]);
  });

  it.each([400, 401, 403, 404, 409, 422, 500, 503])(
    'stands in no line of it either where every route answers %i',
    async (status) => {
      const world = await open();
      await world.host.accept(world.message('Hello'));
      await vi.waitFor(() => expect(world.logged.join('')).toContain('"turn over"'));
      const body = { detail: ECHO, error: { message: ECHO }, message: ECHO };
      world.openWebUI.fault({ path: /./ }, { status, body }, 1_000);
      await world.host.accept(world.message(`Tell me of ${ASKED}`));
      for (const [name, text] of [
        ['model', ASKED],
        ['prompts', 'list'],
        ['prompt', ASKED],
        ['ask', `model=${ASKED.slice(0, 8)} Tell me`],
        ['feedback', 'good'],
        ['title', 'A title'],
        ['status', ''],
      ] as const)
        await world.host.accept(world.command(name, text));
      await vi.waitFor(() =>
        expect(world.logged.filter((line) => line.includes('"turn over"')).length).toBeGreaterThan(1),
      );
      expect(standsIn(world.logged)).toEqual([]);
    },
  );
});
