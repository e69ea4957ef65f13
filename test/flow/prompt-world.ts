import type { Adapter, Answer } from '../../src/chat/adapter.ts';
import type { ButtonEvent, FormEvent } from '../../src/chat/events.ts';
import type { Form, FormValue } from '../../src/chat/forms.ts';
import { Secret } from '../../src/chat/secret.ts';
import { connect, disconnect } from '../../src/openwebui/connection.ts';
import type { Prompt } from '../../src/openwebui/prompt-rows.ts';
import { createPrompt, type PromptDraft, pagePrompts } from '../../src/openwebui/prompts.ts';
import { person } from '../person.ts';
import type { ScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import type { World } from './world.ts';

/** Makes a prompt on the world's server, by the owner of this key (the service account's when not given). */
export async function makePrompt(
  world: Pick<World, 'openWebUI'>,
  draft: Partial<PromptDraft>,
  key?: string,
): Promise<Prompt> {
  const server = connect({ url: world.openWebUI.url, key: new Secret(key ?? world.openWebUI.key) });
  const whole = { command: 'greet', name: draft.command ?? 'Greet', content: 'Hello {{who}}', ...draft };
  const made = await createPrompt(server, whole);
  await disconnect(server);
  return made;
}

/** The form that an answer opens. */
export function formIn(answer: Answer): Form {
  if (answer.do !== 'form') throw new Error(`no form but ${JSON.stringify(answer)}`);
  return answer.form;
}

/** The words that an answer says. */
export function wordsIn(answer: Answer): string {
  if (answer.do !== 'say') throw new Error(`no words but ${JSON.stringify(answer)}`);
  return answer.body.markdown;
}

/** Sends a form in, its fields by their labels. */
export function send(
  world: World,
  form: Form,
  typed: Readonly<Record<string, FormValue>>,
  by = 'Ann',
): Promise<Answer> {
  const { trigger, author, place } = world.command('x', '', { author: person(by) });
  const values = new Map(
    form.fields.flatMap((field): [string, FormValue][] => {
      const value = Object.hasOwn(typed, field.label) ? typed[field.label] : field.initial;
      return value === null || value === undefined ? [] : [[field.name, value]];
    }),
  );
  const event: FormEvent = { type: 'form', key: trigger.id, trigger, author, place, form: form.id, values };
  return world.host.accept(event);
}

/** Presses a button under words that were said through a trigger. */
export function pressIn(world: World, answer: Answer, label: string, by = 'Ann'): Promise<Answer> {
  const buttons = answer.do === 'say' ? (answer.body.controls?.buttons ?? []) : [];
  const button = buttons.find((one) => one.label === label);
  if (!button) throw new Error(`no button ${label} in ${JSON.stringify(answer)}`);
  const { trigger, author, place } = world.command('x', '', { author: person(by) });
  const on = { place, id: 'B' };
  const event: ButtonEvent = {
    type: 'button',
    key: trigger.id,
    trigger,
    author,
    place,
    control: button.id,
    value: null,
    on,
  };
  return world.host.accept(event);
}

/** A platform that shows five fields at once and has no place for complaints in a form. */
export function narrow(adapter: Adapter): Adapter {
  return { ...adapter, limits: { ...adapter.limits, formFields: 5, formFieldErrors: false } };
}

/** Prompts that are there when Parley starts: `greet`, `boats` and `there`. */
export async function furnish(openWebUI: ScriptedOpenWebUI): Promise<void> {
  const world = { openWebUI };
  await makePrompt(world, { command: 'greet', tags: ['polite'] });
  await makePrompt(world, { command: 'boats', content: 'Count the boats in the harbour at dawn', tags: ['sea'] });
  await makePrompt(world, { command: 'there', content: 'Old' });
}

/** The prompts on the server. */
export async function promptsOn(openWebUI: ScriptedOpenWebUI): Promise<readonly Prompt[]> {
  const server = connect({ url: openWebUI.url, key: new Secret(openWebUI.key) });
  const { items } = await pagePrompts(server, {});
  await disconnect(server);
  return items;
}

/** The commands of all prompts on the server, in order. */
export async function commandsOn(openWebUI: ScriptedOpenWebUI): Promise<string[]> {
  return (await promptsOn(openWebUI)).map((one) => one.command).sort();
}

/** The name and type of a file of prompts. */
export const FILE = { name: 'prompts.json', mimetype: 'application/json' };

/** A file of prompts for {@link furnish}: one that is new, one that is there and gets this text, and three that are none. */
export function fileOf(text: string): string {
  return JSON.stringify([
    { command: '/fresh', title: 'Fresh', content: 'Hello' },
    { nonsense: 1 },
    { command: 'two words', name: 'x', content: 'x' },
    { command: 'there', name: 'There', content: text },
    { command: 'empty', name: 'x', content: ' ' },
  ]);
}

const NONE = ['entry 2: it is not a prompt', '`two words`: Please use letters', '`empty`: Its text is empty.'];
/** What is said of {@link fileOf} when it is taken in first, and when it takes the place of what is there. */
export const MADE = [
  '1 of 5 prompts are in.',
  '`fresh`: made',
  '`there`: Another prompt has that command already.',
  ...NONE,
];
export const REPLACED = ['2 of 5 prompts are in.', '`fresh`: its text is replaced', '`there`: its text is', ...NONE];
