import { nearest } from '../chat/nearest.ts';
import type { Prompt } from '../openwebui/prompt-rows.ts';

/** The prompt that somebody names: by its command, with or without slash and in any case, else by its id or its whole name. Pure. */
export function findPrompt(prompts: readonly Prompt[], typed: string): Prompt | null {
  const command = typed.trim().replace(/^\//, '');
  if (command === '') return null;
  const lower = command.toLowerCase();
  return (
    prompts.find((prompt) => prompt.command === command) ??
    prompts.find((prompt) => prompt.command.toLowerCase() === lower || prompt.id === command) ??
    prompts.find((prompt) => prompt.name.toLowerCase() === lower) ??
    null
  );
}

/** What is said where there is no such prompt: the names that come near. */
export function unknownPrompt(prompts: readonly Prompt[], typed: string): string {
  const near = nearest(
    typed.replace(/^\//, ''),
    prompts.map((prompt) => prompt.command),
  );
  const hint =
    near.length > 0
      ? `Did you mean ${near.map((name) => `\`${name}\``).join(' or ')}?`
      : '`/prompts list` shows those there are.';
  return `There is no prompt called “${typed.slice(0, 60)}” that I may use. ${hint}`;
}
