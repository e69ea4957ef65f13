import * as z from 'zod';
import { type Exchange, jsonOf, pageIn, pageOf, type Reply } from '../exchange.ts';
import type { Json } from '../json.ts';
import { anyObject, type Feedback } from '../records.ts';
import { Refusal, say } from '../refusal.ts';
import type { Route } from '../router.ts';
import { newId, seconds, type World } from '../world.ts';

const form = z.object({
  type: z.string(),
  data: z.nullish(
    z.looseObject({
      rating: z.nullish(z.union([z.string(), z.number()])),
      model_id: z.nullish(z.string()),
      sibling_model_ids: z.nullish(z.array(z.string())),
      reason: z.nullish(z.string()),
      comment: z.nullish(z.string()),
    }),
  ),
  meta: z.nullish(anyObject),
  snapshot: z.nullish(anyObject),
});

/** Ratings of answers (`/api/v1/evaluations`, as seen on 0.12.4). */
export function feedbackRoutes(world: World): Route[] {
  const own = ({ user, param }: Exchange): Feedback => {
    const found = world.feedback.get(param('id'));
    if (found === null || (found.user_id !== user.id && user.role !== 'admin')) throw new Refusal(404, say.notFound);
    return found;
  };
  // Keys that were left out are there all the same, as null.
  const whole = (data: Json | null | undefined): Json | null =>
    data === null || data === undefined
      ? null
      : { rating: null, model_id: null, sibling_model_ids: null, reason: null, comment: null, ...data };

  const create = async (exchange: Exchange): Promise<Reply> => {
    const fields = await jsonOf(exchange, form);
    const now = seconds(world);
    return {
      json: world.feedback.put({
        id: newId(),
        user_id: exchange.user.id,
        version: 0,
        type: fields.type,
        data: whole(fields.data),
        meta: fields.meta ?? null,
        snapshot: fields.snapshot ?? null,
        created_at: now,
        updated_at: now,
      }),
    };
  };
  const update = async (exchange: Exchange): Promise<Reply> => {
    const fields = await jsonOf(exchange, form);
    const before = own(exchange);
    return {
      json: world.feedback.put({
        ...before,
        data: whole(fields.data) ?? before.data,
        meta: fields.meta ?? before.meta,
        snapshot: fields.snapshot ?? before.snapshot,
        updated_at: seconds(world),
      }),
    };
  };

  const who = 'verified';
  const base = '/api/v1/evaluations';
  return [
    { method: 'POST', path: `${base}/feedback`, who, run: create },
    { method: 'GET', path: `${base}/feedback/:id`, who, run: (exchange) => ({ json: own(exchange) }) },
    { method: 'POST', path: `${base}/feedback/:id`, who, run: update },
    {
      method: 'DELETE',
      path: `${base}/feedback/:id`,
      who,
      run: (exchange) => ({ json: world.feedback.drop(own(exchange).id) }),
    },
    {
      method: 'GET',
      path: `${base}/feedbacks/user`,
      who,
      run: (exchange) => {
        const mine = world.feedback.all().filter((one) => one.user_id === exchange.user.id);
        return { json: { items: pageIn(mine, pageOf(exchange), 30), total: mine.length } };
      },
    },
  ];
}
