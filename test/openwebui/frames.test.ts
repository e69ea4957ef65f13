import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { problemOf } from '../../src/chat/errors.ts';
import { eventStream } from '../../src/openwebui/event-stream.ts';
import { type Frame, frameReader } from '../../src/openwebui/frames.ts';
import { cuts } from './bytes.ts';
import { delta } from './wire.ts';

const where = { call: 'POST /x', about: 'answer' } as const;

/** Frames of these payloads, ending with the kind of failure when there is one. */
function frames(...payloads: unknown[]): (Frame | string)[] {
  const reader = frameReader(where);
  const found: (Frame | string)[] = [];
  try {
    for (const payload of payloads)
      found.push(...reader.take(typeof payload === 'string' ? payload : JSON.stringify(payload)));
    found.push(...reader.end());
  } catch (error) {
    found.push(problemOf(error).kind);
  }
  return found;
}

const end = (reason: string | null): Frame => ({ type: 'end', reason });
const says = (text: string): Frame => ({ type: 'text', text });
const thinks = (text: string): Frame => ({ type: 'reasoning', text });

describe('frames of a chat completion', () => {
  test('are its texts and its end', () => {
    expect(frames(delta({ role: 'assistant' }), delta('Hel'), delta('lo'), delta({}, 'stop'), '[DONE]')).toEqual([
      says('Hel'),
      says('lo'),
      end('stop'),
    ]);
  });

  test.each([['reasoning_content'], ['reasoning'], ['thinking']])('tell thinking in %s', (field) => {
    expect(frames(delta({ [field]: 'hm' }), delta('Hi', 'stop'))).toEqual([thinks('hm'), says('Hi'), end('stop')]);
  });

  test('tell thinking in tags, cut over chunks', () => {
    const payloads = ['<th', 'ink>h', 'm</thi', 'nk>\n', '\nHi'].map((text) => delta(text));
    expect(frames(...payloads, '[DONE]')).toEqual([thinks('h'), thinks('m'), says('Hi'), end(null)]);
  });

  test('tell thinking and text in parts', () => {
    const content = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
      { type: 'text', text: 'Hi' },
    ];
    expect(frames(delta({ content }), '[DONE]')).toEqual([thinks('hm'), says('Hi'), end(null)]);
  });

  test('give what a splitter held back before the end', () => {
    expect(frames(delta('a\n<thi'), '[DONE]')).toEqual([says('a\n'), says('<thi'), end(null)]);
  });

  test('tell usage, alone or on the last chunk', () => {
    const usage = { prompt_tokens: 1, total_tokens: 3 };
    expect(frames(delta('Hi', 'stop'), { choices: [], usage }, '[DONE]')).toEqual([
      says('Hi'),
      { type: 'usage', usage },
      end('stop'),
    ]);
    expect(frames({ ...delta('Hi', 'stop'), usage })).toEqual([says('Hi'), { type: 'usage', usage }, end('stop')]);
  });

  test('tell the model an arena chose, pictures and tools asked for', () => {
    expect(
      frames(
        { selected_model_id: 'n' },
        delta({ images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } }] }),
        delta({ tool_calls: [{ index: 0, id: 'c', function: { name: 'look', arguments: '' } }] }),
        delta({ tool_calls: [{ index: 0, function: { arguments: '{}' } }] }),
        delta({}, 'tool_calls'),
      ),
    ).toEqual([
      { type: 'model', id: 'n' },
      { type: 'image', url: 'data:image/png;base64,AA==' },
      { type: 'tool-call', name: 'look' },
      end('tool_calls'),
    ]);
  });

  test('skip what says nothing: empty objects, null errors, empty choices, words that are no JSON', () => {
    expect(
      frames('{}', { choices: [] }, { ...delta('Hi'), error: null }, 'ping', '', '[1]', 'null', delta({}, 'stop')),
    ).toEqual([says('Hi'), end('stop')]);
  });

  test('come from two payloads under one event', () => {
    expect(frames(`${JSON.stringify(delta('a'))}\n${JSON.stringify(delta('b'))}`, '[DONE]')).toEqual([
      says('a'),
      says('b'),
      end(null),
    ]);
  });

  test('end with null when only [DONE] told of the end', () => {
    expect(frames('[DONE]')).toEqual([end(null)]);
  });

  test.each([
    ['nothing at all', [], 'cut'],
    ['no end mark', [delta('Hal')], 'cut'],
    ['half an object at the end', [delta('Hal'), '{"choices":[{"delta"'], 'cut'],
    ['half an object, then [DONE]', [delta('Hal'), '{"choices":[{"delta"', '[DONE]'], 'cut'],
    ['half an object, then more', [delta('Hal'), '{"choices":[{"delta"', delta('lo')], 'malformed'],
    ['a provider error', [delta('Hal'), { error: { message: 'exploded', code: 500 } }, '[DONE]'], 'model'],
    ['a rate limit', [delta('Hal'), { error: { message: 'Rate limit reached', code: 429 } }], 'busy'],
    ['a pipe that failed', [{ error: { detail: 'exploded' } }], 'model'],
    ['an error in words', [{ error: 'exploded' }], 'model'],
    ['a detail', [{ detail: 'exploded' }], 'model'],
    [
      'an error in a choice',
      [{ choices: [{ delta: {}, error: { message: 'exploded' }, finish_reason: 'error' }] }],
      'model',
    ],
    [
      'a broken provider connection',
      [delta('Hal'), { error: { message: 'Chat completion stream failed' } }, '[DONE]'],
      'cut',
    ],
  ])('fail on %s', (_name, payloads, kind) => {
    expect(frames(...payloads).at(-1)).toBe(kind);
  });
});

