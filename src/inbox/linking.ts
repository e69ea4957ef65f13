import type { Accounts, Identity } from '../accounts/accounts.ts';
import type { Audit } from '../chat/audit.ts';
import { problemOf } from '../chat/errors.ts';
import { userKey } from '../chat/places.ts';
import type { Linking } from '../commands/desk.ts';
import type { Log } from '../ops/log.ts';
import type { AccountExtras } from './extras.ts';
import type { PerAccount } from './per-account.ts';
import type { Waiting } from './waiting.ts';
import type { Warm } from './warm.ts';

/** See {@link Linking}: beside the link itself, the lists of the account are fetched or forgotten, and what waited is asked. */
export function createLinking(rooms: {
  accounts: Accounts;
  warm: Warm;
  extras: PerAccount<AccountExtras>;
  waiting: Waiting;
  audit: Audit;
  log: Log;
}): Linking {
  const { accounts, warm, extras, waiting, audit, log } = rooms;

  /** Nothing that an account could see is kept longer than its link. */
  function forget({ server }: Identity): void {
    warm.forget(server);
    extras.forget(server);
  }

  return {
    off: accounts.linkingOff,
    policy: accounts.policy,
    asking: (person) => accounts.asking(person),
    async link(person, key) {
      const before = accounts.known(person);
      const who = userKey(person.ref);
      const account = await accounts.link(person, key).catch((error: unknown) => {
        audit({ who, what: 'account linked', on: null, result: 'failed' });
        throw error;
      });
      audit({ who, what: 'account linked', on: account.id, result: 'done' });
      if (before) forget(before);
      const identity = accounts.known(person);
      if (identity) {
        warm.prompts(identity.server).known();
        warm.freshModels(identity.server).catch((error: unknown) => {
          log.info({ detail: problemOf(error).detail }, 'the models of a linked account could not be listed yet');
        });
      }
      return { account, ...(await waiting.release(person)) };
    },
    async unlink(person) {
      const before = accounts.known(person);
      const gone = await accounts.unlink(person);
      if (gone && before) forget(before);
      if (gone) audit({ who: userKey(person.ref), what: 'account unlinked', on: null, result: 'done' });
      return gone;
    },
  };
}
