import { Secret } from '../../../src/chat/secret.ts';
import { connect, disconnect, type Nextcloud } from '../../../src/nextcloud/connection.ts';
import type { TaskRef } from '../../../src/nextcloud/task.ts';
import { remove } from '../../../src/nextcloud/tasks.ts';

/** A server to hold the client against. */
export interface Bench {
  readonly url: string;
  readonly user: string;
  /** An app password of an account that is no administrator. */
  readonly password: string;
  /** Milliseconds a task may take; a real server without a worker needs five minutes. */
  readonly patienceMs: number;
  /** A second app password that may be revoked; absent where the suite must not make one. */
  readonly throwaway?: (() => string) | undefined;
  /** Presses "Grant access" on a login flow's page. */
  readonly grant?: ((link: string) => void) | undefined;
  /** An account whose window may be filled; absent where there is none to spare. */
  readonly spare?: { readonly user: string; readonly password: string } | undefined;
  /** Whether a wrong password may be tried. */
  readonly expendable: boolean;
  close(): Promise<void>;
}

/** A bench with a connection, and what has to be tidied up. */
export interface Desk extends Bench {
  readonly nc: Nextcloud;
  /** Tasks that are deleted at the end. */
  readonly made: TaskRef[];
}

export function sit(bench: Bench): Desk {
  return { ...bench, nc: another(bench), made: [] };
}

/** A connection of its own, which has learnt nothing yet. */
export function another(bench: Pick<Bench, 'url' | 'user' | 'password'>): Nextcloud {
  return connect({
    url: bench.url,
    login: bench.user,
    password: new Secret(bench.password),
    requester: 'Parley contract',
  });
}

export async function leave(desk: Desk | undefined): Promise<void> {
  if (desk === undefined) return;
  for (const ref of desk.made) await remove(desk.nc, ref);
  await disconnect(desk.nc);
  await desk.close();
}
