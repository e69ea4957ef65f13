import { asTexts } from '../../openwebui/json.ts';
import { Made, type Task } from '../book.ts';
import { type Files, nameOf } from '../files.ts';
import type { Outcome } from '../worker.ts';
import { picture } from './picture.ts';
import { melody } from './sound.ts';
import { translation } from './translation.ts';
import * as words from './words.ts';

/** Pictures of one task; more is refused, as providers do. */
const mostPictures = 4;

/**
 * The toys behind the task types. They do what can be done without a language model, and say so where they cannot.
 * An input that begins with `fail:` fails without a reason, `userfail:` with the words after it as the reason.
 */
export function demoProvider(task: Task, files: Files): Outcome {
  const text = String(task.input.input ?? '');
  const reason = /^userfail:([\s\S]*)$/.exec(text)?.[1];
  if (reason !== undefined) return { failed: true, reason };
  if (text.startsWith('fail:')) return { failed: true, reason: null };
  return answers[task.type]?.(text.replace(/^slow:\d+\s*/, ''), task, files) ?? { failed: true, reason: null };
}

const says = (output: string): Outcome => ({ output: { output } });

const answers: Record<string, (text: string, task: Task, files: Files) => Outcome> = {
  'core:text2text': (text, task) => says(words.limited(words.reply(text), Number(task.input.max_tokens))),
  'core:text2text:topics': (text) => says(words.topics(text)),
  'core:text2text:headline': (text) => says(words.headline(text)),
  'core:text2text:summary': (text, task) => says(words.limited(words.summary(text), Number(task.input.max_tokens))),
  'core:text2text:chat': (text, task) => says(words.chat(text, asTexts(task.input.history).length)),
  'core:text2text:chatwithtools': (text) => ({ output: { output: words.chat(text, 0), tool_calls: '[]' } }),
  'core:text2text:translate': (text, task) => says(translation(text, String(task.input.target_language))),
  'core:text2text:reformulation': (text) => says(words.reformulated(text)),
  'core:text2text:changetone': (text, task) => says(words.toned(text, String(task.input.tone))),
  'core:text2text:proofread': (text) => says(words.proofread(text)),
  'core:contextwrite': (_, task) =>
    says(words.inStyle(String(task.input.style_input), String(task.input.source_input))),
  'core:audio2text'(_, task, files) {
    const file = files.get(Number(task.input.input));
    if (file === null) return { failed: true, reason: null };
    const facts = `${file.bytes.length.toLocaleString('en')} bytes, ${file.type}`;
    return says(
      `[Transcript by the stand-in, which cannot hear] The recording “${nameOf(file.path)}” arrived (${facts}). A real server would write here what is said in it.`,
    );
  },
  'core:analyze-images'(text, task, files) {
    const ids = Array.isArray(task.input.images) ? task.input.images.map(Number) : [];
    const lines = ids.map((id) => {
      const file = files.get(id);
      return file === null ? `- file ${id}: gone` : `- ${nameOf(file.path)}: ${file.type}, ${file.bytes.length} bytes`;
    });
    return says(`You asked “${text}”. I am a stand-in and cannot see, but this arrived:\n\n${lines.join('\n')}`);
  },
  'core:text2image'(text, task) {
    const count = Math.floor(Number(task.input.numberOfImages));
    if (count < 1 || count > mostPictures) {
      return { failed: true, reason: `This provider makes 1 to ${mostPictures} pictures at a time.` };
    }
    const [, width = '256', height = '256'] = /^(\d{2,4})x(\d{2,4})$/.exec(String(task.input.size ?? '')) ?? [];
    const images = Array.from(
      { length: count },
      (_, at) =>
        new Made(picture(`${text} ${at}`, Math.min(Number(width), 512), Math.min(Number(height), 512)), 'image/png'),
    );
    return { output: { images } };
  },
  'core:text2speech': (text) => ({ output: { speech: new Made(melody(text), 'audio/wav') } }),
};
