import { Failure } from '../chat/errors.ts';
import type { Store } from './port.ts';
import { openSqlite, type StoreOptions } from './sqlite.ts';

/**
 * Opens the store that an address names, as `PARLEY_STORE` gives it: `sqlite:data/parley.db` (relative to the working directory),
 * `sqlite:/var/lib/parley/parley.db`, `sqlite::memory:`. Rejects with a `Failure` that names what is supported for any other,
 * and with the store's own when it cannot be opened.
 */
export async function openStore(address: string, options: StoreOptions): Promise<Store> {
  const colon = address.indexOf(':');
  const scheme = address.slice(0, Math.max(0, colon)).toLowerCase();
  // `sqlite:///var/x.db` is what many write; the empty host before the path says nothing.
  const path = address.slice(colon + 1).replace(/^\/\/(?=\/)/, '');
  if (scheme !== 'sqlite' || path === '') throw new Failure(unsupported(scheme));
  return openSqlite(path, options);
}

function unsupported(scheme: string) {
  return {
    kind: 'invalid',
    retry: { when: 'never' },
    say: 'The store address is not one I know. Supported are sqlite:path/to/file.db and sqlite::memory: (nothing is kept).',
    // Only the scheme is told: an address of another kind may hold a password.
    detail: `store address with scheme "${scheme}"`,
  } as const;
}
