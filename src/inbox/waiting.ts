import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Accounts } from '../accounts/accounts.ts';
import type { Clock } from '../chat/clock.ts';
import type { Message, Person } from '../chat/messages.ts';
import { type MessageRef, messageKey, userKey } from '../chat/places.ts';
import type { Next } from '../commands/registry.ts';
import type { Log } from '../ops/log.ts';
import type { FormSessions, Jobs } from '../store/port.ts';
import type { Vault } from '../store/vault.ts';
import { whoAsks } from '../turn/credentials.ts';
import { decodeQuestion, encodeQuestion, type Question } from '../turn/question.ts';
import type { Added, Questions } from './questions.ts';
import { wasWithdrawn } from './withdrawals.ts';

/** Questions of people who have to link an account first: kept an hour, also over a restart, and asked once they have. */
export interface Waiting {
  /** The questions' door with this check before it: who has to link first is told so, and the question waits. */
  readonly questions: Questions;
  /** Asks what waited for this person. */
  release(person: Person): Promise<Released>;
  /** Asks what waits for people who have linked: a process may have ended between their link and {@link release}. Never rejects. */
  resume(): Promise<void>;
  /** The message reads otherwise now: a question that waits is asked so. */
  revise(message: Message): Promise<void>;
  /** The question was deleted: it waits no longer. */
  withdraw(message: MessageRef): Promise<void>;
}

/** What became of the questions that waited. */
export interface Released {
  /** So many are asked now. */
  readonly asked: number;
  /** Why the others are not, and have to be sent again; null where all are. */
  readonly refused: string | null;
}

/** The button under the words. */
export const LINK: Next = { label: 'Link my account', style: 'primary', command: 'link', options: {} };

const KEPT_MS = 3_600_000;
/** Questions of one person that wait; the oldest goes. */
const MOST = 5;

const list = z.array(z.object({ id: z.string(), key: z.string(), queue: z.string().nullable(), until: z.number() }));
type Row = z.infer<typeof list>[number];

/** See {@link Waiting}. */
export function createWaiting(rooms: {
  questions: Questions;
  accounts: Pick<Accounts, 'missing' | 'known' | 'linkingOff'>;
  forms: FormSessions;
  jobs: Jobs;
  vault: Vault;
  clock: Clock;
  log: Pick<Log, 'info' | 'warn'>;
}): Waiting {
  const { questions, accounts, forms, jobs, vault, clock, log } = rooms;
  /** One change of the rows at a time: each is read, changed and written. */
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  }

  async function read(person: Person): Promise<readonly Row[]> {
    const found = await forms.get(rowId(userKey(person.ref)), clock.now());
    const parsed = list.safeParse(found?.kind === 'waiting' ? JSON.parse(found.data) : []);
    return (parsed.data ?? []).filter(({ until }) => clock.now() < until);
  }

  /** What is kept now, in words. */
  async function hold(person: Person, key: string, question: Question, queue: string | null): Promise<string> {
    const until = clock.now() + KEPT_MS;
    const user = userKey(person.ref);
    // A message has one writer, and is withdrawn by its key alone; the same button may be pressed by several.
    const own = question.message !== null && key === messageKey(question.message);
    const id = rowId(own ? key : JSON.stringify([user, key]));
    const row = { user, expiresAt: until };
    await forms.put({ ...row, id, kind: 'waiting question', data: encodeQuestion(question, vault) });
    const all = [...(await read(person)).filter((other) => other.id !== id), { id, key, queue, until }];
    const kept = all.slice(-MOST);
    for (const gone of all.slice(0, -MOST)) await forms.delete(gone.id);
    await forms.put({ ...row, id: rowId(user), kind: 'waiting', data: JSON.stringify(kept) });
    return all.length > MOST
      ? `I keep your ${MOST} newest questions for an hour and answer them then.`
      : 'I keep your question for an hour and answer it then.';
  }

  /** Asks one that waited, under its own key: the same event told again is known then. Null: it was withdrawn. */
  async function ask({ id, key, queue }: Row): Promise<Added | null> {
    const held = await forms.get(id, clock.now());
    if (held?.kind !== 'waiting question') return null;
    const question = decodeQuestion(held.data, vault);
    // What came by a command was answered with the request to link; only what nobody else may see goes that way again.
    const trigger = question.private ? question.trigger : null;
    const again = { ...question, trigger, confirmed: true };
    // A Retry of what was deleted since may have waited, too.
    const added = (await wasWithdrawn(jobs, question)) ? null : await questions.add(key, again, queue ?? undefined);
    await forms.delete(id);
    return added;
  }

  function release(person: Person): Promise<Released> {
    return inTurn(async () => {
      let asked = 0;
      let refused: string | null = null;
      for (const row of await read(person)) {
        const added = await ask(row);
        if (added?.do === 'added') asked += 1;
        if (added?.do === 'refused') refused = added.say;
      }
      await forms.delete(rowId(userKey(person.ref)));
      return { asked, refused };
    });
  }

  return {
    questions: {
      async add(key, question, queue) {
        const person = whoAsks(question);
        if ((await accounts.missing(person)) === null) return questions.add(key, question, queue);
        return inTurn(async () => {
          // They may have linked in this very moment, and what waited may have been asked already.
          const need = await accounts.missing(person);
          if (need === null) return questions.add(key, question, queue);
          const { say } = need.problem;
          if (accounts.linkingOff !== null) return { do: 'refused', say };
          const kept = await hold(person, key, question, queue ?? null);
          return { do: 'refused', say: `${say} ${kept}`, next: [LINK] };
        });
      },
    },
    release,
    async resume() {
      try {
        for (const { data } of await forms.list('waiting question', clock.now())) {
          const person = whoAsks(decodeQuestion(data, vault));
          const linked = accounts.known(person)?.owner ?? null;
          if (linked === null) continue;
          const { asked } = await release(person);
          if (asked > 0) log.info({ user: linked, asked }, 'questions that waited for a link are asked now');
        }
      } catch (error) {
        log.warn({ error }, 'questions that wait for a link could not be looked at');
      }
    },
    revise({ ref, author, text, files }) {
      return inTurn(async () => {
        const held = await forms.get(rowId(messageKey(ref)), clock.now());
        if (held?.kind !== 'waiting question' || held.user !== userKey(author.ref)) return;
        const question = { ...decodeQuestion(held.data, vault), text, files };
        await forms.put({ ...held, data: encodeQuestion(question, vault) });
      });
    },
    withdraw: (message) => forms.delete(rowId(messageKey(message))),
  };
}

/** Names the row of a question by its event's key, and a person's list by theirs. Nobody can send such a row in as a form. */
function rowId(key: string): string {
  return `waiting-${createHash('sha256').update(key).digest('base64url')}`;
}
