import type { Clock } from '../../chat/clock.ts';
import { isOver, type Task, TaskBook } from './book.ts';
import { catalogue, internal } from './catalogue.ts';
import { Files } from './files.ts';
import { Flows } from './flows.ts';
import { OldBook } from './oldbook.ts';
import { type NewPerson, People } from './people.ts';
import { type Profile, since } from './profile.ts';
import type { TaskType } from './shapes.ts';
import { RateWindow } from './window.ts';
import { type Outcome, type Pace, Worker } from './worker.ts';

/** Switches that an admin can turn while the server runs. */
export interface Settings {
  maintenance: boolean;
  /** Ids of the task types with a provider; null for all that the stand-in has, `[]` for a server without providers. */
  offers: readonly string[] | null;
  /** Host names, without a port, by which the server may be called. */
  trusted: readonly string[];
  /** Whether the old API's providers are quick enough for 28 to run them inside `schedule`. */
  quick: boolean;
  /** Calls of `schedule` in 120 s per person and API. */
  rateLimit: number;
}

/** All state of one server. */
export interface World {
  readonly profile: Profile;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly people: People;
  readonly files: Files;
  readonly book: TaskBook;
  readonly oldBook: OldBook;
  readonly flows: Flows;
  readonly rates: RateWindow;
  readonly worker: Worker;
  /** Stands at the end of every `OC-FileId`. */
  readonly instanceId: string;
  /** Task types that can be scheduled now, by id. */
  types(): ReadonlyMap<string, TaskType>;
}

/** What a world is made of. */
export interface WorldOptions {
  readonly profile: Profile;
  readonly clock: Clock;
  readonly people: readonly NewPerson[];
  readonly settings: Settings;
  readonly pace: Pace;
  readonly held: boolean;
  readonly provider: (task: Task, files: Files) => Outcome;
}

/** Makes an empty server. */
export function makeWorld(options: WorldOptions): World {
  const { profile, clock, settings } = options;
  const files = new Files();
  const book = new TaskBook(clock, files);
  return {
    profile,
    clock,
    settings,
    files,
    book,
    people: new People(clock, options.people),
    oldBook: new OldBook(),
    flows: new Flows(clock),
    rates: new RateWindow(clock),
    worker: new Worker({
      clock,
      book,
      pace: options.pace,
      held: options.held,
      provider: (task) => options.provider(task, files),
    }),
    instanceId: 'ocparleydemo',
    types() {
      const all = Object.entries(since(profile, 33) ? { ...catalogue, ...internal } : catalogue);
      return new Map(all.filter(([id]) => settings.offers?.includes(id) ?? true));
    },
  };
}

/** How many tasks wait and how many run. */
export function queueOf(world: World, types: readonly string[]): { scheduled: number; running: number } {
  const open = world.book.all().filter((task) => !isOver(task) && (types.length === 0 || types.includes(task.type)));
  const scheduled = open.filter((task) => task.status === 'STATUS_SCHEDULED').length;
  return { scheduled, running: open.length - scheduled };
}
