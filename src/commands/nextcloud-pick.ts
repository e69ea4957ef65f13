import { nearest } from '../chat/nearest.ts';
import { type ShortForm, typeFor } from '../nextcloud/short-forms.ts';
import type { TaskType } from '../nextcloud/task-types.ts';
import { given, option, say } from './command.ts';
import type { Desk } from './desk.ts';
import type { NextcloudDesk } from './nextcloud-desk.ts';
import type { Call, Command, Outcome } from './registry.ts';

/** Every short name, in the order in which help shows them. */
export const SHORT_FORMS = [
  'summarize',
  'headline',
  'topics',
  'translate',
  'proofread',
  'transcribe',
  'image',
  'ask',
] as const satisfies readonly ShortForm[];

const NOT_SET =
  'No Nextcloud is set up here. Whoever runs me can set NEXTCLOUD_URL, NEXTCLOUD_USER and NEXTCLOUD_APP_PASSWORD; then I can summarise, translate, transcribe and more on your own server.';
/** What is said where a server has no kind of task at all. */
export const NO_TYPES =
  'Nextcloud offers this account no AI tasks. Its administrator can install an app that does them, such as a local language model, and allow them in the settings under “Artificial intelligence”.';

/** Options that most of the short forms have. */
export const usual = {
  text: option('text', 'rest', 'What it works on; leave it out to use the message you reply to'),
  on: option('on', 'choice', 'What it works on, when that is not typed', {
    choices: [{ label: 'This conversation', value: 'thread', hint: null }],
  }),
  file: option('file', 'file', 'A file that it works on'),
  private: option('private', 'toggle', 'Only you see the result'),
};

/** A subcommand that has something done: its result is for everybody here unless the person says otherwise. */
export function taskCommand(
  given: Pick<Command, 'name' | 'summary' | 'options' | 'run'> & Partial<Pick<Command, 'shortcut'>>,
): Command {
  const rest = { private: false, subcommands: [], shortcut: null, who: 'everyone' } as const;
  return { ...rest, ...given, run: async (call, desk) => given.run(await onRoot(call, desk), desk) };
}

/** Typed into a thread, with nothing else to work on, a command is about the message that the thread hangs on: where replies are threads, that is the one replied to. */
async function onRoot(call: Call, desk: Desk): Promise<Call> {
  const { filled, target, files, options, trigger, place } = call;
  const named = filled || target || files.length > 0 || options.has('text') || options.has('on');
  if (named || trigger !== null || place.thread === null) return call;
  return { ...call, target: await desk.threadRoot(place) };
}

/** Does something with Nextcloud; says kindly where there is none. */
export async function withNextcloud(desk: Desk, act: (nextcloud: NextcloudDesk) => Promise<Outcome>): Promise<Outcome> {
  return desk.nextcloud ? act(desk.nextcloud) : say(NOT_SET);
}

/** The type that a short name means on this server; a sentence where it has none. Throws a `Failure`. */
export async function typeOf(call: Call, nextcloud: NextcloudDesk, form: ShortForm): Promise<TaskType | string> {
  const known = await nextcloud.types(call.author);
  const types = typeFor(form, known) === null ? await nextcloud.freshTypes(call.author) : known;
  const id = typeFor(form, types);
  const found = types.find((type) => type.id === id);
  if (found) return found;
  if (types.length === 0) return NO_TYPES;
  const others = SHORT_FORMS.filter((one) => typeFor(one, types) !== null);
  const there = others.length > 0 ? `It has ${others.map((one) => `\`/nextcloud ${one}\``).join(', ')}.` : '';
  return `This Nextcloud does not offer \`${form}\`. ${there} \`/nextcloud types\` shows all.`.replace('  ', ' ');
}

/** The type that somebody means by its id, its name, a short name or the end of an id; a sentence where there is none. */
export function findType(types: readonly TaskType[], typed: string): TaskType | string {
  const wanted = typed.trim().toLowerCase();
  const short = SHORT_FORMS.find((form) => form === wanted);
  const id = short ? typeFor(short, types) : null;
  const found =
    types.find((type) => type.id.toLowerCase() === wanted || type.name.toLowerCase() === wanted) ??
    types.find((type) => type.id === id) ??
    types.find((type) => type.id.toLowerCase().split(/[:\\]/).at(-1) === wanted);
  if (found) return found;
  if (types.length === 0) return NO_TYPES;
  const near = nearest(
    wanted,
    types.map(({ name }) => name),
  );
  const hint =
    near.length > 0
      ? `Did you mean ${near.map((name) => `“${name}”`).join(' or ')}?`
      : '`/nextcloud types` shows what there is.';
  return `Nextcloud offers no task called “${typed.trim().slice(0, 60)}”. ${hint}`;
}

/** What was typed for a number, without a sign before it; null for nothing, NaN for what is none. */
export function numberOf(call: Call, name: string): number | null {
  const typed = (given(call, name) ?? '').trim().replace(/^#/, '');
  if (typed === '') return null;
  return /^\d{1,15}$/.test(typed) ? Number(typed) : Number.NaN;
}
