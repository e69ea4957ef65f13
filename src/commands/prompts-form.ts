import { type Field, type FormValues, field } from '../chat/forms.ts';
import type { Prompt } from '../openwebui/prompt-rows.ts';
import { commandComplaint, readTags } from './prompts-words.ts';

/** What a prompt's form is filled in with. */
export interface PromptTexts {
  readonly command: string;
  readonly name: string;
  readonly content: string;
  readonly tags: string;
  readonly message: string;
}

/** A prompt's own texts as a form shows them. */
export function textsOfPrompt(prompt: Prompt): PromptTexts {
  const { command, name, content } = prompt;
  return { command, name, content, tags: prompt.tags.join(', '), message: '' };
}

/** The fields by which a prompt is made or changed; `content` and `message` only where they are asked for. */
export function promptFields(
  texts: PromptTexts,
  asked: { readonly content: boolean; readonly message: boolean },
): Field[] {
  const fields = [
    field({
      name: 'command',
      type: 'text',
      label: 'Command',
      initial: texts.command,
      hint: 'How it is called: letters, digits and hyphens',
      required: true,
    }),
    field({ name: 'name', type: 'text', label: 'Name', initial: texts.name, required: true }),
  ];
  if (asked.content)
    fields.push(
      field({
        name: 'content',
        type: 'longText',
        label: 'Text',
        initial: texts.content,
        hint: 'Variables as {{name}} or {{name | text:required}}',
        required: true,
      }),
    );
  fields.push(field({ name: 'tags', type: 'text', label: 'Tags', initial: texts.tags, hint: 'Parted by commas' }));
  if (asked.message)
    fields.push(
      field({
        name: 'message',
        type: 'text',
        label: 'What you changed',
        initial: texts.message,
        hint: 'Stands in the history',
      }),
    );
  return fields;
}

/** What was sent in, with what stood there for what the form did not ask. */
export function textsOfForm(values: FormValues, before: PromptTexts): PromptTexts {
  const text = (name: keyof PromptTexts): string => {
    const value = values.get(name);
    return typeof value === 'string' ? value : before[name];
  };
  return {
    command: text('command').trim().replace(/^\//, ''),
    name: text('name').trim(),
    content: text('content').replaceAll('\r\n', '\n'),
    tags: text('tags'),
    message: text('message').trim(),
  };
}

/** What is wrong with a prompt's texts, by field. */
export function complaints(texts: PromptTexts): Map<string, string> {
  const wrong = new Map<string, string>();
  const command = commandComplaint(texts.command);
  if (command) wrong.set('command', command);
  if (texts.name === '') wrong.set('name', 'Please give it a name.');
  if (texts.content.trim() === '') wrong.set('content', 'Please write its text.');
  return wrong;
}

/** The texts as the client takes them. Tags are left out where there were and are none, since older servers know none. */
export function draftOf(texts: PromptTexts, hadTags: boolean) {
  const tags = readTags(texts.tags);
  return {
    command: texts.command,
    name: texts.name,
    content: texts.content,
    tags: tags.length > 0 || hadTags ? tags : undefined,
    message: texts.message || undefined,
  };
}
