import * as z from 'zod';

const text = z.string().catch('');

/** The items in which 0.10 and later store what a model did: text, thinking, calls. What is not known is kept and skipped. */
export const outputItems = z.array(
  z
    .looseObject({
      type: text,
      content: z
        .array(z.looseObject({ type: text, text }).catch({ type: '', text: '' }))
        .optional()
        .catch(undefined),
    })
    .catch({ type: '' }),
);
/** {@link outputItems} as they are read. */
export type OutputItems = z.infer<typeof outputItems>;

/** The text for the reader in such items: those of type `message`, joined by line ends (our reference, openwebui 3.7). */
export function outputText(items: OutputItems): string {
  return items
    .filter((item) => item.type === 'message')
    .map((item) => (item.content ?? []).map((part) => part.text).join(''))
    .filter((each) => each !== '')
    .join('\n');
}

/**
 * The text of a stored message, whichever generation stored it (our reference, openwebui trap 3): its `output` when that holds
 * text, else its `content` without the folded blocks that the server puts there for thinking, tools and code.
 */
export function messageText(message: { readonly content?: unknown; readonly output?: unknown }): string {
  const items = outputItems.safeParse(message.output);
  const fromOutput = items.success ? outputText(items.data) : '';
  if (fromOutput !== '') return fromOutput;
  if (typeof message.content === 'string') return withoutFolds(message.content);
  const parts = z.array(z.looseObject({ text }).catch({ text: '' })).safeParse(message.content);
  return parts.success ? parts.data.map((part) => part.text).join('') : '';
}

const fold = /<details\b[^>]*\btype="(?:reasoning|tool_calls|code_interpreter)"[^>]*>[\s\S]*?(?:<\/details>\s*|$)/g;

function withoutFolds(content: string): string {
  return content.includes('<details') ? content.replace(fold, '').trim() : content;
}
