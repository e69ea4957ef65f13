import { createHash } from 'node:crypto';
import type { Keyv } from 'keyv';
import * as z from 'zod';
import type { Clock } from '../chat/clock.ts';
import type { Choice } from '../chat/forms.ts';
import type { Nextcloud } from '../nextcloud/connection.ts';
import { type Slot, type TaskType, taskTypes } from '../nextcloud/task-types.ts';
import { LruMap } from '../store/lru-map.ts';
import { createWarmList, type WarmList } from './warm-list.ts';

/** The kinds of task of each account, kept warm. */
export type WarmTypes = (nc: Nextcloud) => WarmList<TaskType>;

/** Accounts whose lists are kept; those used longest ago are fetched anew. */
const REMEMBERED = 500;

const value = z.union([z.string(), z.number(), z.array(z.union([z.string(), z.number()]))]);
const slot = z.object({
  key: z.string(),
  name: z.string(),
  description: z.string(),
  kind: z.enum(['text', 'number', 'enum', 'file', 'image', 'audio', 'video']),
  list: z.boolean(),
  choices: z.array(z.object({ label: z.string(), value: z.string() })),
  fallback: value.nullable(),
  required: z.boolean(),
}) satisfies z.ZodType<Slot>;
const remembered = z.array(
  z.object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    input: z.array(slot),
    optional: z.array(slot),
    output: z.array(slot),
    internal: z.boolean(),
  }),
) satisfies z.ZodType<readonly TaskType[]>;

/** See {@link WarmTypes}. */
export function createWarmTypes(clock: Clock, cache: Keyv): WarmTypes {
  const lists = new LruMap<string, WarmList<TaskType>>(REMEMBERED);
  return (nc) => {
    const account = createHash('sha256').update(`${nc.url} ${nc.login}`).digest('base64url');
    const known = lists.get(account);
    if (known) return known;
    const list = async () => (await taskTypes(nc)).filter((type) => !type.internal);
    const made = createWarmList({ key: `nextcloud-types:${account}`, schema: remembered, clock, cache, list });
    lists.set(account, made);
    return made;
  };
}

/** The kinds of task that fit what was typed, those whose name begins with it first. Pure. */
export function suggestTypes(types: readonly TaskType[], typed: string, most: number): readonly Choice[] {
  const wanted = typed.trim().toLowerCase();
  const begins = types.filter(({ id, name }) => name.toLowerCase().startsWith(wanted) || id.toLowerCase() === wanted);
  const holds = types.filter(
    (type) => !begins.includes(type) && `${type.id} ${type.name}`.toLowerCase().includes(wanted),
  );
  return [...begins, ...holds].slice(0, most).map(({ id, name }) => ({ label: name, value: id, hint: null }));
}

/** The choices of a slot that fit what was typed, those that begin with it first. Pure. */
export function suggestChoices(of: Pick<Slot, 'choices'> | undefined, typed: string, most: number): readonly Choice[] {
  const wanted = typed.trim().toLowerCase();
  const all = of?.choices ?? [];
  const begins = all.filter(({ label }) => label.toLowerCase().startsWith(wanted));
  const holds = all.filter(
    (one) => !begins.includes(one) && `${one.label} ${one.value}`.toLowerCase().includes(wanted),
  );
  return [...begins, ...holds].slice(0, most).map((one) => ({ ...one, hint: null }));
}
