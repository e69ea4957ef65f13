import { command, given, say } from './command.ts';
import type { Desk } from './desk.ts';
import type { Call, Next, Outcome } from './registry.ts';

/** What the buttons stand for. Nobody types these: each step is asked for by the one before it. */
type Step = 'me' | 'chats' | 'me-and-chats';

/** `/forget`: deletes what Parley keeps of a person, asked twice; with a question of its own, their chats in Open WebUI too. */
export const forget = command({
  name: 'forget',
  summary: 'Delete everything I keep of you',
  async run(call, desk) {
    switch (given(call, 'step')) {
      case 'me':
        return say(await forgotten(call, desk));
      case 'chats':
        return askForChats(call, desk);
      case 'me-and-chats': {
        // First of all, since the key that can delete them is forgotten with the rest.
        const { deleted, failed } = await desk.forgetting.chats(call.author);
        const done = deleted === 1 ? '1 chat is deleted in Open WebUI' : `${deleted} chats are deleted in Open WebUI`;
        const left =
          failed === 0 ? '.' : `, ${failed} could not be: delete ${failed === 1 ? 'it' : 'them'} there yourself.`;
        return say(`${done}${left}\n\n${await forgotten(call, desk)}`);
      }
      default:
        return askFirst(call, desk);
    }
  },
});

async function askFirst(call: Call, desk: Desk): Promise<Outcome> {
  const { questions, chats } = await desk.forgetting.found(call.author);
  const asked =
    questions === 0 ? 'what you asked me' : `your ${questions === 1 ? 'question' : `${questions} questions`}`;
  const markdown = [
    `Shall I forget you? I then delete what I keep of you: ${asked}, with the answers, open forms, your choices, the conversations that only you had with me, and your links to Open WebUI and Nextcloud. What I am still answering is stopped. This cannot be undone.`,
    '',
    `${MESSAGES_STAY} Your chats in Open WebUI stay as well, unless you choose otherwise.`,
  ].join('\n');
  const next = [button('Yes, forget me', 'me', 'danger')];
  if (chats > 0) next.push(button('Forget me and my chats…', 'chats', 'plain'));
  return { do: 'say', body: { markdown, controls: null }, next };
}

async function askForChats(call: Call, desk: Desk): Promise<Outcome> {
  const { chats } = await desk.forgetting.found(call.author);
  const these = chats === 1 ? 'the 1 chat' : `the ${chats} chats`;
  const markdown = [
    `Delete ${these} in Open WebUI that you made through me and that I still know of, and then forget you? Nobody can bring them back.`,
    '',
    'These are the chats in your own account, with what others wrote in those conversations, and those in the team’s account that nobody but you could write in. Chats of channels in the team’s account stay, since others’ words stand in them.',
  ].join('\n');
  const next = [
    button(`Delete ${chats === 1 ? 'it' : `all ${chats}`} and forget me`, 'me-and-chats', 'danger'),
    button('Only forget me', 'me', 'plain'),
  ];
  return { do: 'say', body: { markdown, controls: null }, next };
}

async function forgotten(call: Call, desk: Desk): Promise<string> {
  const { left, unlinked, nextcloud } = await desk.forgetting.person(call.author);
  const lines = ['I have forgotten you.'];
  if (left > 0) lines.push('Something of yours is just ending; it is deleted within the hour.');
  if (unlinked)
    lines.push(
      'The API key you linked is deleted here; in Open WebUI you can delete it too: Settings, Account, API keys.',
    );
  if (nextcloud === 'revoked') lines.push('Your Nextcloud app password is deleted, there too.');
  if (nextcloud === 'left')
    lines.push(
      'Your Nextcloud app password is deleted here, but Nextcloud could not be told: delete it there under Settings, Security.',
    );
  return [...lines, MESSAGES_STAY].join(' ');
}

const MESSAGES_STAY =
  'Messages that stand in the conversations here stay, mine too: I cannot take back what others have read. You can delete yours where they stand, and with a question goes its answer.';

function button(label: string, step: Step, style: Next['style']): Next {
  return { label, style, command: 'forget', options: { step }, instead: true };
}
