import * as z from 'zod';
import { problemOf } from '../chat/errors.ts';
import { type FormValue, field } from '../chat/forms.ts';
import type { OpenWebUI } from '../openwebui/connection.ts';
import { grantBody, type Prompt, promptRow } from '../openwebui/prompt-rows.ts';
import { createPrompt, pagePrompts, updatePrompt } from '../openwebui/prompts.ts';
import { choicesOf, command, given, option, say } from './command.ts';
import { filterOf, textsOf } from './prompts-find.ts';
import { anywhere } from './prompts-pick.ts';
import { commandComplaint, inline } from './prompts-words.ts';
import type { Outcome } from './registry.ts';

/** Bytes of a file of prompts. */
const FILE_BYTES = 5_000_000;
/** Prompts in one file, in and out. */
const MOST = 500;
/** Lines of a report that are shown. */
const REPORTED = 30;

const file = z.array(z.unknown());

/** What becomes of prompts that are there already. */
const existing = option('existing', 'choice', 'What becomes of prompts that are there already', {
  choices: choicesOf({ keep: 'Leave them', replace: 'Put the new text in' }),
});

/** `/prompts import`: makes prompts of an attached file, each for itself: one that fails does not keep the others. */
export const importMany = command({
  name: 'import',
  summary: 'Make prompts of an attached JSON file',
  options: [option('file', 'file', 'A file as `/prompts export` or Open WebUI writes it'), existing],
  async run(call, desk) {
    const { server, readOnly } = await desk.account(call.author);
    if (readOnly !== null) return say(readOnly);
    const [attached] = call.files;
    const wanted = call.filled?.values.get(existing.name) ?? given(call, existing.name);
    if (!attached) return fileForm(call.filled !== null, wanted ?? 'keep');
    const { bytes } = await desk.download(attached, FILE_BYTES);
    const entries = readEntries(new TextDecoder().decode(bytes));
    if (typeof entries === 'string') return say(entries);
    const lines: string[] = [];
    let made = 0;
    for (const [index, entry] of entries.entries()) {
      const line = await take(server, entry, index, wanted === 'replace');
      if (line.ok) made += 1;
      lines.push(`- ${line.words}`);
    }
    desk.prompts.changed(call.author, 'prompt made', null, made);
    const more = lines.length > REPORTED ? [`- and ${lines.length - REPORTED} more`] : [];
    return say([`${made} of ${entries.length} prompts are in.`, '', ...lines.slice(0, REPORTED), ...more].join('\n'));
  },
});

/** `/prompts export`: a file with the prompts that fit, for the asker alone. Where no file can reach them alone, it asks first. */
export const exportMany = command({
  name: 'export',
  summary: 'Get a file with prompts',
  options: [option('tag', 'word', 'Only those with this tag'), option('query', 'rest', 'Only those that hold this')],
  async run(call, desk) {
    const { server } = await desk.account(call.author);
    const prompts = await all(server, filterOf(call));
    if (prompts.length === 0) return say('No prompt fits.');
    const rows = prompts.map(({ command, name, content, tags, grants }) => ({
      command,
      name,
      content,
      tags,
      access_grants: grantBody(grants),
    }));
    const bytes = new TextEncoder().encode(`${JSON.stringify(rows, null, 2)}\n`);
    const upload = { name: 'prompts.json', type: 'application/json', bytes, alt: null };
    const key = call.trigger?.id ?? `export:${desk.now()}`;
    const many = prompts.length === 1 ? '1 prompt' : `${prompts.length} prompts`;
    const cut = prompts.length === MOST ? ` There may be more than ${MOST}: narrow it with a tag or a word.` : '';
    const isAre = prompts.length === 1 ? 'is' : 'are';
    if (call.place.kind === 'direct' || given(call, 'public') === 'yes') {
      const posted = await desk.post(call.place, upload, key);
      if (posted.done) desk.audit(call.author, 'prompts exported', null, prompts.length);
      return say(posted.done ? `Here ${isAre} ${many}.${cut}` : posted.why);
    }
    const handed = await desk.hand(call.author, call.place, upload, key, call.trigger);
    if (handed !== 'impossible') desk.audit(call.author, 'prompts exported', null, prompts.length);
    if (handed === 'ephemeral') return say(`Here ${isAre} ${many}; only you see the file.${cut}`);
    if (handed === 'private') return say(`I sent you a file with ${many} in a direct message.${cut}`);
    const options = { ...textsOf(call), public: 'yes' };
    return {
      do: 'say',
      body: {
        markdown: `I cannot give you a file here that only you see. Shall I post it for everybody who can read this place? It holds ${many}.`,
        controls: null,
      },
      next: [{ label: 'Post it for everybody', style: 'danger', command: 'prompts export', options }],
    };
  },
});

