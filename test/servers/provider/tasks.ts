/**
 * Open WebUI's background tasks (title, tags, follow-ups, emoji, queries, legacy tool choice) reach the provider as ordinary
 * questions. They are told apart by the shape of answer that the default templates ask for, which has stayed the same
 * from 0.8 to 0.12 while the wording changed.
 */
import type { ChatRequest, Script, ScriptInput } from './script.ts';
import { lastOf, script, textOf } from './script.ts';

export type Task =
  | 'title'
  | 'tags'
  | 'follow_ups'
  | 'queries'
  | 'image_prompt'
  | 'autocomplete'
  | 'emoji'
  | 'tools'
  | 'moa';

/** Ways in which real models spoil a task's answer, each the id of a model: `tasks-<variant>`. */
export const variants = ['fenced', 'thinking', 'quotes', 'null-content', 'prose', 'array', 'empty', 'refused'] as const;
export type Variant = (typeof variants)[number];

const marks: readonly (readonly [Task, RegExp])[] = [
  ['title', /\{\s*"title":/],
  ['tags', /\{\s*"tags":/],
  ['follow_ups', /\{\s*"follow_ups":/],
  ['queries', /\{\s*"queries":/],
  ['autocomplete', /You are an autocompletion system/],
  ['image_prompt', /detailed prompt for am? image generation task/],
  ['emoji', /likely facial expression through a fitting emoji/],
  ['moa', /provided with a set of responses from various models/],
];

/** Which task this request is, or null for an ordinary question. */
export function taskOf(request: ChatRequest): Task | null {
  if (request.messages.some((message) => message.role === 'system' && textOf(message).startsWith('Available Tools:'))) {
    return 'tools';
  }
  // A model's own system prompt is put before the task as before any question.
  if (request.messages.filter((message) => message.role !== 'system').length !== 1) return null;
  const prompt = textOf(lastOf(request, 'user'));
  const structured = prompt.startsWith('### Task:');
  return (
    marks.find(([task, mark]) => (structured || task === 'emoji' || task === 'moa') && mark.test(prompt))?.[0] ?? null
  );
}

const values: Record<Exclude<Task, 'emoji' | 'moa' | 'tools'>, unknown> = {
  title: { title: "The team's plan" },
  tags: { tags: ['General', 'Planning'] },
  follow_ups: { follow_ups: ['What comes first?', 'Who does it?', 'When is it done?'] },
  queries: { queries: ['parley plan'] },
  image_prompt: { prompt: 'A harbour at dawn, two boats side by side.' },
  autocomplete: { text: 'and then we meet.' },
};

/** The answer to a task: good JSON, or spoilt as the variant says. */
export function taskScript(task: Task, request: ChatRequest, variant: Variant | null): Script {
  if (task === 'tools') return script({ steps: [{ say: JSON.stringify({ tool_calls: chosenTool(request) }) }] });
  if (variant === 'refused') {
    return script({
      refuse: { status: 429, body: { error: { message: 'Rate limit reached', code: 'rate_limit_exceeded' } } },
    });
  }
  if (task === 'moa') return script({ steps: [{ say: 'The best of all the answers.' }] });
  if (task === 'emoji') return script(spoiltEmoji(variant));
  return script(spoilt(values[task], variant));
}

function spoilt(value: unknown, variant: Variant | null): ScriptInput {
  const json = JSON.stringify(value);
  if (variant === 'fenced') return { steps: [{ say: `\`\`\`json\n${json}\n\`\`\`` }] };
  if (variant === 'thinking') return { steps: [{ say: `<think>Perhaps {"title": "Not this"}? No.</think>\n${json}` }] };
  if (variant === 'quotes') return { steps: [{ say: json.replaceAll("'", '’').replaceAll('"', "'") }] };
  if (variant === 'null-content') return { steps: [{ think: json }] };
  if (variant === 'prose') return { steps: [{ say: `Here is what you asked for:\n\n${json}\n\nI hope this helps!` }] };
  if (variant === 'array') return { steps: [{ say: JSON.stringify(Object.values(Object(value)).flat()) }] };
  if (variant === 'empty') return { steps: [{ say: '' }] };
  return { steps: [{ say: json }] };
}

function spoiltEmoji(variant: Variant | null): ScriptInput {
  if (variant === 'fenced') return { steps: [{ say: '```\n😊\n```' }] };
  if (variant === 'thinking') return { steps: [{ say: '<think>😢 or 😊?</think>😊' }] };
  if (variant === 'quotes') return { steps: [{ say: '"👩🏽‍🚀"' }] };
  if (variant === 'null-content') return { steps: [{ think: '😊' }] };
  if (variant === 'prose') return { steps: [{ say: 'A fitting emoji would be 😊, because the message is warm.' }] };
  if (variant === 'array') return { steps: [{ say: '["😊"]' }] };
  if (variant === 'empty') return { steps: [{ say: '' }] };
  return { steps: [{ say: '😊' }] };
}

/** The first tool that the legacy prompt lists, called with its first parameter set to the question's last word. */
function chosenTool(request: ChatRequest): unknown[] {
  const prompt = request.messages.map(textOf).join('\n');
  const name = /"name":\s*"([^"]+)"/.exec(prompt.slice(prompt.indexOf('Available Tools:')))?.[1];
  if (name === undefined || name === 'toolName1') return [];
  const parameter = /"properties":\s*\{\s*"([^"]+)"/.exec(prompt)?.[1];
  const word = textOf(lastOf(request, 'user')).trim().split(/\s+/).at(-1) ?? '';
  return [{ name, parameters: parameter === undefined ? {} : { [parameter]: word } }];
}
