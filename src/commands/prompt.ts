import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { FormValue } from '../chat/forms.ts';
import type { Prompt } from '../openwebui/prompt-rows.ts';
import { fillTemplate, readTemplate, type Template } from '../prompts/expand.ts';
import { checkValue, defaultOf, fieldOf } from '../prompts/fields.ts';
import { readInlineValues } from '../prompts/inline-values.ts';
import { inputVariable } from '../prompts/input-variable.ts';
import { systemVariables } from '../prompts/system-variables.ts';
import { wrong } from './command.ts';
import type { Desk } from './desk.ts';
import { findPrompt, unknownPrompt } from './prompt-names.ts';
import type { Call, Command, Outcome } from './registry.ts';

/** UTF-16 units of a prompt with its values that are still sent: nobody typed it all. */
const LONGEST = 400_000;
/** UTF-16 units of a value that others are shown, and of the whole line. */
const SHOWN = { value: 40, line: 240 };

/** What a form of a prompt needs to know when it is sent in. Field `v0` stands for the first of `names`, and so on. */
const noteShape = z.object({
  prompt: z.string(),
  command: z.string(),
  print: z.string(),
  names: z.array(z.string()),
  /** What follows the prompt, since none of its variables takes it. */
  appended: z.string(),
});
type Note = z.infer<typeof noteShape>;

/** `/prompt`: asks with a prompt of Open WebUI, its variables filled in. */
export const prompt: Command = {
  name: 'prompt',
  summary: 'Ask with a prompt from Open WebUI',
  options: [
    { name: 'prompt', summary: 'Which prompt', type: 'word', required: true, choices: [], suggested: true },
    {
      name: 'on',
      summary: 'What it works on, when that is not typed',
      type: 'choice',
      required: false,
      choices: [{ label: 'This conversation', value: 'thread', hint: null }],
      suggested: false,
    },
    {
      name: 'input',
      summary: 'The text it works on, and values as name=value',
      type: 'rest',
      required: false,
      choices: [],
      suggested: false,
    },
  ],
  subcommands: [],
  private: false,
  shortcut: 'Run a prompt on this',
  who: 'everyone',
  async run(call, desk) {
    return call.filled ? sentIn(call, desk, call.filled) : begun(call, desk);
  },
};

/** The first run: everything may be there already, else a form asks for it. The form comes from what is known, without a wait. */
async function begun(call: Call, desk: Desk): Promise<Outcome> {
  const typed = textOf(call.options.get('prompt'));
  const known = await desk.prompts.known(call.author);
  const found = findPrompt(known, typed) ?? findPrompt(await desk.prompts.fresh(call.author), typed);
  if (!found) {
    return wrong(unknownPrompt(await desk.prompts.known(call.author), typed), 'prompt');
  }
  const template = await templateOf(found, call, desk);
  const inline = readInlineValues(
    textOf(call.options.get('input')),
    template.variables.map(({ name }) => name),
  );
  const given = new Map<string, FormValue>(inline.values);
  const input = [inline.input, await inputOf(call, desk)].filter((text) => text.trim() !== '').join('\n\n');
  const taker = input === '' ? null : inputVariable(template.variables, given);
  if (taker) given.set(taker.name, input);
  return next(found, template, given, taker ? '' : input, { call, desk, fromForm: false });
}

/** The form was sent in: the prompt may have been changed or deleted since it was opened. */
async function sentIn(call: Call, desk: Desk, filled: NonNullable<Call['filled']>): Promise<Outcome> {
  const note = noteShape.parse(JSON.parse(filled.note));
  const given = new Map<string, FormValue>();
  for (const [index, name] of note.names.entries()) {
    const value = filled.values.get(`v${index}`);
    if (value !== undefined) given.set(name, value);
  }
  const known = (await desk.prompts.known(call.author)).find(({ id }) => id === note.prompt) ?? stub(note);
  const now = await desk.prompts.now(call.author, known);
  if (!now?.active || now.content === '') return say(lost(note, given, now ?? known));
  const template = await templateOf(now, call, desk);
  const changed = printOf(now) !== note.print;
  return next(now, template, given, note.appended, { call, desk, fromForm: true, changed });
}

/** A prompt that nothing is known of but what its form kept. */
function stub({ prompt: id, command }: Note): Prompt {
  const unknown = {
    tags: [],
    versionId: null,
    ownerName: null,
    updatedAt: null,
    grants: [],
    writable: null,
  };
  return { ...unknown, id, command, name: command, content: '', active: true };
}