/** Where a file cannot be attached to the command itself, a form takes it. */
function fileForm(again: boolean, wanted: FormValue): Outcome {
  const attached = field({
    name: 'file',
    type: 'file',
    label: 'File with prompts',
    hint: 'JSON, as `/prompts export` or Open WebUI writes it',
    required: true,
    maxLength: null,
  });
  const { name, summary, choices } = existing;
  const kept = field({ name, type: 'choice', label: 'Existing', hint: summary, choices, initial: wanted });
  const errors = new Map(again ? [['file', 'Please attach the file.']] : []);
  return {
    do: 'form',
    form: { title: 'Import prompts', intro: null, submit: 'Import', fields: [attached, kept], errors, note: '{}' },
  };
}

async function all(server: OpenWebUI, filter: Parameters<typeof pagePrompts>[1]): Promise<Prompt[]> {
  const found = new Map<string, Prompt>();
  for (let page = 1; ; page++) {
    const { items, total } = await pagePrompts(server, { ...filter, page });
    for (const prompt of items) found.set(prompt.id, prompt);
    if (items.length === 0 || found.size >= Math.min(total, MOST)) return [...found.values()].slice(0, MOST);
  }
}

function readEntries(text: string): readonly unknown[] | string {
  try {
    const list = file.safeParse(JSON.parse(text.replace(/^\uFEFF/, '')));
    if (!list.success) return 'That file is JSON, but not a list of prompts.';
    if (list.data.length > MOST) return `That file has ${list.data.length} prompts; I take at most ${MOST} at once.`;
    return list.data.length === 0 ? 'That file has no prompts in it.' : list.data;
  } catch (error) {
    if (error instanceof SyntaxError) return `That file is not JSON: ${inline(error.message, 120)}`;
    throw error;
  }
}

/** One entry of a file. Who may use a prompt is not taken over: people and groups have other ids on every server. */
async function take(
  server: OpenWebUI,
  entry: unknown,
  index: number,
  replace: boolean,
): Promise<{ readonly ok: boolean; readonly words: string }> {
  const row = promptRow.safeParse(entry);
  if (!row.success) return { ok: false, words: `entry ${index + 1}: it is not a prompt` };
  const { command, name, content, tags } = row.data;
  const called = `\`${inline(command, 60).replaceAll('`', "'")}\``;
  const complaint = content.trim() === '' ? 'Its text is empty.' : commandComplaint(command);
  if (complaint) return { ok: false, words: `${called}: ${complaint}` };
  const draft = { command, name, content, tags: tags.length > 0 ? tags : undefined };
  try {
    const there = replace ? await anywhere(server, command) : null;
    if (there?.command === command) {
      await updatePrompt(server, there.id, draft);
      return { ok: true, words: `${called}: its text is replaced` };
    }
    await createPrompt(server, draft);
    return { ok: true, words: `${called}: made` };
  } catch (error) {
    return { ok: false, words: `${called}: ${problemOf(error).say}` };
  }
}
