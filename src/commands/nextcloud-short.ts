import type { ShortForm } from '../nextcloud/short-forms.ts';
import { choicesOf, given, option, say } from './command.ts';
import { fits } from './nextcloud-input.ts';
import { order, sentIn, shortly } from './nextcloud-order.ts';
import { taskCommand, typeOf, usual, withNextcloud } from './nextcloud-pick.ts';
import type { Call, Command } from './registry.ts';
import type { Given } from './task-order.ts';

const TEXTS = [usual.on, usual.file, usual.private, usual.text];

/** `/nextcloud summarize`: a text in short. A recording is turned into text first. */
export const summarize = textCommand(
  'summarize',
  'Sum up a text, a message or this conversation',
  'Summarise with Nextcloud',
);
/** `/nextcloud headline`: a title for a text. */
export const headline = textCommand('headline', 'Find a headline for a text');
/** `/nextcloud topics`: what a text is about. */
export const topics = textCommand('topics', 'Name the topics of a text');
/** `/nextcloud proofread`: what is wrong with a text. */
export const proofread = textCommand('proofread', 'Check the spelling and grammar of a text');

/** `/nextcloud ask`: the server's own language model, without a conversation. */
export const ask = taskCommand({
  name: 'ask',
  summary: 'Ask Nextcloud’s own language model',
  options: [usual.on, usual.private, usual.text],
  run: (call, desk) => short('ask', call, desk),
});

/** `/nextcloud transcribe`: a recording as text, which may go on into a summary. */
export const transcribe = taskCommand({
  name: 'transcribe',
  summary: 'Turn a recording or a voice message into text',
  options: [
    option('file', 'file', 'The recording; leave it out to use the message you reply to'),
    option('then', 'choice', 'What happens to the text', { choices: choicesOf({ summarize: 'Sum it up, too' }) }),
    usual.private,
  ],
  run: (call, desk) => short('transcribe', call, desk, { goOn: given(call, 'then') === 'summarize' }),
});

/** `/nextcloud image`: a picture from a description. */
export const image = taskCommand({
  name: 'image',
  summary: 'Make an image from a description',
  options: [option('count', 'integer', 'How many; one when left out'), usual.private, usual.text],
  async run(call, desk) {
    const count = Number(given(call, 'count') ?? 1);
    if (!call.filled && (count < 1 || count > 10)) return say('One to ten images can be made at once.');
    // More than one is refused by some providers without a word (our reference, nextcloud 6).
    return short('image', call, desk, {
      given: (keys) => (keys.has('numberOfImages') ? [['numberOfImages', { value: count }]] : []),
    });
  },
});

function textCommand(form: ShortForm, summary: string, shortcut: string | null = null): Command {
  return taskCommand({ name: form, summary, options: TEXTS, shortcut, run: (call, desk) => short(form, call, desk) });
}

/** Runs a short form; without anything to work on it asks with a form. */
async function short(
  form: ShortForm,
  call: Call,
  desk: Parameters<Command['run']>[1],
  more: {
    readonly goOn?: boolean;
    readonly given?: (keys: ReadonlySet<string>) => readonly (readonly [string, Given])[];
  } = {},
) {
  return withNextcloud(desk, async (nextcloud) => {
    if (call.filled) return sentIn(call, nextcloud, call.filled);
    const text = given(call, 'text') ?? '';
    const spoken = form === 'summarize' && onlySpoken(call, text) ? await typeOf(call, nextcloud, 'transcribe') : null;
    const type = spoken !== null && typeof spoken !== 'string' ? spoken : await typeOf(call, nextcloud, form);
    if (typeof type === 'string') return say(type);
    const goOn = more.goOn === true || type === spoken;
    const keys = new Set(type.input.map(({ key }) => key));
    const settled = new Map(more.given?.(keys) ?? []);
    const name = type === spoken ? 'transcribe and summarize' : goOn ? `${form} and summarize` : form;
    return order(call, desk, nextcloud, { type, name, about: shortly(text), given: settled, text, goOn });
  });
}

/** Nothing but a recording is there to be summed up. */
function onlySpoken({ target, files, options }: Call, text: string): boolean {
  const recordings = [...files, ...(target?.files ?? [])];
  const words = `${text}${target?.text ?? ''}`.trim();
  return words === '' && !options.has('on') && recordings.length > 0 && recordings.every((file) => fits('audio', file));
}
