import * as z from 'zod';
import type { Answer } from '../chat/adapter.ts';
import type { Clock } from '../chat/clock.ts';
import type { ButtonEvent } from '../chat/events.ts';
import { type Place, userKey } from '../chat/places.ts';
import type { Done } from '../commands/desk.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { Log } from '../ops/log.ts';
import type { Job, Store } from '../store/port.ts';
import type { Vault } from '../store/vault.ts';
import { savedTurn } from '../turn/checkpoint.ts';
import { readControlId } from '../turn/control-id.ts';
import { decodeQuestion, type Question } from '../turn/question.ts';
import type { Access } from './access.ts';
import type { Calls } from './calls.ts';
import type { Control } from './control.ts';
import type { Edits } from './edits.ts';
import { lateSaying } from './late.ts';
import type { Questions } from './questions.ts';
import { createShare } from './share.ts';
import type { TaskClick } from './start-task.ts';

/** Acts on a button. Buttons are stateless: what they need stands in the store, so they work after a restart too. */
export type Clicks = (event: ButtonEvent) => Promise<Answer>;

const followed = z.object({ turn: z.string(), followUps: z.array(z.string()) });

/** See {@link Clicks}. */
export function createClicks(rooms: {
  store: Store;
  vault: Vault;
  clock: Clock;
  access: Access;
  control: Control;
  questions: Questions;
  edits: Pick<Edits, 'ask'>;
  calls: Calls;
  delivery: Delivery;
  taskClick: TaskClick;
  log: Log;
}): Clicks {
  const { store, control, questions } = rooms;
  const share = createShare(rooms);

  return async (event) => {
    const refusal = rooms.access.refusal(event.author, event.place);
    if (refusal !== null) return refusal === '' ? { do: 'none' } : tell(refusal);
    const read = readControlId(event.control);
    if (!read) return tell('I do not know that button any more. Please ask again.');
    switch (read.action) {
      case 'stop':
        return told(await control.stop(event.author, read.job));
      case 'retry':
      case 'regenerate':
        return again(event, read.job);
      case 'edited':
        return rooms.edits.ask(event, read.job);
      case 'share':
        return share(event, read.job);
      case 'follow':
        return follow(event, read.job, read.index);
      case 'still':
      case 'drop':
        return late(event, read.job, read.action === 'still');
      case 'fill':
        return rooms.calls.fill(event, read.job, read.index);
      case 'next':
        return rooms.calls.next(event, read.job, read.index);
      case 'good':
      case 'bad':
        return judge(event, read.job, read.action);
      case 'cancel':
      case 'rerun':
      case 'chain':
        return rooms.taskClick(event, read.job, read.action);
    }
  };

  /**
   * A button's id can be made up: what others may press is looked at where it stands. Null when the answer is the person's own or in
   * the channel they pressed in, and they may use Parley where it is.
   */
  function elsewhere(event: ButtonEvent, question: Question, place: Place): Answer | null {
    const mine = userKey(question.asker.ref) === userKey(event.author.ref);
    if (question.private && !mine) return tell(`Only ${question.asker.name}, who asked, can see that answer.`);
    const here = place.team === event.place.team && place.channel === event.place.channel;
    if (!mine && !here) return tell('That button belongs to another conversation. Ask your own question here.');
    const refusal = rooms.access.refusal(event.author, place);
    return refusal === null ? null : tell(refusal);
  }

  async function judge(event: ButtonEvent, id: string, verdict: 'good' | 'bad'): Promise<Answer> {
    const job = await store.jobs.get(id);
    const place = job ? savedTurn(job)?.place : null;
    if (!job || !place) return tell('I no longer know that answer.');
    const no = elsewhere(event, decodeQuestion(job.payload, rooms.vault), place);
    return no ?? rooms.calls.press(event, 'feedback', { verdict, answer: id });
  }

  /** The answer to a private question comes through this click, since the question's own trigger may be dead by now. */
  async function again(event: ButtonEvent, id: string): Promise<Answer> {
    const done = await control.again(event.author, id, event.trigger);
    const job = done.done ? await store.jobs.get(id) : null;
    return job && decodeQuestion(job.payload, rooms.vault).private ? { do: 'work', private: true } : told(done);
  }

  /** A follow-up question: anybody here may ask it, and it is asked in their name. */
  async function follow(event: ButtonEvent, after: string, index: number): Promise<Answer> {
    const job = await store.jobs.get(after);
    const kept = followed.safeParse(job?.checkpoint ? JSON.parse(job.checkpoint) : null);
    const text = kept.data?.followUps[index];
    const turn = kept.data && (await store.jobs.get(kept.data.turn));
    const place = turn ? savedTurn(turn)?.place : null;
    if (!text || !turn || !place) return tell('I no longer know that question. Please type it.');
    const before = decodeQuestion(turn.payload, rooms.vault);
    const no = elsewhere(event, before, place);
    if (no) return no;
    const added = await questions.add(`follow:${after}:${index}`, {
      ...before,
      asker: event.author,
      // Whoever had the answer before it given anew does not ask this one.
      regeneratedBy: undefined,
      revised: undefined,
      place: event.place,
      conversation: place,
      message: null,
      trigger: before.private ? event.trigger : null,
      text,
      files: [],
      replyTo: null,
      announce: `${event.author.name} asked: ${text}`,
      at: rooms.clock.now(),
      generation: 0,
      replaces: null,
      confirmed: true,
    });
    if (added.do === 'refused') return tell(added.say);
    if (added.do === 'known') return tell('That has been asked already.');
    return before.private ? { do: 'work', private: true } : { do: 'none' };
  }

  /** The answer to "Still want an answer?". */
  async function late(event: ButtonEvent, id: string, wanted: boolean): Promise<Answer> {
    const job = await store.jobs.get(id);
    if (!job) return tell('I no longer know that question. Please ask again.');
    const question = decodeQuestion(job.payload, rooms.vault);
    const { asker } = question;
    if (userKey(asker.ref) !== userKey(event.author.ref)) return tell(`Only ${asker.name}, who asked, can say that.`);
    const again = { ...question, at: rooms.clock.now(), confirmed: true };
    if (wanted) {
      const added = await questions.add(`still:${id}`, again, job.conversation ?? undefined);
      if (added.do === 'refused') return tell(added.say);
    } else if (await store.jobs.byKey(`still:${id}`))
      return tell('You have said yes already. Stop the answer if you like.');
    else if (question.private) return tell('All right, I leave it.');
    if (!question.private) await settled(job, question, wanted);
    return { do: 'none' };
  }

  /** Takes the buttons off the asking. */
  async function settled(job: Job, question: Question, wanted: boolean): Promise<void> {
    const markdown = wanted
      ? `${question.asker.name} still wants an answer.`
      : `${question.asker.name} needs no answer any more.`;
    const saying = { ...lateSaying(job, question), lease: null, body: { markdown, controls: null } };
    const { ok } = await rooms.delivery.say(saying);
    if (!ok) rooms.log.info({ job: job.id }, 'old buttons stay');
  }
}

function told(done: Done): Answer {
  return done.done ? { do: 'none' } : tell(done.why);
}

function tell(markdown: string): Answer {
  return { do: 'say', body: { markdown, controls: null }, private: true };
}
