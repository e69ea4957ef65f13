import type { PromptVersion } from '../openwebui/prompt-rows.ts';
import {
  deletePromptVersion,
  promptHistory,
  promptVersion,
  setPromptVersion,
  VERSIONS_PER_PAGE,
} from '../openwebui/prompts.ts';
import { diffLines } from '../prompts/diff.ts';
import { command, given, option, say } from './command.ts';
import {
  entryOption,
  findVersion,
  isUuid,
  type Picked,
  promptOption,
  unknownVersion,
  withPrompt,
} from './prompts-pick.ts';
import { fenced, inline, versionLine } from './prompts-words.ts';
import type { Next, Outcome } from './registry.ts';

/** `/prompts history`: a prompt's versions, newest first. */
export const history = command({
  name: 'history',
  summary: 'The versions of a prompt',
  options: [promptOption, option('page', 'integer', 'Which page')],
  async run(call, desk) {
    return withPrompt(call, desk, 'read', async ({ server, prompt }) => {
      const page = Math.max(1, Number(given(call, 'page') ?? 1));
      const versions = await promptHistory(server, prompt.id, page - 1);
      if (versions.length === 0)
        return say(page === 1 ? `\`${prompt.command}\` has no versions yet.` : 'There are no older versions.');
      const lines = versions.map((version) => versionLine(version, prompt.versionId));
      const markdown = [`Versions of \`${prompt.command}\`, newest first:`, '', ...lines].join('\n');
      const next: Next[] = [];
      const turn = (label: string, to: number) =>
        next.push({
          label,
          style: 'plain',
          command: 'prompts history',
          options: { prompt: prompt.id, page: String(to) },
          instead: true,
        });
      if (page > 1) turn('Newer', page - 1);
      if (versions.length === VERSIONS_PER_PAGE) turn('Older', page + 1);
      return { do: 'say', body: { markdown, controls: null }, next };
    });
  },
});

/** `/prompts entry`: one version. */
export const entry = command({
  name: 'entry',
  summary: 'One version of a prompt',
  options: [promptOption, entryOption],
  async run(call, desk) {
    return withPrompt(call, desk, 'read', (picked) =>
      withVersion(picked, given(call, 'entry') ?? '', async (version) => ({
        do: 'say',
        body: {
          markdown: `${versionLine(version, picked.prompt.versionId).slice(2)}\n\n**${inline(version.name)}**\n\n${fenced(version.content)}`,
          controls: null,
        },
        next: [
          {
            label: 'What changed',
            style: 'plain',
            command: 'prompts diff',
            options: { prompt: picked.prompt.id, to: version.id },
          },
          {
            label: 'Bring it back',
            style: 'plain',
            command: 'prompts version',
            options: { prompt: picked.prompt.id, entry: version.id },
          },
        ],
      })),
    );
  },
});

/** `/prompts delete-entry`: takes one version out of the history. Asked twice. */
export const deleteEntry = command({
  name: 'delete-entry',
  summary: 'Delete one version of a prompt',
  options: [promptOption, entryOption],
  async run(call, desk) {
    return withPrompt(call, desk, 'change', (picked) =>
      withVersion(picked, given(call, 'entry') ?? '', async (version) => {
        const { server, prompt } = picked;
        if (version.id === prompt.versionId) return say(liveWords(prompt.command));
        if (given(call, 'sure') === 'yes') {
          await deletePromptVersion(server, prompt.id, version.id);
          desk.audit(call.author, 'prompt deleted', prompt.id);
          return say(`Version \`${version.id.slice(0, 8)}\` of \`${prompt.command}\` is deleted.`);
        }
        return {
          do: 'say',
          body: {
            markdown: `Delete this version of \`${prompt.command}\` for good?\n${versionLine(version, prompt.versionId)}`,
            controls: null,
          },
          next: [
            {
              label: 'Delete it',
              style: 'danger',
              command: 'prompts delete-entry',
              options: { prompt: prompt.id, entry: version.id, sure: 'yes' },
            },
          ],
        };
      }),
    );
  },
});

/** `/prompts diff`: what changed between two versions; without any, between the live one and the one before it. */
export const diff = command({
  name: 'diff',
  summary: 'What changed between two versions of a prompt',
  options: [
    promptOption,
    option('from', 'word', 'The older version; leave it out for the one before'),
    option('to', 'word', 'The newer version; leave it out for the live one'),
  ],
  async run(call, desk) {
    return withPrompt(call, desk, 'read', async (picked) => {
      const newer = given(call, 'to') ?? 'live';
      return withVersion(picked, newer, async (to) => {
        const older = given(call, 'from') ?? to.parentId;
        if (older === null) return say('That is the first version: there is nothing to compare it with.');
        return withVersion(picked, older, async (from) => say(differences(from, to)));
      });
    });
  },
});

/** `/prompts version`: puts the text of an earlier version back. */
export const version = command({
  name: 'version',
  summary: 'Bring back an earlier version of a prompt',
  options: [promptOption, entryOption],
  async run(call, desk) {
    return withPrompt(call, desk, 'change', (picked) =>
      withVersion(picked, given(call, 'entry') ?? '', async (wanted) => {
        const { server, prompt } = picked;
        await setPromptVersion(server, prompt.id, wanted.id);
        desk.prompts.changed(call.author, 'prompt changed', prompt.id);
        return say(`\`${prompt.command}\` is as it was in version \`${wanted.id.slice(0, 8)}\` again.`);
      }),
    );
  },
});

function liveWords(command: string): string {
  return `That version is the live one and cannot be deleted. Bring another back first: \`/prompts version ${command} …\`.`;
}

async function withVersion(
  picked: Picked,
  typed: string,
  act: (version: PromptVersion) => Promise<Outcome>,
): Promise<Outcome> {
  const found = isUuid(typed)
    ? await promptVersion(picked.server, picked.prompt.id, typed)
    : await findVersion(picked, typed);
  return found ? act(found) : unknownVersion(picked.prompt, typed);
}

function differences(from: PromptVersion, to: PromptVersion): string {
  const head = `From \`${from.id.slice(0, 8)}\` to \`${to.id.slice(0, 8)}\``;
  const notes: string[] = [];
  if (from.name !== to.name) notes.push(`name: ${inline(from.name)} → ${inline(to.name)}`);
  if (from.command !== to.command) notes.push(`command: \`${from.command}\` → \`${to.command}\``);
  if (from.tags.join(', ') !== to.tags.join(', '))
    notes.push(`tags: ${inline(from.tags.join(', ')) || 'none'} → ${inline(to.tags.join(', ')) || 'none'}`);
  const lines = diffLines(from.content, to.content);
  if (lines.length === 0) notes.push(notes.length === 0 ? 'nothing differs' : 'the text is the same');
  const said = notes.length > 0 ? `${head}: ${notes.join('; ')}.` : `${head}:`;
  return lines.length === 0 ? said : `${said}\n\n${fenced(lines.join('\n'), 'diff')}`;
}
