import type * as z from 'zod';
import { isObject, type Json, list, object, objects, text } from './json.ts';

/** What is wrong with `value`, in Slack's words with a JSON pointer under `root` (`/blocks`, `/view`); empty when all is well. */
export function problems(schema: z.ZodType, value: unknown, root: string): string[] {
  const result = schema.safeParse(value);
  if (result.success) return [];
  return result.error.issues.map((issue) => {
    const path = issue.path.map(String);
    const at = (steps: readonly string[]) => `[json-pointer:${[root, ...steps].join('/')}]`;
    if (issue.code === 'unrecognized_keys') return `invalid additional property: ${issue.keys.join(', ')} ${at(path)}`;
    if (issue.code === 'invalid_union') return `unsupported type: ${text(reach(value, path))} ${at(path)}`;
    if (issue.code === 'invalid_type' && reach(value, path) === undefined)
      return `missing required field: ${path.at(-1) ?? ''} ${at(path.slice(0, -1))}`;
    if (issue.code === 'invalid_type') return `must provide a ${issue.expected} ${at(path)}`;
    return `${issue.message} ${at(path)}`;
  });
}

function reach(value: unknown, path: readonly string[]): unknown {
  let here: unknown = value;
  for (const step of path) here = Array.isArray(here) ? here[Number(step)] : object(here)[step];
  return here;
}

/** Twice the same `block_id`, or twice the same `action_id` in one block: Slack refuses both. */
export function duplicates(blocks: readonly unknown[], root: string): string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  for (const [index, block] of blocks.filter(isObject).entries()) {
    const id = text(block.block_id);
    if (id && seen.has(id)) found.push(`\`block_id\` already exists: ${id} [json-pointer:${root}/${index}/block_id]`);
    if (id) seen.add(id);
    const actions = new Set<string>();
    for (const element of elementsOf(block)) {
      const action = text(element.action_id);
      if (action && actions.has(action))
        found.push(`\`action_id\` already exists: ${action} [json-pointer:${root}/${index}]`);
      if (action) actions.add(action);
    }
  }
  return found;
}

const INTERACTIVE =
  /^(button|overflow|checkboxes|radio_buttons|.*select|.*picker|.*_input|feedback_buttons|icon_button|workflow_button)$/;

/** The elements of a block that a person can use: buttons, selects, inputs. */
export function elementsOf(block: Json): Json[] {
  const inner = [...objects(block.elements), object(block.accessory), object(block.element)];
  const own = inner.filter((element) => INTERACTIVE.test(text(element.type)));
  const nested = list(block.child_blocks).filter(isObject).flatMap(elementsOf);
  return [...own, ...objects(block.actions), ...nested];
}
