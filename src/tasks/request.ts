import * as z from 'zod';
import type { Trigger } from '../chat/events.ts';
import type { Person } from '../chat/messages.ts';
import type { MessageRef, Place } from '../chat/places.ts';
import { storedGiven, type TaskOrder } from '../commands/task-order.ts';
import { storedShapes } from '../store/stored-shapes.ts';
import { openTrigger, sealTrigger, storedTrigger } from '../store/stored-trigger.ts';
import type { Vault } from '../store/vault.ts';

/** An order as it waits in the queue: all a task needs to begin, after a restart too. */
export interface TaskRequest {
  readonly asker: Person;
  /** Where it was asked for. */
  readonly place: Place;
  /** Where its conversation lives; the thread may not have been made yet. */
  readonly conversation: Place;
  /** The message that asked, which a thread may hang on; null after a command. */
  readonly message: MessageRef | null;
  readonly trigger: Trigger | null;
  /** `userKey` of the person whose own account runs it; null for the service account. */
  readonly account: string | null;
  readonly order: TaskOrder;
  /** The line that others see; null when the asking message is seen by all. */
  readonly announce: string | null;
  /** Only the asker may see the result. */
  readonly private: boolean;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The job that failed and is done again by this one: its messages are written into again. */
  readonly replaces: string | null;
}

const { place, person, messageRef } = storedShapes;
const output = z.object({
  key: z.string(),
  name: z.string(),
  kind: z.enum(['text', 'number', 'enum', 'file', 'image', 'audio', 'video']),
  list: z.boolean(),
});
const simple = z.object({
  type: z.string(),
  name: z.string(),
  input: z.array(z.tuple([z.string(), storedGiven])),
  output: z.array(output),
  hint: z.string().nullable(),
  chain: z.null(),
  goOn: z.literal(false),
});
/** How an order is read back from a row. What is chained to it has nothing chained to itself. */
const storedOrder = simple.extend({
  chain: simple.nullable(),
  goOn: z.boolean(),
}) satisfies z.ZodType<TaskOrder>;

const stored = z.object({
  asker: person,
  place,
  conversation: place,
  message: messageRef.nullable(),
  trigger: storedTrigger.nullable(),
  account: z.string().nullable(),
  order: storedOrder,
  announce: z.string().nullable(),
  private: z.boolean(),
  at: z.number(),
  replaces: z.string().nullable(),
});

/** The request as JSON for its job row, the trigger's token sealed. */
export function encodeRequest(request: TaskRequest, vault: Vault): string {
  return JSON.stringify({ ...request, trigger: request.trigger && sealTrigger(request.trigger, vault) });
}

/** The request of a job row; throws when the row is none, which is our own mistake. */
export function decodeRequest(json: string, vault: Vault): TaskRequest {
  const read = stored.parse(JSON.parse(json));
  return { ...read, trigger: read.trigger && openTrigger(read.trigger, vault) };
}
