import type { Args } from '../args.ts';
import { changeView, showView, spendTrigger } from '../modals.ts';
import type { ViewRecord } from '../model.ts';
import { Refusal } from '../refusal.ts';
import { readView } from '../view-schema.ts';
import { viewJson } from '../wire.ts';
import type { World } from '../world.ts';
import type { Methods } from './method.ts';

function wanted(world: World, args: Args): ViewRecord {
  const id = args.str('view_id');
  const external = args.str('external_id');
  const found = [...world.views.values()].findLast(
    (record) => (id ? record.id === id : external !== undefined && record.view.external_id === external) && record.open,
  );
  if (!found) throw new Refusal('not_found');
  const hash = args.str('hash');
  if (hash && hash !== found.hash) throw new Refusal('hash_conflict');
  return found;
}

function answer(world: World, record: ViewRecord) {
  return { view: viewJson(world, record) };
}

/** `views.*`. */
export const viewMethods: Methods = {
  'views.open': {
    scopes: [],
    token: 'bot',
    run(world, { args }) {
      const view = readView(world, args.need('view'), 'modal');
      const trigger = spendTrigger(world, args.need('trigger_id', 'invalid_trigger_id'));
      return answer(world, showView(world, trigger.user, view, 'views.open'));
    },
  },
  'views.push': {
    scopes: [],
    token: 'bot',
    run(world, { args }) {
      const view = readView(world, args.need('view'), 'modal');
      const trigger = spendTrigger(world, args.need('trigger_id', 'invalid_trigger_id'));
      const under = trigger.viewId ? world.views.get(trigger.viewId) : undefined;
      if (!under?.open) throw new Refusal('invalid_trigger_id');
      return answer(world, showView(world, trigger.user, view, 'views.push', under));
    },
  },
  'views.update': {
    scopes: [],
    token: 'bot',
    run(world, { args }) {
      const record = wanted(world, args);
      changeView(world, record, readView(world, args.need('view'), record.type), 'views.update');
      return answer(world, record);
    },
  },
  'views.publish': {
    scopes: [],
    token: 'bot',
    run(world, { args }) {
      const user = args.need('user_id', 'invalid_arguments');
      if (!world.users.has(user)) throw new Refusal('user_not_found');
      const view = readView(world, args.need('view'), 'home');
      const before = [...world.views.values()].find((record) => record.type === 'home' && record.user === user);
      const hash = args.str('hash');
      if (hash && before && hash !== before.hash) throw new Refusal('hash_conflict');
      if (!before) return answer(world, showView(world, user, view, 'views.publish'));
      changeView(world, before, view, 'views.publish');
      return answer(world, before);
    },
  },
};
