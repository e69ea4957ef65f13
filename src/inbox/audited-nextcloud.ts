import type { Audit } from '../chat/audit.ts';
import { userKey } from '../chat/places.ts';
import type { NextcloudDesk } from '../commands/nextcloud-desk.ts';

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