describe('frames of a Responses API connection', () => {
  test('are its texts, thinking, tools, usage and end', () => {
    const usage = { input_tokens: 1 };
    expect(
      frames(
        { type: 'response.created', response: {} },
        { type: 'response.reasoning_summary_text.delta', delta: 'hm' },
        { type: 'response.output_item.added', item: { type: 'function_call', name: 'look' } },
        { type: 'response.output_text.delta', delta: 'Hi' },
        { type: 'response.output_text.done', text: 'Hi' },
        { type: 'response.completed', response: { usage, error: null } },
      ),
    ).toEqual([thinks('hm'), { type: 'tool-call', name: 'look' }, says('Hi'), { type: 'usage', usage }, end('stop')]);
  });

  test('tell why it is incomplete', () => {
    const event = { type: 'response.incomplete', response: { incomplete_details: { reason: 'max_output_tokens' } } };
    expect(frames(event)).toEqual([end('max_output_tokens')]);
  });

  test.each([
    [{ type: 'response.failed', response: { error: { code: 'x', message: 'Rate limit reached' } } }, 'busy'],
    [{ type: 'error', message: 'exploded' }, 'model'],
  ])('fail on %j', (event, kind) => {
    expect(frames(event)).toEqual([kind]);
  });
});

describe('sources', () => {
  const sources = [
    {
      source: { name: 'search', type: 'web_search' },
      document: ['a', 'b', 'c'],
      metadata: [
        { source: 'https://a.example/x', title: 'A' },
        { source: 'https://b.example/' },
        { source: 'https://a.example/x' },
      ],
    },
    {
      source: { id: 'f1', type: 'file' },
      document: ['d'],
      metadata: [{ file_id: 'f1', name: 'harbour.txt', source: 'harbour.txt' }],
    },
    { source: { id: 'n1', name: 'Note' }, document: ['e'] },
    { source: { name: 'odd', url: 'javascript:alert(1)' }, document: ['f'], metadata: [{}] },
    'junk',
  ];

  test('are numbered as the text cites them: unique ids in order', () => {
    const [frame] = frames({ sources }, '[DONE]');
    expect(frame).toMatchObject({
      type: 'sources',
      sources: [
        { number: 1, name: 'A', url: 'https://a.example/x' },
        { number: 2, name: 'https://b.example/', url: 'https://b.example/' },
        { number: 3, name: 'harbour.txt', url: null },
        { number: 4, name: 'Note', url: null },
        { number: 5, name: 'odd', url: null },
      ],
    });
  });

  test('come together from several frames and from the provider itself', () => {
    const annotations = [{ type: 'url_citation', url_citation: { url: 'https://c.example/', title: 'C' } }];
    const found = frames({ sources: sources.slice(2, 3) }, delta({ annotations }), delta({ annotations }), '[DONE]');
    expect(found.length).toBe(3);
    expect(found[1]).toMatchObject({
      sources: [
        { number: 1, name: 'Note', url: null },
        { number: 2, name: 'C', url: 'https://c.example/' },
      ],
    });
  });
});

describe('an answer in one JSON document', () => {
  const whole = (body: unknown): (Frame | string)[] => {
    try {
      return frameReader(where).whole(JSON.stringify(body));
    } catch (error) {
      return [problemOf(error).kind];
    }
  };

  test('gives the same frames as a stream', () => {
    const message = { role: 'assistant', content: '<think>hm</think>Hi', reasoning_content: null };
    expect(whole({ choices: [{ message, finish_reason: 'stop' }], usage: { total_tokens: 2 } })).toEqual([
      thinks('hm'),
      says('Hi'),
      { type: 'usage', usage: { total_tokens: 2 } },
      end('stop'),
    ]);
  });

  test('may have no content', () => {
    expect(whole({ choices: [{ message: { content: null }, finish_reason: 'stop' }] })).toEqual([end('stop')]);
  });

  test.each([
    [null, 'model'],
    [{ status: true, task_ids: ['x'], chat_id: 'y' }, 'malformed'],
    [{}, 'malformed'],
    [{ error: { message: 'exploded' } }, 'model'],
    [{ detail: 'Model not found' }, 'missing'],
  ])('fails on %j', (body, kind) => {
    expect(whole(body).at(-1)).toBe(kind);
  });
});

test('the frames of a stream are the same however its bytes are cut', () => {
  const payload = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 8 }).map((text) => delta(text)),
    fc.constantFrom(
      delta('<think>'),
      delta('</think>'),
      delta('\n'),
      delta({ reasoning: 'é' }),
      {},
      { usage: { n: 1 } },
    ),
  );
  const framed = fc
    .tuple(payload, fc.constantFrom('data: ', 'data:', ': note\n\ndata: ', ''), fc.constantFrom('\n\n', '\r\n\r\n'))
    .map(([value, prefix, ends]) => prefix + JSON.stringify(value) + ends);
  const tail = fc.constantFrom('data: [DONE]\n\n', 'data: [DONE]', '', 'data: {"cho', 'data: {"error":"x"}\n\n');
  const stream = fc
    .tuple(fc.array(framed, { maxLength: 10 }), tail)
    .map(([parts, last]) => new TextEncoder().encode(parts.join('') + last));
  const read = (pieces: readonly Uint8Array[]): (Frame | string)[] => {
    const events = eventStream(10_000);
    return frames(...pieces.flatMap((piece) => events.push(piece)), ...events.end());
  };
  fc.assert(
    fc.property(
      stream.chain((whole) => fc.tuple(fc.constant(whole), cuts(whole))),
      ([whole, pieces]) => {
        expect(read(pieces)).toEqual(read([whole]));
      },
    ),
    { numRuns: 400 },
  );
});
