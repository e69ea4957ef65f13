import { describe, expect, it } from 'vitest';
import type { Frame } from '../../src/openwebui/frames.ts';
import { storedAnswerReader } from '../../src/openwebui/stored-answer.ts';

const where = { call: 'POST /api/chat/completions', about: 'answer' } as const;

const call = (name: string, status = 'completed', written = '{}') => ({
  type: 'function_call',
  id: 'call_1',
  call_id: 'call_1',
  name,
  arguments: written,
  status,
});
const result = { type: 'function_call_output', call_id: 'call_1', output: [{ type: 'input_text', text: 'Sunny' }] };
const said = (text: string) => ({ type: 'message', content: [{ type: 'output_text', text }] });

/** What the reader gives for each look in turn, without the empty ones. */
function read(...looks: Record<string, unknown>[]): Frame[] {
  const reader = storedAnswerReader(where);
  return looks.flatMap((look) => reader.take(look));
}

describe('an answer that the server writes by itself', () => {
  it('gives what has come since the last look, and the end when it is done', () => {
    expect(
      read(
        { content: '', done: false },
        { content: 'One', done: false, output: [said('One')] },
        { content: 'One two', done: false, output: [said('One two')] },
        { content: 'One two three', done: true, output: [said('One two three')] },
      ),
    ).toEqual([
      { type: 'text', text: 'One' },
      { type: 'text', text: ' two' },
      { type: 'text', text: ' three' },
      { type: 'end', reason: null },
    ]);
  });

  it('tells which tool is at work, once, and only until it has answered', () => {
    expect(
      read(
        { done: false, output: [call('get_weather')] },
        { done: false, output: [call('get_weather')] },
        { done: false, output: [call('get_weather'), result, said('Sunny')] },
        { done: true, output: [call('get_weather'), result, said('Sunny')] },
      ),
    ).toEqual([
      { type: 'working', tool: 'get weather' },
      { type: 'text', text: 'Sunny' },
      { type: 'end', reason: null },
    ]);
  });

  it('reads the text of 0.10, which stands in the output alone, and that of 0.9 without its folded blocks', () => {
    expect(read({ content: '', done: true, output: [call('x'), result, said('Sunny')] })[0]).toEqual({
      type: 'text',
      text: 'Sunny',
    });
    const folded = '<details type="tool_calls" done="true">\n<summary>Tool Executed</summary>\n</details>\nSunny';
    expect(read({ content: folded, done: true })[0]).toEqual({ type: 'text', text: 'Sunny' });
  });

  it('adds a text that was rewritten at the end whole, and loses nothing of it', () => {
    const texts = read(
      { content: 'My number is 1', done: false },
      { content: 'My number is hidden', done: false },
      { content: 'It is hidden', done: true },
    );
    expect(texts.map((frame) => (frame.type === 'text' ? frame.text : frame.type))).toEqual([
      'My number is 1',
      '\n\nIt is hidden',
      'end',
    ]);
  });

  it('does not take a space that another piece follows for the end of the text', () => {
    const texts = read({ content: 'One ', done: false }, { content: 'One two', done: true });
    expect(texts.map((frame) => (frame.type === 'text' ? frame.text : frame.type))).toEqual(['One', ' two', 'end']);
  });

  it('gives thinking, sources, pictures and counts as an answer in direct mode does', () => {
    const sources = [
      { source: { name: 'Map' }, document: ['x'], metadata: [{ source: 'https://example.com/map', name: 'Map' }] },
    ];
    const thinking = { type: 'reasoning', content: [{ type: 'output_text', text: 'Hm.' }] };
    const looks = [
      { done: false, sources, output: [thinking] },
      {
        done: true,
        sources,
        output: [thinking, said('Here')],
        files: [{ type: 'image', url: '/api/v1/files/1/content' }],
        usage: { total_tokens: 3 },
      },
    ];
    expect(read(...looks)).toEqual([
      { type: 'reasoning', text: 'Hm.' },
      { type: 'sources', sources: [{ number: 1, name: 'Map', url: 'https://example.com/map' }], raw: sources },
      { type: 'text', text: 'Here' },
      { type: 'image', url: '/api/v1/files/1/content' },
      { type: 'usage', usage: { total_tokens: 3 } },
      { type: 'end', reason: null },
    ]);
  });

  it.each([
    ['words', { content: 'Rate limit reached for requests' }],
    ['the object of 0.8', { content: { message: 'Rate limit reached for requests', type: 'error' } }],
  ])('fails with what the server stored as its error: %s', (_name, error) => {
    const reader = storedAnswerReader(where);
    expect(reader.take({ content: 'Half', done: false, error })).toEqual([{ type: 'text', text: 'Half' }]);
    expect(reader.failed?.problem).toMatchObject({
      kind: 'busy',
      detail: expect.stringContaining('rate limit'),
    });
  });

  it('asks in plain words what the model asks by the tool for it', () => {
    const questions = [
      {
        id: 'a',
        question: 'Which town?',
        options: [
          { label: 'Bonn', description: 'On the Rhine' },
          { label: 'Kiel', description: 'On the sea' },
        ],
      },
    ];
    expect(
      read({ content: '', done: false, output: [call('ask_user', 'pending', JSON.stringify({ questions }))] }),
    ).toEqual([
      { type: 'text', text: 'Which town?\n- **Bonn**: On the Rhine\n- **Kiel**: On the sea' },
      { type: 'end', reason: null },
    ]);
  });

  it('says that a tool must be allowed in the web page first', () => {
    const reader = storedAnswerReader(where);
    expect(reader.take({ content: '', done: false, output: [call('delete_all', 'pending')] })).toEqual([]);
    expect(reader.failed?.problem).toMatchObject({ kind: 'forbidden', say: expect.stringContaining('Open WebUI') });
  });
});
