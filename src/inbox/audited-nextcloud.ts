import type { Audit } from '../chat/audit.ts';
import { userKey } from '../chat/places.ts';
import type { NextcloudDesk } from '../commands/nextcloud-desk.ts';
import type { Jobs } from '../store/port.ts';
import type { TaskClick } from './start-task.ts';

/** The desk of Nextcloud, with a line in the log for whoever connects an account or takes one away. */
export function auditedNextcloud(desk: NextcloudDesk, audit: Audit): NextcloudDesk {
  return {
    ...desk,
    async confirm(person, flow) {
      const done = await desk.confirm(person, flow);
      if (done) audit({ who: userKey(person.ref), what: 'Nextcloud connected', on: null, result: 'done' });
      return done;
    },
    async disconnect(person, flow) {
      const done = await desk.disconnect(person, flow);
      const result = done === 'left' ? 'partly' : 'done';
      if (done !== 'none') audit({ who: userKey(person.ref), what: 'Nextcloud disconnected', on: null, result });
      return done;
    },
  };
}

/** The buttons of tasks, with a line in the log for what an admin does to somebody else's. */
export function auditedTasks(click: TaskClick, jobs: Pick<Jobs, 'get'>, audit: Audit): TaskClick {
  return async (event, job, action) => {
    const answer = await click(event, job, action);
    // Words say why nothing was done; going on with a result is anybody's, and their own.
    if (answer.do === 'say' || action === 'chain') return answer;
    const who = userKey(event.author.ref);
    const what = action === 'cancel' ? 'answer stopped' : 'answer asked again';
    if ((await jobs.get(job))?.person !== who) audit({ who, what, on: job, result: 'done' });
    return answer;
  };
}
