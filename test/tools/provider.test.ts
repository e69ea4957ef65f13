import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { embedding } from '../servers/provider/embeddings.ts';
import { fixedText, wideText } from '../servers/provider/models.ts';
import { type Provider, startProvider } from '../servers/provider/provider.ts';

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider();
});
beforeEach(() => provider.reset());
afterAll(() => provider.stop());

function ask(body: object): Promise<Response> {
  return fetch(`${provider.url}/chat/completions`, { method: 'POST', body: JSON.stringify(body) });
}

const messages = [{ role: 'user', content: 'hello you there' }];

const completion = z.object({
  choices: z.tuple([
    z.object({
      finish_reason: z.string(),
      message: z.object({
        role: z.string(),
        content: z.string().nullable(),
        reasoning_content: z.string().optional(),
        tool_calls: z
          .array(z.looseObject({ function: z.object({ name: z.string(), arguments: z.string() }) }))
          .optional(),
      }),
    }),
  ]),
});

/** The only choice of an answer that is not streamed. */
async function choice(response: Response): Promise<z.infer<typeof completion>['choices'][0]> {
  return completion.parse(await response.json()).choices[0];
}

interface Delta {
  content?: string;
  reasoning_content?: string;
}

/** The deltas of a stream, read the plain way: only right for frames that are whole lines. */
function deltas(text: string): Delta[] {
  return text.split(/\r?\n/).flatMap((line) => {
    if (!line.startsWith('data: {')) return [];
    const frame: { choices?: { delta: Delta }[] } = JSON.parse(line.slice(6));
    return frame.choices?.map(({ delta }) => delta) ?? [];
  });
}

async function said(model: string): Promise<string> {
  const text = await (await ask({ model, messages, stream: true })).text();
  return deltas(text)
    .map(({ content = '' }) => content)
    .join('');
}

/** The pieces as they come off the socket, until it ends or breaks. */
async function pieces(response: Response): Promise<{ chunks: Uint8Array[]; broken: boolean }> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of response.body ?? []) chunks.push(chunk);
    return { chunks, broken: false };
  } catch {
    return { chunks, broken: true };
  }
}

describe('the scripted provider', () => {
  it('lists its models', async () => {
    const listing = z.object({ data: z.array(z.object({ id: z.string() })) });
    const { data } = listing.parse(await (await fetch(`${provider.url}/models`)).json());
    expect(data.map(({ id }) => id)).toEqual(expect.arrayContaining(['echo', 'cut', 'tasks-fenced']));
  });

  it('echoes the question word by word, and whole when not streamed', async () => {
    const text = await (await ask({ model: 'echo', messages, stream: true })).text();
    expect(deltas(text).map(({ content }) => content)).toEqual(['hello', ' you', ' there', undefined]);
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    const whole = await choice(await ask({ model: 'echo', messages }));
    expect(whole.message).toEqual({ role: 'assistant', content: 'hello you there' });
  });

  it.each([
    ['fixed', fixedText],
    ['think-tags', '<think>Let me think.</think>\n\nhello you there'],
    ['crlf', 'hello you there'],
    ['comments', 'hello you there'],
    ['split-utf8', wideText],
    ['no-done', 'hello you there'],
  ])('says its text in full as %s', async (model, text) => {
    expect(await said(model)).toBe(text);
  });

  it('gives reasoning in deltas of its own', async () => {
    const text = await (await ask({ model: 'reasoning', messages, stream: true })).text();
    expect(
      deltas(text)
        .map(({ reasoning_content = '' }) => reasoning_content)
        .join(''),
    ).toBe('Let me think.');
  });

  it.each([
    ['crlf', /\r\n\r\ndata: \[DONE\]\r\n\r\n$/],
    ['comments', /^: PROCESSING\n\n/],
    ['no-done', /"finish_reason":"stop"\}\]\}\n\n$/],
    ['bare-done', /\n\ndata: \[DONE\]$/],
    ['usage', /"choices":\[\],"usage":\{"prompt_tokens":11/],
    ['usage-last', /"finish_reason":"stop"\}\],"usage":/],
    ['error-mid', /data: \{"error":\{"message":"The engine is overloaded"/],
    ['cut-short', /"finish_reason":"length"/],
  ])('frames %s as its name says', async (model, wire) => {
    expect(await (await ask({ model, messages, stream: true })).text()).toMatch(wire);
  });

  it('cuts characters between two writes', async () => {
    const { chunks } = await pieces(await ask({ model: 'split-utf8', messages, stream: true }));
    expect(chunks.some((chunk) => (chunk.at(-1) ?? 0) > 0x7f)).toBe(true);
  });

  it('cuts the connection in the middle, text first', async () => {
    const { chunks, broken } = await pieces(await ask({ model: 'cut', messages, stream: true }));
    expect(broken).toBe(true);
    expect(Buffer.concat(chunks).toString()).toContain('cut in the mid');
  });

  it('answers JSON where a stream was asked for', async () => {
    const response = await ask({ model: 'json-answer', messages, stream: true });
    expect(response.headers.get('content-type')).toBe('application/json');
    expect((await choice(response)).message.content).toBe('hello you there');
  });

  it.each([
    ['error-401', 401, 'application/json'],
    ['error-429', 429, 'application/json'],
    ['error-500', 500, 'application/json'],
    ['error-text', 502, 'text/plain; charset=utf-8'],
    ['nobody', 404, 'application/json'],
  ])('refuses as %s before the first byte', async (model, status, type) => {
    const response = await ask({ model, messages, stream: true });
    expect([response.status, response.headers.get('content-type')]).toEqual([status, type]);
    await response.text();
  });

  it('sees pictures by kind and size', async () => {
    const image_url = { url: `data:image/png;base64,${Buffer.from('four').toString('base64')}` };
    const content = [
      { type: 'text', text: 'what?' },
      { type: 'image_url', image_url },
    ];
    const { message } = await choice(await ask({ model: 'vision', messages: [{ role: 'user', content }] }));
    expect(message.content).toBe('I see 1 image (image/png, 4 bytes). You wrote: what?');
  });

  it('calls the first tool offered, then tells what it said', async () => {
    const tools = [{ type: 'function', function: { name: 'weather' } }];
    const first = await choice(await ask({ model: 'tools', messages, tools }));
    expect(first).toMatchObject({ finish_reason: 'tool_calls', message: { content: null } });
    expect(first.message.tool_calls?.[0]?.function).toEqual({ name: 'weather', arguments: '{}' });
    const turn = [...messages, first.message, { role: 'tool', tool_call_id: 'call_1', content: 'sunny' }];
    const second = await choice(await ask({ model: 'tools', messages: turn, tools }));
    expect(second.message.content).toBe('The tool said: sunny');
  });

  it('gives texts that share words vectors near each other', () => {
    const near = (a: string, b: string): number =>
      embedding(a).reduce((sum, value, index) => sum + value * (embedding(b)[index] ?? 0), 0);
    expect(near('the harbour opens', 'when the harbour opens')).toBeGreaterThan(
      near('the harbour opens', 'a cat sleeps'),
    );
    expect(near('', '')).toBe(1);
  });
});

