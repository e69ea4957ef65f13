import type { TaskType } from './task-types.ts';

/** The well-known kinds of task that have a short name. */
export type ShortForm =
  | 'summarize'
  | 'headline'
  | 'topics'
  | 'translate'
  | 'proofread'
  | 'transcribe'
  | 'image'
  | 'ask';

const older27 = (name: string): string => `OCP\\TextProcessing\\${name}TaskType`;

const ids: Readonly<Record<ShortForm, readonly string[]>> = {
  summarize: ['core:text2text:summary', older27('Summary')],
  headline: ['core:text2text:headline', older27('Headline')],
  topics: ['core:text2text:topics', older27('Topics')],
  translate: ['core:text2text:translate'],
  proofread: ['core:text2text:proofread'],
  transcribe: ['core:audio2text'],
  image: ['core:text2image'],
  ask: ['core:text2text', older27('FreePrompt')],
};

/** The type that a short name means among those of a server; null where it has none. Pure. */
export function typeFor(form: ShortForm, types: readonly Pick<TaskType, 'id'>[]): string | null {
  return ids[form].find((id) => types.some((type) => type.id === id)) ?? null;
}
