import type { UserRef } from '../chat/places.ts';
import { userKey } from '../chat/places.ts';
import type { Job, Jobs, Settings } from '../store/port.ts';

/** Which tasks are whose: the newest jobs of each person. */
export interface TaskBook {
  /** A job that is known stays where it stands. */
  add(person: UserRef, job: string): Promise<void>;
  /** The newest first. Those whose rows are gone are left out. */
  of(person: UserRef): Promise<readonly Job[]>;
  remove(person: UserRef, job: string): Promise<void>;
}

/** Tasks of one person that are remembered. */
const MOST = 30;
const NAME = 'tasks';

/** See {@link TaskBook}. Changes of one process stand in line, so that none is lost. */
export function createTaskBook(settings: Settings, jobs: Jobs): TaskBook {
  let changes: Promise<unknown> = Promise.resolve();

  async function read(person: UserRef): Promise<string[]> {
    const kept = await settings.get(scopeOf(person), NAME);
    const ids: unknown = kept === null ? [] : JSON.parse(kept);
    return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
  }

  function change(person: UserRef, how: (ids: string[]) => string[]): Promise<void> {
    const write = async () =>
      settings.set(scopeOf(person), NAME, JSON.stringify(how(await read(person)).slice(0, MOST)));
    const mine = changes.then(write, write);
    changes = mine.catch(() => undefined);
    return mine;
  }

  return {
    add: (person, job) => change(person, (ids) => (ids.includes(job) ? ids : [job, ...ids])),
    remove: (person, job) => change(person, (ids) => ids.filter((id) => id !== job)),
    async of(person) {
      const found = await Promise.all((await read(person)).map((id) => jobs.get(id)));
      return found.filter((job) => job !== null);
    },
  };
}

function scopeOf(person: UserRef): string {
  return `user:${userKey(person)}`;
}
