import type { Outbox, OutboxRow } from '../../src/store/port.ts';

/** An outbox in memory, with a lease that can be taken away. */
export interface MemoryOutbox extends Outbox {
  readonly rows: Map<string, OutboxRow>;
  /** From now on the lease is lost. */
  lost: boolean;
  /** The next writes fail. */
  broken: number;
}

export function createMemoryOutbox(): MemoryOutbox {
  const rows = new Map<string, OutboxRow>();
  const outbox: MemoryOutbox = {
    rows,
    lost: false,
    broken: 0,
    async put(row) {
      if (outbox.broken > 0) {
        outbox.broken -= 1;
        throw new Error('disk full');
      }
      if (outbox.lost) return false;
      rows.set(row.key, row);
      return true;
    },
    async of(job) {
      return [...rows.values()]
        .filter((row) => row.job === job)
        .sort((a, b) => a.generation - b.generation || a.part - b.part);
    },
    async byMessage(channel, id) {
      return [...rows.values()].find((row) => row.ref?.place.channel === channel && row.ref.id === id) ?? null;
    },
    async delete(key) {
      rows.delete(key);
    },
  };
  return outbox;
}
