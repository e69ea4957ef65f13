import { type Clock, systemClock } from '../chat/clock.ts';
import { Failure } from '../chat/errors.ts';
import type { Store } from './port.ts';
import { sqliteConversations } from './sqlite-conversations.ts';
import { openSqliteFile } from './sqlite-file.ts';
import { sqliteForget } from './sqlite-forget.ts';
import { sqliteForms } from './sqlite-forms.ts';
import { sqliteGuard, sqliteJobs } from './sqlite-jobs.ts';
import { sqliteLinks } from './sqlite-links.ts';
import { sqliteOutbox } from './sqlite-outbox.ts';
import { sqliteSettings } from './sqlite-settings.ts';
import type { Vault } from './vault.ts';

/** How long rows with text in them are kept when nothing is set: 30 days. */
const KEPT_MS = 30 * 86_400_000;

/** What a store is opened with. */
export interface StoreOptions {
  readonly vault: Vault;
  readonly clock?: Clock;
  /** See `Store.keptMs`. */
  readonly keptMs?: number;
}

/**
 * A store in one SQLite file (or `:memory:`), made when it is not there: its folder with mode 0700, the file with 0600.
 * `vault` seals the tokens that outbox rows carry; `clock` dates the rows of `check`. Every commit is flushed to the disk before
 * its promise resolves. Several processes may share a file on a local disk, never on a network one.
 *
 * Throws a `Failure` that says how to mend it when the file cannot be opened or written, is no database, is another program's
 * or was written by a newer Parley. Every method rejects with a `Failure` and nothing else.
 */
export function openSqlite(path: string, { vault, clock = systemClock, keptMs = KEPT_MS }: StoreOptions): Store {
  const file = openSqliteFile(path);
  const guard = sqliteGuard(file);

  const check = file.prepare('insert or replace into checks (id, at) values (1, :now)');
  const checked = file.prepare('select at from checks where id = 1');

  return {
    jobs: sqliteJobs(file),
    conversations: sqliteConversations(file, guard),
    settings: sqliteSettings(file),
    links: sqliteLinks(file),
    outbox: sqliteOutbox(file, guard, vault),
    forms: sqliteForms(file),
    check: () =>
      file.write(() => {
        const now = clock.now();
        check.run({ now });
        if (checked.get()?.at !== now) throw new Failure(forgotten);
      }),
    keptMs,
    ...sqliteForget(file, keptMs),
    close: async () => file.close(),
  };
}

const forgotten = {
  kind: 'malformed',
  retry: { when: 'later' },
  say: 'My data file does not give back what I write to it. Look at the health of the disk it stands on.',
  detail: 'sqlite: the row that check wrote was not read back',
} as const;
