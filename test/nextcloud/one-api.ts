import type { Nextcloud } from '../../src/nextcloud/connection.ts';
import { type Given, ok, over, type Seen, type Wire } from './wire.ts';

/** An order, and what finds a task of each API. */
export const order = { type: 'core:text2text', input: { input: 'Hello' }, key: 'order-1' };
export const newRef = { api: 'taskprocessing', id: 7 } as const;
export const oldRef = { api: 'textprocessing', id: 7 } as const;

/** A task as the newer API writes it. */
export function newTask(more: object = {}): object {
  return {
    id: 7,
    type: 'core:text2text',
    status: 'STATUS_SCHEDULED',
    userId: 'bob',
    appId: 'parley',
    input: {},
    ...more,
  };
}

/** A task as the older API writes it. */
export function oldTask(more: object = {}): object {
  return { id: 7, type: 'Summary', status: 1, userId: 'bob', appId: 'parley', input: 'x', output: null, ...more };
}

/** Runs against a server with one of the APIs. */
export function on(
  api: 'new' | 'old',
  answer: (seen: Seen) => Given | null | undefined,
  work: (nc: Nextcloud, wire: Wire) => Promise<void>,
): Promise<void> {
  const types = api === 'new' ? '/taskprocessing/tasktypes' : '/textprocessing/tasktypes';
  return over((seen) => (seen.path.includes(types) ? ok({ types: [] }) : answer(seen)), work);
}

/** The bodies of what was posted, oldest first. */
export function posted(wire: Wire): unknown[] {
  return wire.seen.filter((one) => one.method === 'POST').map((one) => JSON.parse(one.body.toString('utf8')));
}
