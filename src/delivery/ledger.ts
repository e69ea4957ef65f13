import type { Adapter, Surface, SurfaceRef } from '../chat/adapter.ts';
import { Failure } from '../chat/errors.ts';
import type { MessageRef, Place } from '../chat/places.ts';
import type { Lease, Outbox, OutboxRow } from '../store/port.ts';
import { partKey } from './keys.ts';

/** One message of a reply: what stands, as far as is known. */
export interface Slot {
  readonly index: number;
  readonly key: string;
  surface: Surface | null;
  ref: SurfaceRef | null;
  /** It may have been posted without our hearing of it: look before posting. */
  uncertain: boolean;
  /** Its intent stands in the outbox. */
  intended: boolean;
  /** Print of its last final text, as the outbox knows it. */
  shown: string | null;
  /** The very body it was last put with, or null when that is not known. */
  body: string | null;
  /** Where in the source what it shows ends. */
  to: number;
  /** It shows what it is meant to show for good. */
  done: boolean;
}

/** The durable side of one reply: an intent before each message is posted, where it stands afterwards, what it ended with. */
export interface Ledger {
  slot(index: number): Slot;
  /** All slots there are, by part. */
  slots(): readonly Slot[];
  /** Takes up what an earlier run left: surfaces are reopened, intents looked for. */
  recover(): Promise<void>;
  /** All of these throw `Failure(stopped)` when the lease is lost, and what the store throws. */
  intend(slot: Slot): Promise<void>;
  sent(slot: Slot, surface: Surface): Promise<void>;
  done(slot: Slot, shown: string): Promise<void>;
  forget(slot: Slot): Promise<void>;
  /** The one row that says the answer was attached as a file. */
  file(): Slot;
}

/** The reply that a ledger keeps the messages of. */
export interface LedgerOptions {
  readonly adapter: Adapter;
  readonly outbox: Outbox;
  readonly lease: Lease | null;
  readonly job: string;
  readonly generation: number;
  readonly place: Place;
  readonly after: MessageRef | null;
  readonly expiresAt: number;
}

/** The part number under which the attached file stands in the outbox. */
const FILE_PART = 1_000_000;

/** Somebody else has the job now: whatever we would write is theirs to write. */
const LEASE_LOST = {
  kind: 'stopped',
  retry: { when: 'never' },
  say: 'The answer is being written elsewhere.',
  detail: 'lease lost',
} as const;

/** Makes the ledger of one reply; reads nothing until asked. */
export function createLedger(options: LedgerOptions): Ledger {
  const { adapter, outbox, lease, job, generation } = options;
  const slots: Slot[] = [];
  const file = newSlot(FILE_PART);

  function newSlot(index: number): Slot {
    const key = partKey(job, generation, index);
    const fresh = { surface: null, ref: null, shown: null, body: null, to: 0 };
    return { index, key, ...fresh, uncertain: false, intended: false, done: false };
  }

  function slot(index: number): Slot {
    for (let next = slots.length; next <= index; next += 1) slots.push(newSlot(next));
    const found = slots[index];
    if (!found) throw new RangeError(`no part ${index}`);
    return found;
  }

  async function write(one: Slot, state: OutboxRow['state'], shown: string | null): Promise<void> {
    const { expiresAt } = options;
    const row = { key: one.key, job, generation, part: one.index, state, ref: one.ref, shown, expiresAt };
    if (!(await outbox.put(row, lease))) throw new Failure(LEASE_LOST);
  }

  return {
    slot,
    slots: () => slots,
    file: () => file,
    async recover() {
      const rows = (await outbox.of(job)).filter((row) => row.generation === generation);
      const finished = rows.every((row) => row.state === 'done');
      for (const row of rows) {
        const one = row.part === FILE_PART ? file : slot(row.part);
        one.intended = true;
        one.shown = row.state === 'done' ? row.shown : null;
        if (row.part === FILE_PART) {
          one.done = row.state === 'done';
          one.uncertain = !one.done;
          continue;
        }
        if (row.ref) {
          const reopened = await adapter.reopen(row.ref);
          if (typeof reopened !== 'string') one.surface = reopened;
          // A reply that was complete is not posted a second time only because it is old.
          else if (finished) one.done = true;
          one.ref = typeof reopened !== 'string' || finished ? row.ref : null;
        } else if (row.state === 'done') one.done = true;
        else one.uncertain = true;
      }
    },
    async intend(one) {
      if (one.intended) return;
      await write(one, 'intent', null);
      one.intended = true;
    },
    async sent(one, surface) {
      one.surface = surface;
      one.ref = surface.ref;
      one.uncertain = false;
      one.intended = true;
      await write(one, 'sent', null);
    },
    async done(one, shown) {
      one.done = true;
      one.shown = shown;
      one.intended = true;
      await write(one, 'done', shown);
    },
    async forget(one) {
      await outbox.delete(one.key);
    },
  };
}
