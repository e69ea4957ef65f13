import { userKey } from '../chat/places.ts';
import type { Desk } from './desk.ts';
import type { Call } from './registry.ts';

/** "Who can read this?", answered for the place where it is asked: a few plain sentences. */
export async function whoReads(call: Call, desk: Desk): Promise<string> {
  const sentences = [
    HERE[call.place.kind],
    await inOpenWebUI(call, desk),
    'Admins of Open WebUI may be able to read chats there, and your question goes to the model that answers, wherever that runs.',
    `I keep what was asked and answered for ${days(desk.keptDays)}; \`/forget\` deletes what I keep of you at once.`,
  ];
  if (call.place.kind !== 'direct')
    sentences.push('What only you should see, ask me in a direct message, or with `/ask private=yes`.');
  return sentences.join(' ');
}

const HERE = {
  direct: 'Here, only you read what I write.',
  private: 'Here, everybody in this closed group can read my answers, also those who join it later.',
  public: 'Here, everybody in the team can read my answers, also those who join it later.',
} as const;

async function inOpenWebUI(call: Call, desk: Desk): Promise<string> {
  const conversation = await desk.conversation(call.conversation);
  if (conversation?.chatId != null) return `${A_CHAT} ${whose(conversation.owner, call)}`;
  // Whoever may not ask at all, or not now, is told of that when they ask.
  const identity = await desk.linking.asking(call.author).catch(() => null);
  return `${A_CHAT} ${whose(identity?.owner ?? null, call)}`;
}

const A_CHAT = 'Each conversation is also a chat in Open WebUI,';

function whose(owner: string | null, call: Call): string {
  if (owner === null) return 'in the team’s account: whoever may use that account can read it.';
  if (owner === userKey(call.author.ref)) return 'in your own account: nobody else finds it there unless you share it.';
  return 'in the account of the person who began it: they can read everything in it.';
}

function days(count: number): string {
  return count === 1 ? '1 day' : `${count} days`;
}
