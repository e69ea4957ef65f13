import { nearest } from '../chat/nearest.ts';
import { isForbidden } from '../openwebui/tools.ts';
import { given, option, say, wrong } from './command.ts';
import type { Desk } from './desk.ts';
import { type Call, type Command, isPrivateUse, isYes } from './registry.ts';
import { pick, type Wishes } from './wishes.ts';

/** `/ask`: a question, where a mention is not at hand or something else than usual is wanted. Without text it opens a form. */
export const ask: Command = {
  name: 'ask',
  summary: 'Ask a question',
  options: [
    option('text', 'rest', 'What you want to know', { required: true }),
    option('model', 'word', 'Which model answers; leave it out for the usual one', { suggested: true }),
    option('private', 'toggle', 'Only you see the answer; you can share it afterwards'),
    option('tools', 'word', 'Tools of Open WebUI it may use, separated by commas', { suggested: true, several: true }),
    option('knowledge', 'word', 'Collections of files it searches, separated by commas', {
      suggested: true,
      several: true,
    }),
    option('web', 'toggle', 'Search the web first'),
    option('folder', 'word', 'Folder in Open WebUI that the chat is put in', { suggested: true }),
    option('temporary', 'toggle', 'Keep nothing of it in Open WebUI'),
    option('files', 'file', 'A file to ask about'),
  ],
  subcommands: [],
  private: false,
  shortcut: 'Ask about this',
  who: 'everyone',
  async run(call, desk) {
    const isPrivate = isPrivateUse(ask, call.options);
    if (isPrivate && call.trigger === null && call.place.kind !== 'direct') return say(NOT_BY_MESSAGE);
    const typed = given(call, 'text')?.trim() ?? '';
    const target = call.target;
    const text = target ? `${typed || 'What does this mean?'}\n\n${quoted(target.author.name, target.text)}` : typed;
    const model = await modelOf(call, desk);
    if (typeof model === 'object' && model !== null) return wrong(model.why, 'model');
    const wishes = await wishesOf(call, desk);
    if ('why' in wishes) return wrong(wishes.why, wishes.option);
    return { do: 'ask', text, model, announce: announce(call.author.name, typed), private: isPrivate, wishes };
  },
};

/** A message has no way back to one person alone. */
const NOT_BY_MESSAGE =
  'An answer that only you see needs the slash command: type `/ask private=yes …` where you write messages, or write to me privately.';
const NO_WEB = 'The account I ask with may not search the web in Open WebUI. Whoever runs it can allow that.';
const FOLDER_UNITS = 100;

async function modelOf(call: Call, desk: Desk): Promise<string | null | { readonly why: string }> {
  const wanted = given(call, 'model')?.trim() ?? '';
  if (wanted === '') return null;
  const models = await desk.models(call.author);
  const model = models.find((one) => one.id === wanted || one.name.toLowerCase() === wanted.toLowerCase());
  if (model) return model.id;
  const near = nearest(
    wanted,
    models.flatMap((one) => [one.id, one.name]),
  );
  const hint =
    near.length > 0
      ? `Did you mean ${near.map((name) => `\`${name}\``).join(' or ')}?`
      : '`/model` shows which there are.';
  return { why: `There is no model called “${wanted.slice(0, 60)}”. ${hint}` };
}

/** What was wished for, or a sentence about what cannot be had, and by which option. */
async function wishesOf(call: Call, desk: Desk): Promise<Wishes | { readonly why: string; readonly option: string }> {
  const [toolNames, knowledgeNames] = [given(call, 'tools') ?? '', given(call, 'knowledge') ?? ''];
  const tools = toolNames.trim() === '' ? [] : pick(toolNames, await desk.extras.tools(call.author), 'tool');
  if (typeof tools === 'string') return { why: tools, option: 'tools' };
  const knowledge =
    knowledgeNames.trim() === '' ? [] : pick(knowledgeNames, await desk.extras.knowledge(call.author), 'collection');
  if (typeof knowledge === 'string') return { why: knowledge, option: 'knowledge' };
  const web = isYes(call.options.get('web'));
  if (web && (await isForbidden((await desk.account(call.author)).server, 'web_search')))
    return { why: NO_WEB, option: 'web' };
  const folder = (given(call, 'folder') ?? '').replaceAll(/\s+/g, ' ').trim();
  if (folder.length > FOLDER_UNITS)
    return { why: `A folder’s name may have ${FOLDER_UNITS} characters.`, option: 'folder' };
  const temporary = isYes(call.options.get('temporary'));
  if (temporary && folder !== '')
    return { why: 'What is temporary is put in no folder. Leave out one of the two.', option: 'folder' };
  const named = ({ id, name }: { readonly id: string; readonly name: string }) => ({ id, name });
  return { tools: tools.map(named), knowledge: knowledge.map(named), web, folder: folder || null, temporary };
}

function announce(name: string, text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line
    ? `${name} asked: ${line.length > 150 ? `${line.slice(0, 149)}…` : line}`
    : `${name} asked about a message`;
}

function quoted(name: string, text: string): string {
  return [`${name} wrote:`, ...text.split('\n')].map((line) => `> ${line}`).join('\n');
}