/** Asks the question when all values are right and known, else asks for them. */
async function next(
  found: Prompt,
  template: Template,
  given: ReadonlyMap<string, FormValue>,
  appended: string,
  how: { readonly call: Call; readonly desk: Desk; readonly fromForm: boolean; readonly changed?: boolean },
): Promise<Outcome> {
  const values = new Map<string, string>();
  const errors = new Map<string, string>();
  let missing = false;
  for (const [index, variable] of template.variables.entries()) {
    const value = given.get(variable.name) ?? defaultOf(variable) ?? undefined;
    if (value === undefined && !how.fromForm) missing = true;
    const checked = checkValue(variable, value);
    if (checked.ok) values.set(variable.name, checked.text);
    // A field that is empty because the form has just been opened is no mistake yet.
    else if (how.fromForm || value !== undefined) errors.set(`v${index}`, checked.complaint);
  }
  if (missing || errors.size > 0 || how.changed)
    return asks(found, template, given, appended, errors, how.changed === true);
  if (!how.fromForm) {
    const now = await how.desk.prompts.now(how.call.author, found);
    if (!now?.active) return say(gone(now ?? found));
    if (printOf(now) !== printOf(found)) {
      how.desk.prompts.stale(how.call.author);
      return next(now, await templateOf(now, how.call, how.desk), given, appended, how);
    }
  }
  const filled = fillTemplate(template, values);
  const text = appended === '' ? filled : `${filled}\n\n${appended}`;
  if (text.trim() === '') return say(`The prompt \`${found.command}\` is empty, so there is nothing to ask.`);
  return {
    do: 'ask',
    text,
    model: null,
    most: LONGEST,
    announce: announce(how.call.author.name, found, values, appended),
  };
}

function asks(
  found: Prompt,
  template: Template,
  given: ReadonlyMap<string, FormValue>,
  appended: string,
  errors: ReadonlyMap<string, string>,
  changed: boolean,
): Outcome {
  const { variables } = template;
  const note: Note = {
    prompt: found.id,
    command: found.command,
    print: printOf(found),
    names: variables.map(({ name }) => name),
    appended,
  };
  const unasked = [...given]
    .filter(([name]) => !note.names.includes(name))
    .map(([name, value]) => `${name}: ${String(value)}`);
  const news = ['This prompt was changed meanwhile. Please look it over and send it again.'];
  if (unasked.length > 0) news.push(`No longer asked for: ${unasked.join('; ')}`);
  return {
    do: 'form',
    form: {
      title: found.name,
      intro: changed ? news.join(' ') : `Fills in the prompt “${found.command}”.`,
      submit: 'Ask',
      fields: variables.map((variable, index) => ({
        ...fieldOf(variable, given.get(variable.name)),
        name: `v${index}`,
      })),
      errors,
      note: JSON.stringify(note),
    },
  };
}

async function templateOf(found: Prompt, call: Call, desk: Desk): Promise<Template> {
  const profile = await desk.profile(call.author);
  return readTemplate(found.content, systemVariables(profile, desk.zone(call.author), desk.now()));
}

/** The message it was run on or that was replied to, or what was written in the conversation. */
async function inputOf(call: Call, desk: Desk): Promise<string> {
  if (call.options.get('on') === 'thread') return desk.transcript(call.conversation);
  return call.target?.text ?? '';
}

/** The text of a prompt in few characters, to see whether it was changed. */
function printOf({ name, content }: Prompt): string {
  return createHash('sha256').update(`${name}\n${content}`).digest('base64url');
}

/** "Ann ran summarise (form: a list)": others see which prompt ran with what. */
function announce(name: string, found: Prompt, values: ReadonlyMap<string, string>, appended: string): string {
  const shown = [...values].filter(([, value]) => value !== '').map(([key, value]) => `${key}: ${short(value)}`);
  if (appended !== '') shown.push(short(appended));
  const with_ = shown.join(', ');
  const line = with_.length > SHOWN.line ? `${with_.slice(0, SHOWN.line - 1)}…` : with_;
  return `${name} ran ${found.command}${line === '' ? '' : ` (${line})`}`.toWellFormed();
}

function short(value: string): string {
  const line = value.replaceAll(/\s+/g, ' ').trim();
  return line.length > SHOWN.value ? `${line.slice(0, SHOWN.value - 1)}…` : line;
}

function lost(note: Note, given: ReadonlyMap<string, FormValue>, found: Prompt): string {
  const typed = [...given].filter(([, value]) => typeof value === 'string' && value.trim() !== '');
  const kept = typed.map(([name, value]) => `**${name}**\n${quoted(String(value))}`);
  if (note.appended !== '') kept.push(quoted(note.appended));
  return [gone(found), ...(kept.length > 0 ? ['This is what you typed:', ...kept] : [])].join('\n\n');
}

function gone(found: Prompt): string {
  if (!found.active) return `The prompt \`${found.command}\` has been switched off.`;
  return `The prompt \`${found.command}\` is not there any more, or no longer open to me.`;
}

function quoted(text: string): string {
  return text
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
}

function textOf(value: FormValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function say(markdown: string): Outcome {
  return { do: 'say', body: { markdown, controls: null } };
}
