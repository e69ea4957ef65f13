import type { Identity } from '../accounts/accounts.ts';
import type { Problem } from '../chat/errors.ts';
import { Failure, problemOf } from '../chat/errors.ts';
import type { Person } from '../chat/messages.ts';
import type { Question } from './question.ts';

/** The person whose account asks: who wanted this answer, which need not be who wrote the question. */
export function whoAsks(question: Question): Person {
  return question.regeneratedBy ?? question.asker;
}

/**
 * Whether both act through the same account of the server, so that nothing of one has to be kept from the other. One person's
 * account may be linked on two platforms. What the service account does for somebody is never theirs.
 */
export function sameAccount(one: Identity, other: Identity): boolean {
  if (one.owner === other.owner) return true;
  return one.owner !== null && other.owner !== null && one.account !== null && one.account.id === other.account?.id;
}

/** Whether a person's account can do nothing for now: its key was refused or taken away. Never so of the service account. */
export function isAway(identity: Pick<Identity, 'owner'>, problem: Problem): boolean {
  return identity.owner !== null && (problem.kind === 'unauthorized' || problem.kind === 'forbidden');
}

/** What waits because the owner of a chat has no account that could be used. */
export const OWNER_AWAY: Problem = {
  kind: 'unauthorized',
  retry: { when: 'later' },
  say: 'The account that this conversation belongs to in Open WebUI cannot be used right now.',
  detail: 'the owner’s account is not linked, or its key was refused',
};

/**
 * Does something with the asker's own account. A refused key is told in words that name who has to act and may stand where
 * others read; nobody else's account is used in its place. `own: false`: the key was the team's, and its problem is told as it is.
 */
export async function asAsker<Result>(question: Question, own: boolean, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const problem = problemOf(error);
    if (!own || problem.kind !== 'unauthorized' || !othersRead(question)) throw error;
    const { name } = whoAsks(question);
    const say = `I can answer ${name} once their own account in Open WebUI is linked. ${name}, use \`/link\`, then press Retry.`;
    throw new Failure({ ...problem, say }, { cause: error });
  }
}

function othersRead(question: Question): boolean {
  return !question.private && question.conversation.kind !== 'direct';
}
