import type { Audit } from '../chat/audit.ts';
import type { Clock } from '../chat/clock.ts';
import { placeKey, userKey } from '../chat/places.ts';
import { LruMap } from '../store/lru-map.ts';
import type { Access } from './access.ts';

/** People and places that are remembered as told of, and for how long. */
const REMEMBERED = 2_000;
const QUIET_MS = 600_000;

/** The access rules, with a line in the log for whoever they refuse: once in ten minutes for each person and place, so that nobody fills the log. */
export function auditedAccess(access: Access, audit: Audit, clock: Clock): Access {
  const told = new LruMap<string, number>(REMEMBERED);

  return {
    ...access,
    refusal(person, place) {
      const refusal = access.refusal(person, place);
      // What a program says in passing is no attempt.
      if (refusal === null || person.bot) return refusal;
      const [who, on] = [userKey(person.ref), place && placeKey(place)];
      const key = `${who} ${on}`;
      const now = clock.now();
      if (now - (told.get(key) ?? Number.NEGATIVE_INFINITY) >= QUIET_MS) {
        told.set(key, now);
        audit({ who, what: 'access refused', on, result: 'refused' });
      }
      return refusal;
    },
  };
}
