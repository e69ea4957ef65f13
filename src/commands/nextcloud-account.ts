import { command, given, say } from './command.ts';
import { withNextcloud } from './nextcloud-pick.ts';
import type { Call } from './registry.ts';

/**
 * `/nextcloud connect`: one's own Nextcloud account, granted in the browser: nobody types a password into a chat. The buttons of the
 * question "Is that you?" run it with the options `answer` and `flow`, which nobody types.
 */
export const connect = command({
  name: 'connect',
  summary: 'Use your own Nextcloud account',
  run: (call, desk) =>
    withNextcloud(desk, async (nextcloud) => {
      const answer = given(call, 'answer');
      const flow = given(call, 'flow') ?? '';
      const account = answer === null ? null : await nextcloud.connected(call.author);
      // Since the question another may have been connected, and by somebody else who got hold of the link.
      if (account && account.flow !== flow) return say(ANOTHER);
      if (answer === 'yes') {
        if (!account || !(await nextcloud.confirm(call.author, flow)))
          return say('There is no account to confirm any more. `/nextcloud connect` gives you a new link.');
        return say(`Your tasks now run as **${account.name}**. \`/nextcloud disconnect\` takes that back.`);
      }
      if (answer === 'no') {
        if (!account || account.confirmed) return say('There is nothing left to take back.');
        const done = await nextcloud.disconnect(call.author, flow);
        return say(`I have let go of that account${done === 'left' ? LEFT : ' and deleted its app password'}.`);
      }
      if (nextcloud.linkingOff !== null) return say(nextcloud.linkingOff);
      const link = await nextcloud.connect(keyOf(call), call.author, call.place);
      return say(
        [
          `[Open this page](${link}), log in to Nextcloud and grant access to “Parley for ${call.author.name}”. The link is for you alone and works for 20 minutes; only the newest one counts.`,
          'Then I ask you whether it was the right account. Your password never comes to me, only one made for this, which you can delete in Nextcloud at any time.',
        ].join('\n\n'),
      );
    }),
});

/** `/nextcloud disconnect`: takes one's own account away, on the server too. */
export const disconnect = command({
  name: 'disconnect',
  summary: 'Use your own Nextcloud account no longer',
  run: (call, desk) =>
    withNextcloud(desk, async (nextcloud) => {
      const done = await nextcloud.disconnect(call.author);
      if (done === 'none')
        return say('You have not connected an account of your own. Your tasks run through the team’s.');
      return say(
        `Your Nextcloud account is disconnected${done === 'left' ? LEFT : ', and its app password is deleted'}.`,
      );
    }),
});

const ANOTHER =
  'That question was about another account than the one that is connected now. Look at the newest question, or begin anew with `/nextcloud connect`.';

const LEFT =
  '; its app password may still be there: delete it in Nextcloud under Settings, Security, Devices & sessions';

/** Each use begins one flow, however often it is told. */
function keyOf(call: Call): string {
  return call.trigger?.id ?? `${call.author.ref.id}:${crypto.randomUUID()}`;
}
