import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventStream, Overflow } from '../../src/openwebui/event-stream.ts';
import { cuts } from './bytes.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function read(...pieces: Uint8Array[]): string[] {
  const stream = eventStream(10_000);
  return [...pieces.flatMap((piece) => stream.push(piece)), ...stream.end()];
}

describe('a stream of events', () => {
  test.each([
    ['LF', 'data: a\n\ndata: b\n\n'],
    ['CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n'],
    ['CR', 'data: a\r\rdata: b\r\r'],
    ['no space after the colon', 'data:a\n\ndata:b\n\n'],
    ['comments between', ': hello\n\ndata: a\n\n:\n\ndata: b\n\n: bye\n\n'],
    ['event and id lines', 'event: x\nid: 1\ndata: a\n\nevent: y\ndata: b\n\n'],
    ['a byte order mark', '\uFEFFdata: a\n\ndata: b\n\n'],
    ['a last event without line ends', 'data: a\n\ndata: b'],
    ['a last event with one line end', 'data: a\n\ndata: b\n'],
  ])('is read with %s', (_name, text) => {
    expect(read(encode(text))).toEqual(['a', 'b']);
  });

  test('gives a bare JSON line as if it were data, wherever it stands', () => {
    const text = 'data: a\n{"error":"x"}\ndata: b\n\n{"detail":"y"}\r\n\r\n{"detail":"z"}';
    expect(read(encode(text))).toEqual(['a', '{"error":"x"}', 'b', '{"detail":"y"}', '{"detail":"z"}']);
  });

  test('does not take a brace inside an event for a bare line', () => {
    expect(read(encode('data: {"a":\ndata: {"b":1}}\n\n'))).toEqual(['{"a":\n{"b":1}}']);
  });

  test('gives an event as soon as its empty line has come', () => {
    const stream = eventStream(100);
    expect(stream.push(encode('data: a\n'))).toEqual([]);
    expect(stream.push(encode('\n'))).toEqual(['a']);
  });

  test('refuses an event that grows over the limit, and holds no more than that', () => {
    const stream = eventStream(1000);
    stream.push(encode('data: '));
    expect(() => {
      for (let round = 0; round < 20; round += 1) stream.push(encode('x'.repeat(100)));
    }).toThrow(Overflow);
  });

  test('does not count what it lets pass: comments of any length', () => {
    const stream = eventStream(1000);
    for (let round = 0; round < 50; round += 1) stream.push(encode(`: ${'x'.repeat(100)}`));
    expect(stream.push(encode('\n\ndata: a\n\n'))).toEqual(['a']);
  });

  test('is the same however it is cut, also inside a character', () => {
    const line = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => `data: ${JSON.stringify({ text })}`),
      fc.constantFrom(
        ': note',
        'event: x',
        'id: 3',
        '{"error":"é"}',
        '',
        'data: [DONE]',
        'junk',
        'data:',
        'data: 世界',
      ),
    );
    const stream = fc
      .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r', '\n\n', '\r\n\r\n')), { maxLength: 12 })
      .map((lines) => encode(lines.map(([text, end]) => text + end).join('')));
    fc.assert(
      fc.property(
        stream.chain((whole) => fc.tuple(fc.constant(whole), cuts(whole))),
        ([whole, pieces]) => {
          expect(read(...pieces)).toEqual(read(whole));
        },
      ),
      { numRuns: 500 },
    );
  });
});
