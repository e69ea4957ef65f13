import type { SurfaceRef } from '../../src/chat/adapter.ts';
import type { Trigger } from '../../src/chat/events.ts';
import { type Place, placeKey } from '../../src/chat/places.ts';
import { Secret } from '../../src/chat/secret.ts';
import type { Conversation, FormSession, Job, Link, NewJob, OutboxRow, Store } from '../../src/store/port.ts';

/** The time at which tests begin; any other would do. */
export const start = 1_700_000_000_000;

/** Texts that have broken stores before: names of JavaScript's own, quotes, NUL, wildcards, other scripts, nothing at all. */
export const oddTexts = [
  '__proto__',
  'constructor',
  'toString',
  `it's "quoted"; drop table jobs; --`,
  'before\0after',
  '\0',
  '%_?:$@',
  'Grüße 👩‍👩‍👧 שלום',
  ' spaced\r\n\t',
  '',
] as const;

/** A question as the inbox would record it. */
export function newJob(key: string, changes: Partial<NewJob> = {}): NewJob {
  return {
    key,
    lane: 'turn',
    conversation: 'slack:T1:C1:1',
    kind: 'question',
    payload: '{}',
    notBefore: start,
    expiresAt: start + 86_400_000,
    ...changes,
  };
}

/** Accepts a job that must be new. */
export async function accepted(store: Store, job: NewJob, now = start): Promise<Job> {
  return present(await store.jobs.accept(job, now));
}

/** Claims a job that must be there. */
export async function claimed(store: Store, now = start, leaseMs = 1_000): Promise<Job> {
  return present(await store.jobs.claim('turn', now, leaseMs));
}

/** The value, where null or undefined means that the test has failed. */
export function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('expected a value, found none');
  return value;
}

export const thread: Place = { platform: 'slack', team: 'T1', channel: 'C1', thread: '1.1', kind: 'public' };

export function conversation(changes: Partial<Conversation> = {}): Conversation {
  return {
    key: placeKey(thread),
    place: thread,
    chatId: null,
    owner: null,
    asker: null,
    title: null,
    titledBy: null,
    model: null,
    seen: null,
    newest: null,
    joinedAt: null,
    createdAt: start,
    usedAt: start,
    ...changes,
  };
}

export function trigger(token: string): Trigger {
  return {
    platform: 'slack',
    id: 'trigger-1',
    place: thread,
    user: { platform: 'slack', team: 'T1', id: 'U1' },
    token: new Secret(token),
    expiresAt: start + 900_000,
    private: true,
  };
}

export function surface(id: string, via: Trigger | null = null): SurfaceRef {
  return { place: thread, id, openedAt: start, via };
}

export function outboxRow(key: string, changes: Partial<OutboxRow> = {}): OutboxRow {
  return {
    key,
    job: 'job-1',
    generation: 0,
    part: 0,
    state: 'intent',
    ref: null,
    shown: null,
    expiresAt: start + 86_400_000,
    ...changes,
  };
}

export function link(changes: Partial<Link> = {}): Link {
  return {
    user: 'slack:T1:U1',
    service: 'openwebui',
    sealed: 'v1.x.y',
    account: '{"name":"Ann"}',
    createdAt: start,
    refusedAt: null,
    ...changes,
  };
}

export function form(changes: Partial<FormSession> = {}): FormSession {
  return { id: 'form-1', user: 'slack:T1:U1', kind: 'prompt', data: '{}', expiresAt: start + 3_600_000, ...changes };
}
