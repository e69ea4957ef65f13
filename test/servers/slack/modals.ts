import type { Json } from './json.ts';
import { copy, text } from './json.ts';
import { TIMES, VIEW_STACK } from './limits.ts';
import type { Trigger, ViewRecord } from './model.ts';
import { Refusal } from './refusal.ts';
import { changed, nextId, type World } from './world.ts';

/** Spends a trigger: once, within three seconds. */
export function spendTrigger(world: World, id: string): Trigger {
  const trigger = world.triggers.get(id);
  if (!trigger) throw new Refusal('invalid_trigger_id');
  if (world.clock.now() - trigger.at > TIMES.trigger) throw new Refusal('expired_trigger_id');
  if (trigger.used) throw new Refusal('exchanged_trigger_id');
  trigger.used = true;
  return trigger;
}

/** A new trigger for something a person just did. */
export function newTrigger(world: World, user: string, viewId: string | null = null): string {
  const id = `${Math.floor(world.random() * 1e12)}.${nextId(world, '')}.trigger`;
  world.triggers.set(id, { at: world.clock.now(), user, viewId, used: false });
  if (world.triggers.size > 10_000) {
    const [oldest] = world.triggers.keys();
    if (oldest) world.triggers.delete(oldest);
  }
  return id;
}

/** Puts a view before a person; on top of `over` when given. */
export function showView(
  world: World,
  user: string,
  view: Json,
  via: string,
  over: ViewRecord | null = null,
): ViewRecord {
  const external = text(view.external_id);
  if (external && [...world.views.values()].some((other) => other.open && other.view.external_id === external))
    throw new Refusal('duplicate_external_id');
  if (over && depth(world, over) >= VIEW_STACK) throw new Refusal('push_limit_reached');
  const id = nextId(world, 'V');
  const at = world.clock.now();
  const record: ViewRecord = {
    id,
    user,
    type: view.type === 'home' ? 'home' : 'modal',
    view,
    hash: `${at}.${id}`,
    rootId: over?.rootId ?? id,
    previousId: over?.id ?? null,
    open: true,
    openedAt: at,
    versions: [{ at, via, view: copy(view) }],
  };
  world.views.set(id, record);
  changed(world);
  return record;
}

function depth(world: World, record: ViewRecord): number {
  const below = record.previousId ? world.views.get(record.previousId) : undefined;
  return below ? depth(world, below) + 1 : 1;
}

/** Gives an open view a new body. */
export function changeView(world: World, record: ViewRecord, view: Json, via: string): void {
  const at = world.clock.now();
  record.view = view;
  record.hash = `${at}.${nextId(world, 'h')}`;
  record.versions.push({ at, via, view: copy(view) });
  changed(world);
}

/** Closes a view, or the whole stack it stands in. */
export function closeView(world: World, record: ViewRecord, all: boolean): void {
  for (const other of world.views.values())
    if (other === record || (all && other.rootId === record.rootId)) other.open = false;
  changed(world);
}
