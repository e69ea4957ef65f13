import { createHash } from 'node:crypto';
import * as z from 'zod';
import { Failure } from '../chat/errors.ts';
import type { Prompt } from '../openwebui/prompt-rows.ts';
import { changePromptMeta, createPrompt, readPrompt, togglePrompt, updatePrompt } from '../openwebui/prompts.ts';
import { command, given, option, say, wrong } from './command.ts';
import type { Desk } from './desk.ts';
import { complaints, draftOf, type PromptTexts, promptFields, textsOfForm, textsOfPrompt } from './prompts-form.ts';
import { isUuid, promptOption, withPrompt } from './prompts-pick.ts';
import { readTags } from './prompts-words.ts';
import type { Call, Outcome } from './registry.ts';

const EMPTY: PromptTexts = { command: '', name: '', content: '', tags: '', message: '' };
const noteShape = z.object({ prompt: z.string(), print: z.string() });

/** `/prompts create`: makes a prompt, from the line or in a form. */
export const create = command({
  name: 'create',
  summary: 'Make a prompt',
  options: [
    option('command', 'word', 'How it is called; leave it out for a form'),
    option('name', 'word', 'Its name, in quotes when it has spaces'),
    option('tags', 'word', 'Its tags, separated by commas'),
    option('text', 'rest', 'Its text, with variables as {{name}}'),
  ],
  async run(call, desk) {
    const { server, readOnly } = await desk.account(call.author);
    if (readOnly !== null) return wrong(readOnly);
    const texts = call.filled ? textsOfForm(call.filled.values, EMPTY) : textsOfLine(call);
    const errors = complaints(texts);
    if (errors.size > 0) {
      const begun = call.filled !== null;
      return makeForm(texts, begun ? errors : new Map([...errors].filter(([key]) => texts[keyOf(key)] !== '')));
    }
    try {
      const made = await createPrompt(server, draftOf(texts, false));
      desk.prompts.changed(call.author, 'prompt made', made.id);
      return say(
        `\`/prompt ${made.command}\` is there now. Only its owner can use it until it is shared: \`/prompts share ${made.command} everyone\`.`,
      );
    } catch (error) {
      return makeForm(texts, taken(error));
    }
  },
});

/** `/prompts edit`: changes a prompt's text, from the line or in a form. */
export const edit = command({
  name: 'edit',
  summary: 'Change the text of a prompt',
  options: [
    promptOption,
    option('message', 'word', 'What you changed, in quotes: it stands in the history'),
    option('text', 'rest', 'The new text; leave it out for a form'),
  ],
  async run(call, desk) {
    if (call.filled) return changed(call, desk, call.filled);
    return withPrompt(call, desk, 'change', async ({ server, prompt }) => {
      const content = given(call, 'text');
      if (content === null) return changeForm(prompt, textsOfPrompt(prompt), new Map());
      const message = given(call, 'message') ?? undefined;
      const { command, name } = prompt;
      await updatePrompt(server, prompt.id, { command, name, content, message });
      desk.prompts.changed(call.author, 'prompt changed', prompt.id);
      return say(changedWords(prompt, command));
    });
  },
});

