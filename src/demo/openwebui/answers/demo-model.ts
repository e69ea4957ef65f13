import { type Answer, type Ask, type Model, questionOf, type Step } from '../model.ts';
import { humanPace, instant, type Pace, written } from './pace.ts';
import { hashOf, randomFrom } from './random.ts';
import { taskText } from './tasks.ts';
import { draftFor, thoughts } from './topics.ts';

/** The models of the demo, the default first. */
const models: Model['models'] = [
  { id: 'demo-chat', name: 'Demo', description: 'A friendly stand-in that shows how answers look.', vision: true },
  { id: 'demo-thinker', name: 'Demo, thinking', description: 'Thinks aloud before it answers.', vision: false },
  {
    id: 'demo-slow',
    name: 'Demo, slow',
    description: 'Takes eleven seconds to begin and writes slowly.',
    vision: false,
  },
  {
    id: 'demo-sources',
    name: 'Demo, with sources',
    description: 'Gives made-up sources with every answer.',
    vision: false,
  },
  {
    id: 'demo-raw',
    name: 'Demo, admins only',
    description: 'A raw model that only admins see.',
    vision: false,
    adminOnly: true,
  },
];

/** The stand-in's own words: no language model, but good Markdown, the same for the same question and seed. */
export function demoModel(options: { seed: number; pace?: Pace | 'instant' }): Model {
  const pace = options.pace === 'instant' ? instant : (options.pace ?? humanPace);
  return {
    models,
    answer: (ask) => answer(ask, options.seed, pace),
    task: (kind, ask) => taskText(kind, ask, options.seed),
  };
}

function answer(ask: Ask, seed: number, pace: Pace): Answer {
  const question = questionOf(ask);
  const slow = ask.model === 'demo-slow' && Number.isFinite(pace.perSecond);
  const used = slow ? { firstMs: 11_000, perSecond: 15 } : pace;
  const length = (text: string) => Math.ceil(text.length / 4);
  const asked = ask.messages.reduce((sum, message) => sum + length(message.text), 0);
  const random = randomFrom(hashOf(`${ask.messages.length} ${question}`, seed));
  const draft = draftFor(ask, ask.model === 'demo-sources' ? `sources ${question}` : question, random);
  const reasoning = draft.reasoning ?? (ask.model === 'demo-thinker' ? thoughts(question, random) : null);
  return {
    steps: steps(),
    usage: {
      prompt_tokens: asked,
      completion_tokens: length(draft.text),
      total_tokens: asked + length(draft.text),
    },
  };

  function* steps(): Generator<Step> {
    if (draft.sources !== undefined) yield { frame: { sources: draft.sources } };
    yield { wait: used.firstMs };
    if (reasoning !== null) yield* written(reasoning, { ...used, perSecond: used.perSecond * 2 }, random, 'reasoning');
    yield* written(draft.text, used, random);
    if (draft.failure !== undefined) yield draft.failure;
  }
}
