import type { Body, Controls, Note, Part, Rendered, Source } from '../../src/chat/view.ts';
import { type Block, blockUnits, context, controlBlocks, sections } from './blocks.ts';
import { MESSAGE_UNITS } from './limits.ts';
import { link, literal } from './mrkdwn.ts';
import { quiet } from './quiet.ts';
import { cut } from './words.ts';

/** A message as Slack shows it. The `text` beside the blocks is made when it is sent. */
export interface SlackPayload {
  readonly blocks: readonly Block[];
}

/** Of a model's thinking so much is shown, small and grey (UTF-16 units). */
const NOTE_UNITS = 500;
/** All sources of one message together (UTF-16 units). */
const SOURCES_UNITS = 2_000;

/**
 * A part as Slack shows it, measured in UTF-16 units of all that can be read in it. The text goes as a `markdown` block, which
 * keeps tables and code as they are. Pure. Nothing in it notifies anybody.
 */
export function renderPart(
  part: Part,
  options: { readonly live: boolean; readonly controls: Controls | null },
): Rendered<SlackPayload> {
  const text = quiet(part.markdown);
  const blocks: Block[] = [
    ...(part.note ? [noteBlock(part.note)] : []),
    ...(text.trim() === '' ? [] : [{ type: 'markdown', text }]),
    ...(part.last && part.status !== null ? [context(`_${literal(part.status) || '…'}_`)] : []),
    ...(part.last ? sourceBlocks(part.sources) : []),
    ...(part.last ? controlBlocks(options.controls) : []),
  ];
  if (blocks.length === 0) blocks.push(context('…'));
  return { payload: { blocks }, size: blockUnits(blocks), max: MESSAGE_UNITS };
}

/** A short text with buttons. `markdown` blocks where they are taken, sections where not (a `response_url`, a modal, Home). */
export function renderBody(body: Body, as: 'markdown' | 'sections'): Block[] {
  const text = quiet(body.markdown).trim();
  const words: Block[] =
    as === 'markdown' && text !== ''
      ? [{ type: 'markdown', text: cut(text, MESSAGE_UNITS - 1_500) }]
      : sections(body.markdown);
  const blocks = [...words, ...controlBlocks(body.controls)];
  return blocks.length > 0 ? blocks : [context('…')];
}

/** The same message for a `response_url`, which takes no `markdown` blocks. */
export function withoutMarkdown(blocks: readonly Block[]): Block[] {
  return blocks.flatMap((block) => (block.type === 'markdown' ? sections(String(block.text)) : [block]));
}

/** Whether a value is a message of {@link renderPart}. */
export function isSlackPayload(value: unknown): value is SlackPayload {
  return typeof value === 'object' && value !== null && 'blocks' in value && Array.isArray(value.blocks);
}

function noteBlock(note: Note): Block {
  const thought = note.markdown.replaceAll(/\s+/g, ' ').trim();
  return context(`*${literal(note.title)}* ${literal(cut(thought, NOTE_UNITS))}`);
}

function sourceBlocks(sources: readonly Source[]): Block[] {
  const named = sources.map((source) => {
    const name = cut(source.name.replaceAll(/\s+/g, ' '), 80);
    return `[${source.number}] ${source.url && source.url.length <= 500 ? link(source.url, name) : literal(name)}`;
  });
  let room = SOURCES_UNITS;
  const shown = named.filter((line) => {
    room -= line.length + 3;
    return room >= 0;
  });
  if (shown.length === 0) return [];
  const more = named.length - shown.length;
  return [context(quiet(`Sources: ${shown.join(' · ')}${more > 0 ? ` and ${more} more` : ''}`))];
}
