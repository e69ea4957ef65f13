import * as z from 'zod';
import { viewBlocks } from './blocks.ts';
import { withIds } from './body.ts';
import { bounded, plain } from './elements.ts';
import { isObject, type Json, objects, parse, text } from './json.ts';
import { SIZES } from './limits.ts';
import { Refusal, refusalWith } from './refusal.ts';
import { duplicates, problems } from './schema-problems.ts';
import type { World } from './world.ts';

const shared = {
  blocks: viewBlocks,
  private_metadata: z
    .string()
    .max(SIZES.privateMetadata, `must be less than ${SIZES.privateMetadata + 1} characters`)
    .optional(),
  callback_id: z
    .string()
    .max(SIZES.callbackId, `must be less than ${SIZES.callbackId + 1} characters`)
    .optional(),
  external_id: bounded(255, 0).optional(),
};
const modal = z.strictObject({
  type: z.literal('modal'),
  ...shared,
  title: plain(SIZES.viewTitle),
  submit: plain(SIZES.viewTitle).optional(),
  close: plain(SIZES.viewTitle).optional(),
  clear_on_close: z.boolean().optional(),
  notify_on_close: z.boolean().optional(),
  submit_disabled: z.boolean().optional(),
});
const home = z.strictObject({ type: z.literal('home'), ...shared });
const view = z.discriminatedUnion('type', [modal, home]);

/** What is wrong with a view, in Slack's words. */
export function viewProblems(value: unknown, type: 'modal' | 'home'): string[] {
  const found = problems(view, value, '/view');
  if (!isObject(value)) return found;
  if (value.type !== type) found.push(`must be a valid enum value [json-pointer:/view/type]`);
  const blocks = objects(value.blocks);
  found.push(...duplicates(blocks, '/view/blocks'));
  const inputs = blocks.some((block) => block.type === 'input');
  if (inputs && type === 'modal' && !isObject(value.submit))
    found.push('missing required field: submit [json-pointer:/view]');
  return found;
}

/** Reads a view given as JSON text or as an object; throws `invalid_arguments` with reasons, or `view_too_large`. */
export function readView(world: World, source: unknown, type: 'modal' | 'home'): Json {
  const value = typeof source === 'string' ? parse(source) : source;
  if (!isObject(value)) throw refusalWith('invalid_arguments', ['must provide an object [json-pointer:/view]']);
  if (Buffer.byteLength(JSON.stringify(value)) > SIZES.viewBytes) throw new Refusal('view_too_large');
  const found = viewProblems(value, type);
  if (found.length > 0) throw refusalWith('invalid_arguments', found);
  return { ...value, blocks: withIds(world, objects(value.blocks)), external_id: text(value.external_id) };
}
