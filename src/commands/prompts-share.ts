import type { Grant } from '../openwebui/prompt-rows.ts';
import { sharePrompt } from '../openwebui/prompts.ts';
import { promptOption, withPrompt } from './prompts-pick.ts';
import { grantWords } from './prompts-words.ts';
import { given, option, say, subcommand } from './subcommand.ts';

/** `/prompts share`: who may use a prompt. Left out, it tells; empty or `nobody`, only the owner may. */
export const share = subcommand({
  name: 'share',
  summary: 'Who may use a prompt',
  options: [
    promptOption,
    option(
      'with',
      'rest',
      'everyone, user:<id>, group:<id>, each with :write to let them change it; nobody to end sharing',
    ),
  ],
  async run(call, desk) {
    const typed = given(call, 'with');
    return withPrompt(call, desk, typed === null ? 'read' : 'change', async ({ server, prompt }) => {
      if (typed === null) return say(`\`${prompt.command}\`: ${grantWords(prompt.grants)}`);
      const grants: Grant[] = [];
      for (const word of typed.split(/[\s,]+/).filter((one) => one !== '' && one !== 'nobody')) {
        const grant = readGrant(word);
        if (!grant)
          return say(
            `I do not understand “${word.slice(0, 60)}”. Write \`everyone\`, \`user:<id>\` or \`group:<id>\`, with \`:write\` after it to let them change the prompt.`,
          );
        grants.push(grant);
      }
      const shared = await sharePrompt(server, prompt.id, grants);
      desk.prompts.changed();
      const kept = shared.grants.length >= grants.length;
      const hint = kept ? '' : ' Open WebUI left some of it out: this account may not share that widely.';
      return say(`\`${prompt.command}\`: ${grantWords(shared.grants)}${hint}`);
    });
  },
});

function readGrant(word: string): Grant | null {
  const match = /^(?:(everyone)|(user|group):([^\s:]{1,200}))(:read|:write)?$/i.exec(word);
  if (!match) return null;
  const may = match[4]?.toLowerCase() === ':write' ? 'write' : 'read';
  if (match[1]) return { to: 'user', id: '*', may };
  return { to: match[2]?.toLowerCase() === 'group' ? 'group' : 'user', id: match[3] ?? '', may };
}
