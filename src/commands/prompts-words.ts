import type { Grant, Prompt, PromptVersion } from '../openwebui/prompt-rows.ts';

/** UTF-16 units of a text that is shown whole. */
const WHOLE = 1_200;

/** A text in a fence that nothing in it can close; cut, and said so, when it is long. Pure. */
export function fenced(text: string, language = ''): string {
  const shown = text.length > WHOLE ? text.slice(0, WHOLE).toWellFormed() : text;
  const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  const rest = text.length - shown.length;
  const block = `${fence}${language}\n${shown}\n${fence}`;
  return rest === 0 ? block : `${block}\n… and ${rest.toLocaleString('en')} more characters.`;
}

/** Text that somebody else wrote within a line: on one line, not too long. */
export function inline(text: string, units = 80): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > units ? `${line.slice(0, units - 1).toWellFormed()}…` : line;
}

/** A day as it sorts, in UTC. */
function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** One line of a list of prompts. */
export function promptLine(prompt: Prompt): string {
  const notes = [
    prompt.name === prompt.command ? '' : inline(prompt.name),
    prompt.tags.length > 0 ? `(${inline(prompt.tags.join(', '), 60)})` : '',
    prompt.active ? '' : '*switched off*',
  ];
  return `- \`${prompt.command}\` ${notes.filter((note) => note !== '').join(' ')}`.trimEnd();
}

/** One line of a history. */
export function versionLine(version: PromptVersion, live: string | null): string {
  const by = version.authorName === null ? '' : ` by ${inline(version.authorName, 40)}`;
  const message = version.message === null ? '' : `: ${inline(version.message)}`;
  return `- \`${version.id.slice(0, 8)}\` ${dayOf(version.createdAt)}${by}${message}${version.id === live ? ' **(live)**' : ''}`;
}

/** Who may use a prompt besides its owner, in words; by `names` where an id's is known. */
export function grantWords(grants: readonly Grant[], names: ReadonlyMap<string, string> = new Map()): string {
  if (grants.length === 0) return 'Only its owner can use it.';
  const words = grants.map(({ to, id, may }) => {
    const name = names.get(id);
    const known = name === undefined ? `${to} \`${id}\`` : `${to === 'group' ? 'the group ' : ''}${inline(name)}`;
    const who = id === '*' ? 'everyone' : known;
    return may === 'write' ? `${who} (may change it)` : who;
  });
  return `Shared with ${words.join(', ')}.`;
}

/** Tags as people type them: parted by commas. */
export function readTags(text: string): string[] {
  const tags = text.split(',').map((tag) => tag.trim());
  return [...new Set(tags.filter((tag) => tag !== ''))];
}

/** Why a command's name cannot be used; null when it can. */
export function commandComplaint(command: string): string | null {
  if (command === '') return 'Please give it a name to call it by.';
  if (command.length > 100) return 'Please use at most 100 characters.';
  return /^[\p{L}\p{N}_-]+$/u.test(command) ? null : 'Please use letters, digits and hyphens only.';
}
