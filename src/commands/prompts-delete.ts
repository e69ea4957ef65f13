import { problemOf } from '../chat/errors.ts';
import type { Prompt } from '../openwebui/prompt-rows.ts';
import { deletePrompt } from '../openwebui/prompts.ts';
import { command, given, option, say } from './command.ts';
import { findPrompt } from './prompt-names.ts';
import { anywhere, isUuid, promptOption, withPrompt } from './prompts-pick.ts';
import { inline } from './prompts-words.ts';

/** Prompts that are deleted at one go. */
const MOST = 50;

/** `/prompts delete`: deletes a prompt with its history. Asked twice. */
export const remove = command({
  name: 'delete',
  summary: 'Delete a prompt with all its versions',
  options: [promptOption],
  async run(call, desk) {
    return withPrompt(call, desk, 'change', async ({ server, prompt }) => {
      if (given(call, 'sure') === 'yes') {
        await deletePrompt(server, prompt.id);
        desk.prompts.changed(call.author, 'prompt deleted', prompt.id);
        return say(`\`${prompt.command}\` is deleted.`);
      }
      // Servers before 0.8 cannot switch one off.
      const off = isUuid(prompt.id) ? ` \`/prompts toggle ${prompt.command}\` only switches it off.` : '';
      const markdown = `Delete \`${prompt.command}\` (${inline(prompt.name)}) with all its versions, for good?${off}`;
      const options = { prompt: prompt.id, sure: 'yes' };
      return {
        do: 'say',
        body: { markdown, controls: null },
        next: [{ label: 'Delete it', style: 'danger', command: 'prompts delete', options }],
      };
    });
  },
});

/** `/prompts delete-many`: deletes several prompts, with a line for each; one that fails does not keep the others. Asked twice. */
export const removeMany = command({
  name: 'delete-many',
  summary: 'Delete several prompts',
  options: [option('prompts', 'rest', 'Their commands, separated by spaces', { required: true })],
  async run(call, desk) {
    const { server, readOnly } = await desk.account(call.author);
    if (readOnly !== null) return say(readOnly);
    const words = [...new Set((given(call, 'prompts') ?? '').split(/[\s,]+/).filter((word) => word !== ''))];
    if (words.length > MOST) return say(`Please name at most ${MOST} prompts at once; these are ${words.length}.`);
    const known = await desk.prompts.known(call.author);
    const found = new Map<string, Prompt>();
    const lines: string[] = [];
    for (const word of words) {
      const prompt = findPrompt(known, word) ?? (await anywhere(server, word));
      if (prompt) found.set(prompt.id, prompt);
      else lines.push(`- “${inline(word, 60)}”: there is no such prompt`);
    }
    const prompts = [...found.values()];
    if (given(call, 'sure') !== 'yes') {
      if (prompts.length === 0) return say(lines.join('\n') || 'There is nothing to delete.');
      const asked = prompts.map((prompt) => `- \`${prompt.command}\` ${inline(prompt.name)}`);
      const markdown = [
        `Delete these ${prompts.length} prompts with all their versions, for good?`,
        '',
        ...asked,
        ...lines,
      ];
      const options = { prompts: prompts.map(({ id }) => id).join(' '), sure: 'yes' };
      return {
        do: 'say',
        body: { markdown: markdown.join('\n'), controls: null },
        next: [{ label: `Delete ${prompts.length}`, style: 'danger', command: 'prompts delete-many', options }],
      };
    }
    for (const prompt of prompts) {
      try {
        await deletePrompt(server, prompt.id);
        desk.prompts.changed(call.author, 'prompt deleted', prompt.id);
        lines.push(`- \`${prompt.command}\`: deleted`);
      } catch (error) {
        lines.push(`- \`${prompt.command}\`: ${problemOf(error).say}`);
      }
    }
    return say(lines.join('\n'));
  },
});
