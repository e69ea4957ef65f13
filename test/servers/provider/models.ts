/** The scripted models: what each id does with a question. The ids are what `/v1/models` lists, so Open WebUI knows them all. */
import type { ChatMessage, ChatRequest, Script, ScriptInput } from './script.ts';
import { lastOf, script, textOf } from './script.ts';
import { taskOf, taskScript, type Variant, variants } from './tasks.ts';

type Behaviour = (request: ChatRequest) => ScriptInput;

/** The text that the `fixed` model says, with every kind of markdown a chat platform may stumble over. */
export const fixedText = [
  '# A plan',
  '',
  'First **look**, then _leap_; see [the harbour](https://example.com/harbour) and `npm test`.',
  '',
  '```ts',
  'const answer = 6 * 7;',
  '```',
  '',
  '| who | what |',
  '| --- | --- |',
  '| Ann | maps |',
  '',
  '1. one',
  '2. two',
  '',
  'Grüße, 世界, 👩🏽‍🚀.',
].join('\n');

/** The text of the `split-utf8` model: two-, three- and four-byte characters and a joined emoji. */
export const wideText = 'Grüße, 世界, 👩🏽‍🚀!';

function words(text: string): { say: string }[] {
  return (text.match(/\s*\S+\s*$|\s*\S+/g) ?? []).map((say) => ({ say }));
}

const question = (request: ChatRequest): string => textOf(lastOf(request, 'user'));
const echo: Behaviour = (request) => ({ steps: words(question(request)), pace: 2 });
const failing = (message: string, code: string): ScriptInput['refuse'] => ({
  status: code === 'rate_limit_exceeded' ? 429 : code === 'invalid_api_key' ? 401 : 500,
  body: { error: { message, type: 'error', param: null, code } },
});

const behaviours: Record<string, Behaviour> = {
  echo,
  'echo-slow': (request) => ({ ...echo(request), pace: 150 }),
  fixed: () => ({ steps: words(fixedText) }),
  long: () => ({ steps: words(Array.from({ length: 2000 }, (_, index) => `word${index}`).join(' ')), pace: 1 }),
  reasoning: (request) => ({ steps: [{ think: 'Let me ' }, { think: 'think.' }, ...words(question(request))] }),
  'think-tags': (request) => ({
    steps: ['<th', 'ink>Let me', ' think.</thi', 'nk>', '\n\n']
      .map((say) => ({ say }))
      .concat(words(question(request))),
  }),
  crlf: (request) => ({ ...echo(request), newline: 'crlf' }),
  comments: (request) => ({
    steps: [{ comment: 'PROCESSING' }, { comment: 'PROCESSING' }, ...words(question(request)), { comment: 'ALMOST' }],
  }),
  'split-utf8': () => ({ steps: words(wideText), split: 3 }),
  'no-done': (request) => ({ ...echo(request), done: 'missing' }),
  'bare-done': (request) => ({ ...echo(request), done: 'bare' }),
  'json-answer': (request) => ({ ...echo(request), json: true }),
  'error-401': () => ({ refuse: failing('Incorrect API key provided', 'invalid_api_key') }),
  'error-429': () => ({ refuse: failing('Rate limit reached for requests', 'rate_limit_exceeded') }),
  'error-500': () => ({ refuse: failing('The server had an error', 'server_error') }),
  'error-text': () => ({ refuse: { status: 502, body: 'Bad gateway: the model is not running' } }),
  'error-mid': () => ({
    steps: [
      { say: 'Half an ' },
      { say: 'answer' },
      { frame: { error: { message: 'The engine is overloaded', type: 'server_error', code: 503 } } },
    ],
    done: 'missing',
  }),
  cut: () => ({ steps: [{ say: 'This answer is cut in the mid' }, { cut: true }], pace: 20 }),
  silent: (request) => ({ steps: [{ wait: 12_000 }, ...words(question(request))] }),
  stuck: () => ({ steps: [{ say: 'Wait' }, { wait: 600_000 }] }),
  usage: (request) => ({ ...echo(request), usage: 'frame' }),
  'usage-last': (request) => ({ ...echo(request), usage: 'last' }),
  empty: () => ({ steps: [{ say: '' }] }),
  'cut-short': () => ({ steps: [{ say: 'The limit came' }], finish: 'length' }),
  mirror: (request) => ({
    steps: [{ say: JSON.stringify({ messages: request.messages, tools: request.tools ?? [] }) }],
  }),
  tools: (request) => toolTurn(request),
  vision: (request) => ({
    steps: [{ say: `I see ${seen(lastOf(request, 'user'))}. You wrote: ${question(request)}` }],
  }),
};

/** The ids that `/v1/models` lists. */
export const modelIds: readonly string[] = [
  ...Object.keys(behaviours),
  ...variants.map((variant) => `tasks-${variant}`),
];

/**
 * What that model does with this request, or null when there is no such model. Open WebUI's task prompts are answered as such
 * by every model; an ordinary question to a `tasks-…` model is echoed.
 */
export function scriptFor(request: ChatRequest): Script | null {
  if (!modelIds.includes(request.model)) return null;
  const variant: Variant | null = variants.find((name) => request.model === `tasks-${name}`) ?? null;
  const task = taskOf(request);
  if (task !== null && !request.model.startsWith('error-')) return taskScript(task, request, variant);
  return script((behaviours[request.model] ?? echo)(request));
}

/** Calls the first tool offered; tells what it answered once it has; echoes when none is offered. */
function toolTurn(request: ChatRequest): ScriptInput {
  const last = request.messages.at(-1);
  if (last?.role === 'tool') return { steps: words(`The tool said: ${textOf(last)}`) };
  const name = request.tools?.find((tool) => tool.function !== undefined)?.function?.name;
  if (name === undefined) return echo(request);
  const asked = question(request).trim();
  return { steps: [{ call: { id: 'call_1', name, arguments: asked.startsWith('{') ? asked : '{}' } }] };
}

/** "1 image (image/png, 70 bytes)", so a test can tell that the very picture arrived. */
function seen(message: ChatMessage | undefined): string {
  const content = message?.content ?? '';
  const images =
    typeof content === 'string' ? [] : content.flatMap((part) => (part.image_url ? [part.image_url.url] : []));
  if (images.length === 0) return 'no image';
  const told = images.map((url) => {
    const data = /^data:([^;,]+);base64,(.*)$/s.exec(url);
    return data === null ? url : `${data[1]}, ${Buffer.from(data[2] ?? '', 'base64').length} bytes`;
  });
  return `${images.length} image${images.length === 1 ? '' : 's'} (${told.join('; ')})`;
}
