import type { Job } from '../../src/store/port.ts';

/** A job of which only key and state matter. */
export function sampleJob(key: string, state: Job['state']): Job {
  return {
    id: `id-${key}`,
    key,
    lane: 'turn',
    conversation: null,
    kind: 'question',
    payload: '{}',
    state,
    notBefore: 0,
    expiresAt: 0,
    attempts: 0,
    checkpoint: null,
    fence: 0,
    acceptedAt: 0,
    leaseUntil: null,
    error: null,
    person: null,
  };
}
