import { sharePrompt } from '../openwebui/prompts.ts';
import { command, given, option, say } from './command.ts';
import { promptOption, withPrompt } from './prompts-pick.ts';
import { grantWords } from './prompts-words.ts';
import { readShares } from './share-with.ts';

/** `/prompts share`: who may use a prompt. Left out, it tells and changes nothing; empty or `nobody`, only the owner may. */
export const share = command({
  name: 'share',
  summary: 'Who may use a prompt',
  options: [
    promptOption,
    option(
      'with',
      'rest',
      'Names of people and groups, separated by commas, or everyone; :write lets them change it; nobody ends it',
      { suggested: true },
    ),
  ],
  async run(call, desk) {
    const typed = given(call, 'with');
    return withPrompt(call, desk, typed === null ? 'read' : 'change', async ({ server, prompt }) => {
      if (typed === null) return say(`\`${prompt.command}\`: ${grantWords(prompt.grants)}`);
      const shares = await readShares(server, typed);
      if ('why' in shares) return say(`${shares.why} Nothing was changed.`);
      const shared = await sharePrompt(server, prompt.id, shares.grants);
      desk.prompts.changed(call.author, 'prompt shared', prompt.id);
      const kept = shared.grants.length >= shares.grants.length;
      const hint = kept ? '' : ' Open WebUI left some of it out: this account may not share that widely.';
      return say(`\`${prompt.command}\`: ${grantWords(shared.grants, shares.names)}${hint}`);
    });
  },
});
