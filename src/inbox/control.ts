import type { Audit } from '../chat/audit.ts';
import type { Clock } from '../chat/clock.ts';
import type { Trigger } from '../chat/events.ts';
import type { Person } from '../chat/messages.ts';
import { userKey } from '../chat/places.ts';
import type { Done } from '../commands/desk.ts';
import type { Job, Store } from '../store/port.ts';
import type { Vault } from '../store/vault.ts';
import { savedTurn } from '../turn/checkpoint.ts';
import type { Edit } from '../turn/offers.ts';
import { decodeQuestion } from '../turn/question.ts';
import type { Turns } from '../turn/turns.ts';
import type { Access } from './access.ts';
import type { Questions } from './questions.ts';
import { wasWithdrawn } from './withdrawals.ts';

/** What people may do to turns, by button or by command. Each says why when it does nothing. */
export interface Control {
  stop(person: Person, job: string): Promise<Done>;
  /** Stops all that runs or waits in a conversation and this person may stop. */
  stopAll(person: Person, conversation: string): Promise<Done>;
  /**
   * Asks again, once however often it is wanted: a sibling answer in the tree, in the same messages. With an edit it is the
   * question that gets a sibling, with the words of the edit.
   */
  again(person: Person, job: string, trigger: Trigger | null, edit?: Edit): Promise<Done>;
  /** Ends a question that waits or runs, whoever asked it. False: it is over already. */
  end(job: Job): Promise<boolean>;
  /** The newest question of a conversation, running or over; null when there is none. */
  newest(conversation: string): Promise<Job | null>;
}

/** So many questions in a row that were called off are looked past. */
const MOST_CALLED_OFF = 20;

const DONE: Done = { done: true };

/** See {@link Control}. Only the asker or an admin may stop or ask again. */
export function createControl(rooms: {
  store: Store;
  vault: Vault;
  clock: Clock;
  access: Access;
  turns: Turns;
  questions: Questions;
  audit: Audit;
}): Control {
  const { store, vault } = rooms;

  function refused(person: Person, job: Job): Done | null {
    const { asker } = decodeQuestion(job.payload, vault);
    if (userKey(asker.ref) === userKey(person.ref) || rooms.access.isAdmin(person)) return null;
    return { done: false, why: `Only ${asker.name}, who asked, can do that.` };
  }

  /** What an admin does to somebody else's answer is told in the log. */
  function audited(person: Person, job: Job, what: 'answer stopped' | 'answer asked again'): void {
    const { asker } = decodeQuestion(job.payload, vault);
    const who = userKey(person.ref);
    if (who !== userKey(asker.ref)) rooms.audit({ who, what, on: job.id, result: 'done' });
  }

  async function halt(job: Job): Promise<boolean> {
    if (rooms.turns.stop(job.id) || (await store.jobs.cancel(job.id)) || rooms.turns.stop(job.id)) return true;
    const now = await store.jobs.get(job.id);
    // Taken from the queue and not begun yet, or left by a process that is gone: it is stopped once it runs here.
    if (now?.state === 'running') rooms.turns.stopSoon(job.id);
    return now?.state === 'running';
  }

  return {
    async stop(person, id) {
      const job = await store.jobs.get(id);
      if (!job) return { done: false, why: 'I no longer know that question.' };
      const no = refused(person, job);
      if (no) return no;
      if (!(await halt(job))) return { done: false, why: 'That answer is already finished.' };
      audited(person, job, 'answer stopped');
      return DONE;
    },
    async stopAll(person, conversation) {
      const pending = await store.jobs.pending('turn', conversation);
      const theirs = pending.filter((job) => refused(person, job) === null);
      const [first] = pending;
      if (!first) return { done: false, why: 'Nothing is being answered here.' };
      if (theirs.length === 0) return refused(person, first) ?? DONE;
      // The last first: else one that waits would begin when the one before it ends.
      for (const job of theirs.toReversed()) if (await halt(job)) audited(person, job, 'answer stopped');
      return DONE;
    },
    async again(person, id, trigger, edit) {
      const job = await store.jobs.get(id);
      if (!job) return { done: false, why: 'That answer is too old for me to know its question. Please ask again.' };
      const no = refused(person, job);
      if (no) return no;
      const question = decodeQuestion(job.payload, vault);
      // Its answer would come to whoever pressed, or what was said in private be asked with their account: it is not theirs to see.
      const alone = question.private || question.place.kind === 'direct';
      if (alone && userKey(question.asker.ref) !== userKey(person.ref))
        return { done: false, why: `Only ${question.asker.name}, who asked, can do that.` };
      const place = savedTurn(job)?.place ?? null;
      const closed = rooms.access.refusal(person, place ?? question.conversation);
      if (closed !== null) return { done: false, why: closed };
      // Its buttons show a moment before the job is recorded as over; the new one then waits in line behind it.
      const ending = savedTurn(job)?.phase === 'finishing' || savedTurn(job)?.phase === 'over';
      if ((job.state === 'running' || job.state === 'waiting') && !ending)
        return { done: false, why: 'I am still answering that. Stop it first.' };
      if (await wasWithdrawn(store.jobs, question))
        return { done: false, why: 'That question was deleted. Please ask again below.' };
      const newest = job.conversation === null ? null : await newestIn(job.conversation);
      if (newest && newest.id !== job.id)
        return { done: false, why: 'That answer is no longer the newest here. Ask again below.' };
      const added = await rooms.questions.add(
        edit ? `edited:${id}` : `again:${id}`,
        {
          ...question,
          ...edit,
          revised: edit ? true : undefined,
          // Whoever wants it again asks with their own account.
          regeneratedBy: userKey(person.ref) === userKey(question.asker.ref) ? undefined : person,
          trigger: question.private ? (trigger ?? question.trigger) : question.trigger,
          conversation: place ?? question.conversation,
          generation: question.generation + 1,
          replaces: job.id,
          at: rooms.clock.now(),
          confirmed: true,
        },
        job.conversation ?? undefined,
      );
      if (added.do === 'added') audited(person, job, 'answer asked again');
      return added.do === 'refused' ? { done: false, why: added.say } : DONE;
    },
    end: halt,
    newest: newestIn,
  };

  async function newestIn(conversation: string): Promise<Job | null> {
    const pending = await store.jobs.pending('turn', conversation);
    if (pending.length > 0) return pending.at(-1) ?? null;
    // What was called off before it began has left nothing that would be newer.
    const latest = await store.jobs.latest('turn', conversation, MOST_CALLED_OFF);
    return latest.find((job) => job.state !== 'cancelled') ?? null;
  }
}
