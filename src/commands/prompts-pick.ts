import { problemOf } from '../chat/errors.ts';
import type { OpenWebUI } from '../openwebui/connection.ts';
import type { Prompt, PromptVersion } from '../openwebui/prompt-rows.ts';
import { pagePrompts, promptHistory, promptVersion, readPrompt, VERSIONS_PER_PAGE } from '../openwebui/prompts.ts';
import { given, option, say, wrong } from './command.ts';
import type { Desk } from './desk.ts';
import { findPrompt, unknownPrompt } from './prompt-names.ts';
import type { Call, Outcome } from './registry.ts';

/** The option that names a prompt, suggested while it is typed. */
export const promptOption = option('prompt', 'word', 'Which prompt', { required: true, suggested: true });
/** The option that names a version. */
export const entryOption = option('entry', 'word', 'Which version: the beginning of its id', { required: true });

/** A prompt that a command was told, and the server through the asker's account. */
export interface Picked {
  readonly server: OpenWebUI;
  readonly prompt: Prompt;
}

/** Does something with the prompt that the command names, switched off ones too, as it is on the server now; says so where there is none. */
export async function withPrompt(
  call: Call,
  desk: Desk,
  change: 'read' | 'change',
  act: (picked: Picked) => Promise<Outcome>,
): Promise<Outcome> {
  const { server, readOnly } = await desk.account(call.author);
  if (change === 'change' && readOnly !== null) return wrong(readOnly);
  const typed = given(call, 'prompt') ?? '';
  const known = await desk.prompts.known(call.author);
  const prompt = findPrompt(known, typed) ?? (await anywhere(server, typed));
  if (!prompt) return wrong(unknownPrompt(known, typed), 'prompt');
  return act({ server, prompt: await readPrompt(server, prompt.id) });
}

/** Among all prompts, those that are switched off too. */
export async function anywhere(server: OpenWebUI, typed: string): Promise<Prompt | null> {
  const command = typed.trim().replace(/^\//, '');
  if (isUuid(command)) return readPrompt(server, command).catch(noneIfMissing);
  const { items } = await pagePrompts(server, { query: command });
  return findPrompt(items, command);
}

/** Whether this is a whole id as servers since 0.8 give them. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

function noneIfMissing(error: unknown): null {
  if (problemOf(error).kind === 'missing') return null;
  throw error;
}

/** The version whose id begins with what was typed, or the live one for `live`. Null when there is none, or more than one. */
export async function findVersion({ server, prompt }: Picked, typed: string): Promise<PromptVersion | null> {
  const wanted = typed.trim().toLowerCase();
  if (wanted === 'live')
    return prompt.versionId === null
      ? ((await promptHistory(server, prompt.id))[0] ?? null)
      : promptVersion(server, prompt.id, prompt.versionId);
  if (wanted.length < 4) return null;
  // A prompt keeps about a hundred versions.
  for (let page = 0; page < 10; page++) {
    const versions = await promptHistory(server, prompt.id, page);
    const found = versions.filter((version) => version.id.toLowerCase().startsWith(wanted));
    if (found.length > 0) return found.length === 1 ? (found[0] ?? null) : null;
    if (versions.length < VERSIONS_PER_PAGE) return null;
  }
  return null;
}

/** What is said where a version is not found. */
export function unknownVersion(prompt: Prompt, typed: string): Outcome {
  return say(
    `No single version of \`${prompt.command}\` begins with “${typed.slice(0, 60)}”. \`/prompts history ${prompt.command}\` shows them.`,
  );
}
