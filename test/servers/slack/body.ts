import { messageBlocks } from './blocks.ts';
import { copy, isObject, type Json, object, objects, parse, text } from './json.ts';
import { SIZES } from './limits.ts';
import { Refusal, refusalWith } from './refusal.ts';
import { duplicates, elementsOf, problems } from './schema-problems.ts';
import { nextId, type World } from './world.ts';

/** Every piece of text in a body that a reader could see, with the path of where it stands. */
export function visibleTexts(value: unknown, where = ''): { text: string; where: string }[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => visibleTexts(item, `${where}/${index}`));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = `${where}/${key}`;
    if (typeof inner !== 'string') return visibleTexts(inner, path);
    return VISIBLE.has(key) ? [{ text: inner, where: path }] : [];
  });
}

const VISIBLE = new Set([
  'text',
  'alt_text',
  'title',
  'caption',
  'fallback',
  'details',
  'output',
  'accessibility_label',
]);

/** What a reader sees of blocks: the texts, a line each. */
export function shownBlocks(blocks: readonly Json[]): string {
  return visibleTexts(blocks)
    .filter(({ where }) => !where.endsWith('accessibility_label'))
    .map((piece) => piece.text)
    .join('\n');
}

/** What a reader sees of a message: its blocks, or its text when it has none. */
export function shown(message: { text: string; blocks: readonly Json[] }): string {
  return message.blocks.length > 0 ? shownBlocks(message.blocks) : message.text;
}

/**
 * Checks blocks given as JSON text (or as a list) for a message and gives them back with ids filled in.
 * Throws `invalid_blocks_format`, `invalid_blocks` (with reasons) or `msg_blocks_too_long`.
 */
export function readBlocks(world: World, source: unknown): Json[] {
  const value = typeof source === 'string' ? parse(source) : source;
  if (!Array.isArray(value)) throw new Refusal('invalid_blocks_format');
  const found = [...problems(messageBlocks, value, '/blocks'), ...duplicates(value, '/blocks')];
  const blocks = objects(value);
  const markdown = blocks.filter((block) => block.type === 'markdown');
  if (markdown.reduce((sum, block) => sum + text(block.text).length, 0) > SIZES.markdown)
    found.push(
      `the markdown blocks together must be less than ${SIZES.markdown + 1} characters [json-pointer:/blocks]`,
    );
  if (blocks.filter((block) => block.type === 'table').length > 1) found.push('only_one_table_allowed');
  if (found.length > 0) throw refusalWith('invalid_blocks', found);
  const size = visibleTexts(blocks).reduce((sum, piece) => sum + piece.text.length, 0);
  if (size > SIZES.blocksText) throw new Refusal('msg_blocks_too_long');
  return withIds(world, blocks);
}

/** A copy of the blocks in which every block has a `block_id` and every element an `action_id`. */
export function withIds(world: World, blocks: readonly Json[]): Json[] {
  return copy([...blocks]).map((block) => {
    if (block.type === 'markdown') delete block.block_id;
    block.block_id ??= nextId(world, 'b');
    for (const element of elementsOf(block)) element.action_id ??= nextId(world, 'a');
    return block;
  });
}

/** Reads message `metadata`; an empty object takes it away (null). Throws Slack's errors for a wrong shape or size. */
export function readMetadata(source: string): Json | null {
  const value = parse(source);
  if (!isObject(value)) throw new Refusal('invalid_metadata_format');
  if (Object.keys(value).length === 0) return null;
  if (typeof value.event_type !== 'string' || !isObject(value.event_payload))
    throw new Refusal('invalid_metadata_schema');
  if (Buffer.byteLength(source) > SIZES.metadata) throw new Refusal('metadata_too_large');
  return { event_type: value.event_type, event_payload: copy(object(value.event_payload)) };
}
