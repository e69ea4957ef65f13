import type { Answer, Ask, Model, Step } from '../../../src/demo/openwebui/model.ts';
import { modelIds, scriptFor } from '../../servers/provider/models.ts';
import { type ChatRequest, chatRequestSchema, type Script } from '../../servers/provider/script.ts';
import { type Task, taskScript, variants } from '../../servers/provider/tasks.ts';
import { usage, writes } from '../../servers/provider/wire.ts';

const taskNames: Readonly<Record<string, Task>> = {
  title: 'title',
  tags: 'tags',
  follow_up: 'follow_ups',
  queries: 'queries',
  image_prompt: 'image_prompt',
  auto: 'autocomplete',
  emoji: 'emoji',
  moa: 'moa',
};

/** The scripted provider's models as the model behind the stand-in, so that both give the very same answers. */
export const scriptedModel: Model = {
  models: modelIds.map((id) => ({ id, name: id, description: '', vision: true })),
  answer(ask) {
    const request = requestOf(ask);
    const script = scriptFor(request);
    if (script === null) return { status: 404, body: { error: { message: `The model ${ask.model} does not exist` } } };
    return answerOf(script, request);
  },
  task(kind, ask) {
    const variant = variants.find((name) => ask.model === `tasks-${name}`) ?? null;
    const task = taskNames[kind];
    const script = task === undefined ? null : taskScript(task, requestOf(ask), variant);
    return (script?.steps ?? [])
      .flatMap((step) => ('say' in step ? [step.say] : 'think' in step ? [step.think] : []))
      .join('');
  },
};

function answerOf(script: Script, request: ChatRequest): Answer {
  if (script.refuse !== undefined) return { status: script.refuse.status, body: script.refuse.body };
  const ends = { full: 'done', bare: 'bare', missing: 'none' } as const;
  if (script.json)
    return { steps: script.steps.flatMap((step) => ('say' in step ? [{ text: step.say }] : [])), whole: true, usage };
  return { steps: stepsOf(script, request), end: 'none', ...(script.done === 'missing' && { end: ends.missing }) };
}

/** The provider's own bytes, since a server hands them on as they are. */
function* stepsOf(script: Script, request: ChatRequest): Generator<Step> {
  for (const write of writes(script, request)) {
    if ('bytes' in write) yield { raw: write.bytes };
    else if ('waitMs' in write) yield write.waitMs >= 600_000 ? { hold: true } : { wait: write.waitMs };
    else yield { cut: true };
  }
}

function requestOf(ask: Ask): ChatRequest {
  return chatRequestSchema.parse({ ...ask.body, model: ask.model, messages: ask.body.messages ?? [] });
}