describe('tasks of Open WebUI', () => {
  const task = (shape: string): object[] => [
    { role: 'user', content: `### Task:\nDo it.\n### Output:\nJSON format: ${shape}` },
  ];
  const title = task('{ "title": "your title" }');

  async function answer(model: string, asked: object[]) {
    return (await choice(await ask({ model, messages: asked }))).message;
  }

  it('are known by the shape they ask for, whatever the model', async () => {
    expect(JSON.parse((await answer('echo', title)).content ?? '')).toEqual({ title: "The team's plan" });
    expect(JSON.parse((await answer('cut', task('{ "tags": ["a"] }'))).content ?? '')).toHaveProperty('tags');
    expect(JSON.parse((await answer('echo', task('{ "follow_ups": ["a"] }'))).content ?? '')).toHaveProperty(
      'follow_ups',
    );
  });

  it("are known behind a model's own system prompt", async () => {
    const { content } = await answer('echo', [{ role: 'system', content: 'Be kind.' }, ...title]);
    expect(JSON.parse(content ?? '')).toHaveProperty('title');
  });

  it('are not seen in what people write', async () => {
    const { content } = await answer('echo', [{ role: 'user', content: 'Give me { "title": "x" }' }]);
    expect(content).toBe('Give me { "title": "x" }');
  });

  it.each([
    ['tasks-fenced', /^```json\n\{/],
    ['tasks-thinking', /^<think>.*\{.*<\/think>\n\{/],
    ['tasks-quotes', /^\{'title':'The team’s plan'\}$/],
    ['tasks-prose', /^Here is .*\n\n\{.*\}\n\nI hope/],
    ['tasks-array', /^\["The team's plan"\]$/],
    ['tasks-empty', /^$/],
  ])('are spoilt by %s', async (model, text) => {
    expect((await answer(model, title)).content).toMatch(text);
  });

  it('come in the reasoning alone from tasks-null-content', async () => {
    const { content, reasoning_content } = await answer('tasks-null-content', title);
    expect(content).toBeNull();
    expect(JSON.parse(reasoning_content ?? '')).toHaveProperty('title');
  });
});

describe('a script', () => {
  it('goes before the model, as often as ordered, and only for that model', async () => {
    provider.play({ model: 'echo', times: 2, script: { steps: [{ say: 'scripted' }] } });
    expect([await said('crlf'), await said('echo'), await said('echo'), await said('echo')]).toEqual([
      'hello you there',
      'scripted',
      'scripted',
      'hello you there',
    ]);
  });

  it('can be set over HTTP, and says where it is wrong', async () => {
    const control = provider.url.replace('/v1', '/control');
    const set = (order: object): Promise<Response> =>
      fetch(`${control}/script`, { method: 'POST', body: JSON.stringify(order) });
    expect(
      (await set({ model: 'echo', script: { steps: [{ raw: 'data: {"detail":"odd"}\n\n' }], done: 'missing' } }))
        .status,
    ).toBe(200);
    expect(await (await ask({ model: 'echo', messages, stream: true })).text()).toMatch(
      /^data: \{"detail":"odd"\}\n\n/,
    );
    expect((await set({ model: 'echo', script: { steps: [{ shout: 'x' }] } })).status).toBe(400);
  });

  it('for tasks leaves questions alone', async () => {
    provider.play({ model: 'echo', on: 'task', script: { steps: [{ say: 'never' }] } });
    expect(await said('echo')).toBe('hello you there');
  });

  it('that waits is dropped when the asker leaves', async () => {
    const leaving = new AbortController();
    const body = JSON.stringify({ model: 'stuck', messages, stream: true });
    const response = await fetch(`${provider.url}/chat/completions`, { method: 'POST', body, signal: leaving.signal });
    const reader = response.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('Wait');
    leaving.abort();
    await expect(reader?.read()).rejects.toThrow();
  });

  it('is seen by nobody, but its request is', async () => {
    await said('echo');
    expect(provider.requests().at(-1)).toMatchObject({
      path: '/v1/chat/completions',
      body: { model: 'echo', messages },
    });
  });
});

it('a provider stops while an answer is under way', async () => {
  const other = await startProvider();
  const response = await fetch(`${other.url}/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'stuck', messages, stream: true }),
  });
  await other.stop();
  expect((await pieces(response)).broken).toBe(true);
});
