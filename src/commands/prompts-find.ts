import type { OpenWebUI } from '../openwebui/connection.ts';
import type { Prompt } from '../openwebui/prompt-rows.ts';
import { PROMPTS_PER_PAGE, type PromptFilter, pagePrompts, promptTags } from '../openwebui/prompts.ts';
import { variablesOfContent } from '../prompts/expand.ts';
import { fieldWords, isRequired } from '../prompts/fields.ts';
import { systemVariables } from '../prompts/system-variables.ts';
import { choicesOf, command, given, option, say } from './command.ts';
import { promptOption, withPrompt } from './prompts-pick.ts';
import { fenced, grantWords, inline, promptLine } from './prompts-words.ts';
import type { Call, Next, Outcome } from './registry.ts';

/** Prompts on one page here: half of one of the server's. */
const SHOWN = PROMPTS_PER_PAGE / 2;
/** Fields that are named in full. */
const SHOWN_FIELDS = 20;
/** UTF-16 units around a found word. */
const AROUND = 50;

const filterOptions = [
  option('tag', 'word', 'Only those with this tag'),
  option('view', 'choice', 'Whose', { choices: choicesOf({ created: 'My own', shared: 'Shared with me' }) }),
  option('order', 'choice', 'In which order', {
    choices: choicesOf({ name: 'By name', created: 'Newest first', updated: 'Last changed first' }),
  }),
  option('page', 'integer', 'Which page'),
];

/** `/prompts list`: the prompts there are, page by page. */
export const list = command({
  name: 'list',
  summary: 'The prompts there are',
  options: [...filterOptions, option('query', 'rest', 'A word in name, command or text')],
  async run(call, desk) {
    const { server } = await desk.account(call.author);
    return page(server, call, 'prompts list', promptLine);
  },
});

/** `/prompts search`: the prompts that hold a word, with where it stands. */
export const search = command({
  name: 'search',
  summary: 'Find prompts by what stands in them',
  options: [...filterOptions, option('query', 'rest', 'What to look for', { required: true })],
  async run(call, desk) {
    const { server } = await desk.account(call.author);
    const wanted = given(call, 'query') ?? '';
    return page(server, call, 'prompts search', (prompt) => `${promptLine(prompt)}${whereIn(prompt, wanted)}`);
  },
});

/** `/prompts tags`: all tags. */
export const tags = command({
  name: 'tags',
  summary: 'The tags prompts have',
  async run(call, desk) {
    const { server } = await desk.account(call.author);
    const found = await promptTags(server);
    if (found.length === 0) return say('No prompt has a tag yet.');
    return say(`Tags: ${found.map((tag) => `\`${inline(tag, 40)}\``).join(', ')}`);
  },
});

/** `/prompts show`: one prompt, with what it asks for. */
export const show = command({
  name: 'show',
  summary: 'One prompt and what it asks for',
  options: [promptOption],
  async run(call, desk) {
    return withPrompt(call, desk, 'read', async ({ prompt }) => {
      const system = systemVariables(await desk.profile(call.author), desk.zone(call.author), desk.now());
      const variables = variablesOfContent(prompt.content);
      // A definition with a system variable's name is a field all the same: only the bare name is filled in by itself.
      const isSystem = (name: string) => system.has(name) && prompt.content.includes(`{{${name}}}`);
      const own = variables.filter(({ name }) => isSystem(name)).map(({ name }) => `\`${name}\``);
      const asked = variables
        .filter(({ name }) => !isSystem(name))
        .map(
          (variable) =>
            `- \`${inline(variable.name, 60)}\` ${fieldWords(variable)}${isRequired(variable) ? ', must be filled in' : ''}`,
        );
      const more = asked.length > SHOWN_FIELDS ? [`- and ${asked.length - SHOWN_FIELDS} more`] : [];
      const markdown = [
        `**${inline(prompt.name)}** \`${prompt.command}\`${prompt.active ? '' : ' *switched off*'}`,
        [
          prompt.ownerName === null ? '' : `By ${inline(prompt.ownerName, 40)}.`,
          prompt.tags.length > 0 ? `Tags: ${inline(prompt.tags.join(', '), 200)}.` : '',
          grantWords(prompt.grants),
        ]
          .filter((part) => part !== '')
          .join(' '),
        fenced(prompt.content),
        asked.length > 0
          ? `It asks for:\n${[...asked.slice(0, SHOWN_FIELDS), ...more].join('\n')}`
          : 'It asks for nothing.',
        own.length > 0 ? `Filled in by itself: ${own.join(', ')}.` : '',
      ]
        .filter((block) => block !== '')
        .join('\n\n');
      const next: Next[] = [
        { label: 'Run it', style: 'primary', command: 'prompt', options: { prompt: prompt.command } },
        { label: 'History', style: 'plain', command: 'prompts history', options: { prompt: prompt.id } },
      ];
      return { do: 'say', body: { markdown, controls: null }, next: prompt.active ? next : next.slice(1) };
    });
  },
});

async function page(
  server: OpenWebUI,
  call: Call,
  command: string,
  line: (prompt: Prompt) => string,
): Promise<Outcome> {
  const number = Math.max(1, Number(given(call, 'page') ?? 1));
  const { items, total } = await pagePrompts(server, { ...filterOf(call), page: Math.floor((number - 1) / 2) + 1 });
  const from = (number - 1) * SHOWN;
  const shown = items.slice((number - 1) % 2 === 0 ? 0 : SHOWN).slice(0, SHOWN);
  if (shown.length === 0)
    return say(total === 0 ? noneWords(call) : `There is no page ${number} of these ${total} prompts.`);
  const head = `Prompts ${from + 1}–${from + shown.length} of ${total}. Run one with \`/prompt <name>\`.`;
  const next: Next[] = [];
  const turn = (label: string, to: number) =>
    next.push({ label, style: 'plain', command, options: { ...textsOf(call), page: String(to) }, instead: true });
  if (number > 1) turn('Previous', number - 1);
  if (from + shown.length < total) turn('Next', number + 1);
  return { do: 'say', body: { markdown: [head, '', ...shown.map(line)].join('\n'), controls: null }, next };
}

function noneWords(call: Call): string {
  const { order: _order, ...filter } = filterOf(call);
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  return isFiltered ? 'No prompt fits.' : 'There are no prompts yet. `/prompts create` makes one.';
}

/** What the options of a list ask the server for. */
export function filterOf(call: Call): PromptFilter {
  const view = given(call, 'view');
  const order = given(call, 'order');
  return {
    query: given(call, 'query')?.trim() || undefined,
    tag: given(call, 'tag') || undefined,
    view: view === 'created' || view === 'shared' ? view : undefined,
    order:
      order === 'name' ? 'name' : order === 'created' ? 'created_at' : order === 'updated' ? 'updated_at' : undefined,
  };
}

/** The options of a call that are texts, to be asked for again by a button. */
export function textsOf(call: Call): Record<string, string> {
  const texts = [...call.options].filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(texts);
}

function whereIn({ content }: Prompt, wanted: string): string {
  const at = content.toLowerCase().indexOf(wanted.trim().toLowerCase());
  if (at === -1) return '';
  const from = Math.max(0, at - AROUND);
  const piece = inline(content.slice(from, at + wanted.length + AROUND).toWellFormed(), 200).replaceAll('`', "'");
  return `\n  \`${from > 0 ? '…' : ''}${piece}…\``;
}
