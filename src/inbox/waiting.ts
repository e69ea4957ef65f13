import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Accounts } from '../accounts/accounts.ts';
import type { Clock } from '../chat/clock.ts';
import type { Person } from '../chat/messages.ts';
import { userKey } from '../chat/places.ts';
import type { Next } from '../commands/registry.ts';
import type { FormSessions } from '../store/port.ts';
import type { Vault } from '../store/vault.ts';
import { whoAsks } from '../turn/credentials.ts';
import { decodeQuestion, encodeQuestion, type Question } from '../turn/question.ts';
import type { Questions } from './questions.ts';

/** Questions of people who have to link an account first: kept an hour, also over a restart, and asked once they have. */
export interface Waiting {
  /** The questions' door with this check before it: who has to link first is told so, and the question waits. */
  readonly questions: Questions;
  /** Asks what waited for this person; how many questions these were. */
  release(person: Person): Promise<number>;
}

/** The button under the words. */
export const LINK: Next = { label: 'Link my account', style: 'primary', command: 'link', options: {} };

const KEPT_MS = 3_600_000;
/** Questions of one person that wait; the oldest goes. */
const MOST = 5;

const rows = z.array(
  z.object({ key: z.string(), payload: z.string(), queue: z.string().nullable(), until: z.number() }),
);
type Row = z.infer<typeof rows>[number];

/** See {@link Waiting}. */
export function createWaiting(rooms: {
  questions: Questions;
  accounts: Accounts;
  forms: FormSessions;
  vault: Vault;
  clock: Clock;
}): Waiting {
  const { questions, accounts, forms, vault, clock } = rooms;
  /** One change of the rows at a time: each is read, changed and written. */
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  }

  async function read(person: Person): Promise<readonly Row[]> {
    const found = await forms.get(rowId(person), clock.now());
    const parsed = rows.safeParse(found?.kind === 'waiting' ? JSON.parse(found.data) : []);
    return (parsed.data ?? []).filter(({ until }) => clock.now() < until);
  }

  function hold(person: Person, key: string, question: Question, queue: string | null): Promise<void> {
    return inTurn(async () => {
      const until = clock.now() + KEPT_MS;
      const others = (await read(person)).filter((row) => row.key !== key);
      const held = [...others, { key, payload: encodeQuestion(question, vault), queue, until }].slice(-MOST);
      const row = { id: rowId(person), user: userKey(person.ref), kind: 'waiting', expiresAt: until };
      await forms.put({ ...row, data: JSON.stringify(held) });
    });
  }

  return {
    questions: {
      async add(key, question, queue) {
        const person = whoAsks(question);
        const need = await accounts.missing(person);
        if (need === null) return questions.add(key, question, queue);
        const { say } = need.problem;
        if (accounts.linkingOff !== null) return { do: 'refused', say };
        await hold(person, key, question, queue ?? null);
        return { do: 'refused', say: `${say} I keep your question for an hour and answer it then.`, next: [LINK] };
      },
    },
    release(person) {
      return inTurn(async () => {
        const waiting = await read(person);
        let asked = 0;
        for (const { key, payload, queue } of waiting) {
          const question = decodeQuestion(payload, vault);
          // What came by a command was answered with the request to link; only what nobody else may see goes that way again.
          const trigger = question.private ? question.trigger : null;
          const again = { ...question, trigger, confirmed: true };
          const added = await questions.add(`linked:${key}`, again, queue ?? undefined);
          if (added.do === 'added') asked += 1;
        }
        await forms.delete(rowId(person));
        return asked;
      });
    },
  };
}

/** One row a person. It is looked up by whose it is, so its name need not be secret: nobody can send it in. */
function rowId(person: Person): string {
  return `waiting-${createHash('sha256').update(userKey(person.ref)).digest('base64url')}`;
}
