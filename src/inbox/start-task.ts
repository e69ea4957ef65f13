import type { Answer } from '../chat/adapter.ts';
import type { Clock } from '../chat/clock.ts';
import { problemOf } from '../chat/errors.ts';
import type { ButtonEvent, Trigger } from '../chat/events.ts';
import type { Person } from '../chat/messages.ts';
import { type MessageRef, type Place, userKey } from '../chat/places.ts';
import type { TaskOutcome } from '../commands/nextcloud-desk.ts';
import type { Tasks } from '../tasks/tasks.ts';
import type { Allowance } from './allowance.ts';
import type { Way } from './form-answers.ts';

/** Who uses a command that comes to a task, where and how. */
export interface TaskUse {
  readonly key: string;
  readonly author: Person;
  readonly place: Place;
  readonly conversation: Place;
  readonly message: MessageRef | null;
  readonly trigger: Trigger | null;
  readonly way: Way;
  /** What it works on was put into a form, which others do not see. */
  readonly byForm: boolean;
}

/** What became of a task: it is on its way, or `say` tells why there was no room for it. */
export type Begun =
  | { readonly started: true; readonly answer: Answer }
  | { readonly started: false; readonly say: string; readonly answer: Answer };

/** Puts a task in the queue, once for each event. */
export type StartTask = (outcome: TaskOutcome, use: TaskUse) => Promise<Begun>;

/** Acts on a button of a task. */
export type TaskClick = (event: ButtonEvent, job: string, action: 'cancel' | 'rerun' | 'chain') => Promise<Answer>;

/** See {@link StartTask}. Tasks are counted with questions; how many run at the same time for themselves. */
export function createStartTask(rooms: { tasks: Tasks; allowance: Allowance; clock: Clock }): StartTask {
  return async (outcome, use) => {
    const { tasks } = rooms;
    const allowed = await rooms.allowance(use.author.ref, use.place, use.key, 'task');
    if (!allowed.ok) return refused(allowed.say);
    const { order, account, announce, private: isPrivate } = outcome;
    // What a button under words for one person begins in public does not go through that button.
    const away = use.way === 'click' && !isPrivate;
    const { trigger } = use;
    const job = await tasks.add(use.key, {
      asker: use.author,
      place: use.place,
      conversation: use.conversation,
      message: use.message,
      trigger: away || !trigger ? null : { ...trigger, private: isPrivate || trigger.private },
      account,
      order,
      // Others see the message it was typed in; what was filled in afterwards they do not.
      announce: use.message && !use.byForm ? null : announce,
      private: isPrivate,
      at: rooms.clock.now(),
      replaces: null,
    });
    if (!job) allowed.undo();
    return { started: true, answer: away ? { do: 'none' } : { do: 'work', private: isPrivate } };
  };
}

/** See {@link TaskClick}. A button's id can be made up: what others may press is looked at where it stands. */
export function createTaskClick(rooms: {
  tasks: Tasks;
  allowance: Allowance;
  /** See `Access`. */
  refusal(person: Person, place: Place): string | null;
}): TaskClick {
  const { tasks } = rooms;

  /** A summary of a transcript: anybody who can read it may want one, and it is counted as theirs. */
  async function chain(event: ButtonEvent, job: string): Promise<Answer> {
    const { author, trigger } = event;
    const about = await tasks.about(job);
    const mine = about && userKey(about.asker.ref) === userKey(author.ref);
    const here = about && about.place.team === event.place.team && about.place.channel === event.place.channel;
    if (about && !mine && !here) return tell('That button belongs to another conversation.');
    const allowed = await rooms.allowance(author.ref, event.place, `chain:${job}`, 'task');
    if (!allowed.ok) return tell(allowed.say);
    try {
      const done = await tasks.chain(author, job, trigger);
      if (!done.done) allowed.undo();
      return told(done, about?.private ? { do: 'work', private: true } : { do: 'none' });
    } catch (error) {
      allowed.undo();
      return tell(problemOf(error).say);
    }
  }

  return async (event, job, action) => {
    const { author, trigger } = event;
    if (action === 'cancel') return told(await tasks.cancel(author, job), { do: 'none' });
    // Its result comes where the task was asked for, wherever the button was pressed.
    const about = await tasks.about(job);
    const closed = about && rooms.refusal(author, about.place);
    if (closed !== null) return tell(closed);
    if (action === 'chain') return chain(event, job);
    const done = await tasks.again(author, job, trigger);
    return told(done, (await tasks.about(job))?.private ? { do: 'work', private: true } : { do: 'none' });
  };
}

function told(done: { readonly done: true } | { readonly done: false; readonly why: string }, answer: Answer): Answer {
  return done.done ? answer : tell(done.why);
}

function refused(say: string): Begun {
  return { started: false, say, answer: tell(say) };
}

function tell(markdown: string): Answer {
  return { do: 'say', body: { markdown, controls: null }, private: true };
}
