import * as z from 'zod';
import type { FileRef } from '../chat/messages.ts';
import type { Slot, Value } from '../nextcloud/task-types.ts';
import { storedShapes } from '../store/stored-shapes.ts';

/** What goes into a slot: a value as the server takes it, or files that are still to be put there. */
export type Given =
  | { readonly value: Value }
  | { readonly files: readonly FileRef[] /** Whether the slot holds a list. */; readonly list: boolean };

const value = z.union([z.string(), z.number(), z.array(z.union([z.string(), z.number()]))]);

/** How a {@link Given} is read back from a form's note. */
export const storedGiven = z.union([
  z.object({ value }),
  z.object({ files: z.array(storedShapes.file), list: z.boolean() }),
]) satisfies z.ZodType<Given>;

/** Where a result stands: enough to show it when the list of types has changed meanwhile. */
export type OutputSlot = Pick<Slot, 'key' | 'name' | 'kind' | 'list'>;

/** A task of Nextcloud's that somebody wants done. JSON. */
export interface TaskOrder {
  /** A `TaskType`'s id. */
  readonly type: string;
  /** What people read: the short form or the type's name. */
  readonly name: string;
  readonly input: readonly (readonly [key: string, given: Given])[];
  readonly output: readonly OutputSlot[];
  /** What its result may go into when somebody presses the button: the server's type for summaries; null for none. */
  readonly chain: TaskOrder | null;
  /** What is said with a failure that nobody explains, such as that long recordings often fail; null for nothing. */
  readonly hint: string | null;
  /** Go on with {@link chain} by itself. */
  readonly goOn: boolean;
}

/** The input as a map. */
export function inputOf(order: TaskOrder): ReadonlyMap<string, Given> {
  return new Map(order.input);
}