/** `/prompts meta`: changes name, command and tags of a prompt; its text and history stay. */
export const meta = command({
  name: 'meta',
  summary: 'Change name, command or tags of a prompt',
  options: [
    promptOption,
    option('name', 'word', 'The new name, in quotes when it has spaces'),
    option('command', 'word', 'What it is called from now on'),
    option('tags', 'word', 'Its tags, separated by commas; "" for none'),
  ],
  async run(call, desk) {
    return withPrompt(call, desk, 'change', async ({ server, prompt }) => {
      const before = textsOfPrompt(prompt);
      const line = {
        ...before,
        name: given(call, 'name') ?? before.name,
        command: (given(call, 'command') ?? before.command).replace(/^\//, ''),
        tags: given(call, 'tags') ?? before.tags,
      };
      const texts = call.filled ? textsOfForm(call.filled.values, before) : line;
      const nothing = !call.filled && !['name', 'command', 'tags'].some((name) => call.options.has(name));
      const errors = complaints({ ...texts, content: 'x' });
      if (nothing || errors.size > 0) return metaForm(prompt, texts, errors);
      const tags = readTags(texts.tags);
      const known = prompt.tags.length > 0 || tags.length > 0;
      try {
        const { name, command } = texts;
        await changePromptMeta(server, prompt.id, { name, command, tags: known ? tags : undefined });
      } catch (error) {
        return metaForm(prompt, texts, taken(error));
      }
      desk.prompts.changed(call.author, 'prompt changed', prompt.id);
      return say(`\`${texts.command}\` is changed.`);
    });
  },
});

/** `/prompts toggle`: switches a prompt off, or on again. */
export const toggle = command({
  name: 'toggle',
  summary: 'Switch a prompt off, or on again',
  options: [promptOption],
  async run(call, desk) {
    return withPrompt(call, desk, 'change', async ({ server, prompt }) => {
      const now = await togglePrompt(server, prompt.id);
      desk.prompts.changed(call.author, 'prompt changed', prompt.id);
      return say(`\`${now.command}\` is switched ${now.active ? 'on' : 'off'}.`);
    });
  },
});

/** The form of `/prompts edit` was sent in: somebody may have changed the prompt since it was opened. */
async function changed(call: Call, desk: Desk, filled: NonNullable<Call['filled']>): Promise<Outcome> {
  const { server, readOnly } = await desk.account(call.author);
  if (readOnly !== null) return wrong(readOnly);
  const note = noteShape.parse(JSON.parse(filled.note));
  const prompt = await readPrompt(server, note.prompt);
  const texts = textsOfForm(filled.values, textsOfPrompt(prompt));
  if (printOf(prompt) !== note.print)
    return changeForm(
      prompt,
      texts,
      new Map(),
      'Somebody changed this prompt meanwhile. Saving now puts yours in place of theirs; the history keeps both.',
    );
  const errors = complaints(texts);
  if (errors.size > 0) return changeForm(prompt, texts, errors);
  try {
    await updatePrompt(server, prompt.id, draftOf(texts, prompt.tags.length > 0));
  } catch (error) {
    return changeForm(prompt, texts, taken(error));
  }
  desk.prompts.changed(call.author, 'prompt changed', prompt.id);
  return say(changedWords(prompt, texts.command));
}

function makeForm(texts: PromptTexts, errors: ReadonlyMap<string, string>): Outcome {
  const fields = promptFields(texts, { content: true, message: false });
  return { do: 'form', form: { title: 'New prompt', intro: null, submit: 'Make it', fields, errors, note: '{}' } };
}

function changeForm(
  prompt: Prompt,
  texts: PromptTexts,
  errors: ReadonlyMap<string, string>,
  intro: string | null = null,
): Outcome {
  const fields = promptFields(texts, { content: true, message: true });
  const note = JSON.stringify({ prompt: prompt.id, print: printOf(prompt) });
  return { do: 'form', form: { title: `Change ${prompt.command}`, intro, submit: 'Save', fields, errors, note } };
}

function metaForm(prompt: Prompt, texts: PromptTexts, errors: ReadonlyMap<string, string>): Outcome {
  const fields = promptFields(texts, { content: false, message: false });
  const title = `Rename ${prompt.command}`;
  return { do: 'form', form: { title, intro: null, submit: 'Save', fields, errors, note: '{}' } };
}

/** Servers before 0.8 keep no versions: there is nothing to compare. */
function changedWords({ id }: Prompt, command: string): string {
  return `\`${command}\` is changed.${isUuid(id) ? ` \`/prompts diff ${command}\` shows how.` : ''}`;
}

/** A command that is taken is a mistake in that field; everything else is for whoever called. */
function taken(error: unknown): Map<string, string> {
  if (error instanceof Failure && /already registered/i.test(error.problem.detail))
    return new Map([['command', error.problem.say]]);
  throw error;
}

function textsOfLine(call: Call): PromptTexts {
  const command = (given(call, 'command') ?? '').replace(/^\//, '');
  const name = given(call, 'name') ?? command;
  return { command, name, content: given(call, 'text') ?? '', tags: given(call, 'tags') ?? '', message: '' };
}

function keyOf(field: string): keyof PromptTexts {
  return field === 'command' || field === 'name' ? field : 'content';
}

function printOf({ command, name, content, tags }: Prompt): string {
  return createHash('sha256')
    .update(JSON.stringify([command, name, content, tags]))
    .digest('base64url');
}
