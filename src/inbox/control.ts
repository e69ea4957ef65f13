import type { Clock } from '../chat/clock.ts';
import type { Person } from '../chat/messages.ts';
import { userKey } from '../chat/places.ts';
import type { Done } from '../commands/desk.ts';
import type { Job, Store } from '../store/port.ts';
import type { Vault } from '../store/vault.ts';
import { savedTurn } from '../turn/checkpoint.ts';
import { decodeQuestion } from '../turn/question.ts';
import type { Turns } from '../turn/runner.ts';
import type { Access } from './access.ts';
import type { Questions } from './questions.ts';

/** What people may do to turns, by button, by command or by deleting the question. Each says why when it does nothing. */
export interface Control {
  stop(person: Person, job: string): Promise<Done>;
  /** Asks again: a sibling answer in the tree, in the same messages. `key` makes a repeated click harmless. */
  again(person: Person, job: string, key: string): Promise<Done>;
  /** The question was deleted: what runs or waits for it ends. */
  withdraw(key: string): Promise<void>;
  /** The newest question of a conversation, running or over; null when there is none. */
  newest(conversation: string): Promise<Job | null>;
}

const DONE: Done = { done: true };

/** See {@link Control}. Only the asker or an admin may stop or ask again. */
export function createControl(rooms: {
  store: Store;
  vault: Vault;
  clock: Clock;
  access: Access;
  turns: Turns;
  questions: Questions;
}): Control {
  const { store, vault } = rooms;

  function refused(person: Person, job: Job): Done | null {
    const { asker } = decodeQuestion(job.payload, vault);
    if (userKey(asker.ref) === userKey(person.ref) || rooms.access.isAdmin(person)) return null;
    return { done: false, why: `Only ${asker.name}, who asked, can do that.` };
  }

  async function halt(job: Job): Promise<boolean> {
    return rooms.turns.stop(job.id) || (await store.jobs.cancel(job.id)) || rooms.turns.stop(job.id);
  }

  return {
    async stop(person, id) {
      const job = await store.jobs.get(id);
      if (!job) return { done: false, why: 'I no longer know that question.' };
      const no = refused(person, job);
      if (no) return no;
      return (await halt(job)) ? DONE : { done: false, why: 'That answer is already finished.' };
    },
    async again(person, id, key) {
      const job = await store.jobs.get(id);
      if (!job) return { done: false, why: 'That answer is too old for me to know its question. Please ask again.' };
      const no = refused(person, job);
      if (no) return no;
      if (job.state === 'running' || job.state === 'waiting')
        return { done: false, why: 'I am still answering that. Stop it first.' };
      const question = decodeQuestion(job.payload, vault);
      const newest = job.conversation === null ? null : await newestIn(job.conversation);
      if (newest && newest.id !== job.id)
        return { done: false, why: 'That answer is no longer the newest here. Ask again below.' };
      const place = savedTurn(job)?.place ?? null;
      await rooms.questions.add(
        key,
        {
          ...question,
          conversation: place ?? question.conversation,
          generation: question.generation + 1,
          replaces: job.id,
          at: rooms.clock.now(),
        },
        job.conversation ?? undefined,
      );
      return DONE;
    },
    async withdraw(key) {
      const job = await store.jobs.byKey(key);
      if (job) await halt(job);
    },
    newest: newestIn,
  };

  async function newestIn(conversation: string): Promise<Job | null> {
    const pending = await store.jobs.pending('turn', conversation);
    return pending.at(-1) ?? (await store.jobs.latest('turn', conversation, 1))[0] ?? null;
  }
}
