import type { Audit } from '../chat/audit.ts';
import type { Log } from './log.ts';

/** Audit lines go into the log, at level `info`, each with `audit: true`, so that they can be told from the rest. */
export function createAudit(log: Log): Audit {
  return (line) => log.info({ audit: true, ...line }, line.what);
}
