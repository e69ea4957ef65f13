import type { Button, Controls, Menu } from '../../src/chat/view.ts';
import {
  BUTTONS,
  LABEL_UNITS,
  MESSAGE_UNITS,
  OPTION_VALUE_UNITS,
  OPTIONS,
  SECTION_UNITS,
  TEXT_BYTES,
} from './limits.ts';
import { mrkdwn } from './mrkdwn.ts';
import { quiet } from './quiet.ts';
import { cut, cutBytes, plain } from './words.ts';

/** One block of a message or view, as Slack takes it. */
export interface Block {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** Everything a reader could see in blocks, in UTF-16 units: what Slack's limit of a whole message counts. */
export function blockUnits(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + blockUnits(item), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [key, inner]) => sum + (typeof inner === 'string' ? (SEEN.has(key) ? inner.length : 0) : blockUnits(inner)),
    0,
  );
}

const SEEN = new Set(['text', 'alt_text', 'title', 'accessibility_label']);

/** Small grey text. */
export function context(text: string): Block {
  return { type: 'context', elements: [{ type: 'mrkdwn', text: cut(text, SECTION_UNITS) }] };
}

/**
 * Markdown as sections of `mrkdwn`, where `markdown` blocks are not taken. At most `units` in all, then an ellipsis. Slack does not
 * fold them behind "See more".
 */
export function sections(markdown: string, units = MESSAGE_UNITS): Block[] {
  const blocks: Block[] = [];
  let room = units;
  let text = '';
  let fenced = false;
  const flush = () => {
    const whole = fenced ? `${text}\n\`\`\`` : text;
    if (whole.trim() !== '') blocks.push({ type: 'section', text: { type: 'mrkdwn', text: whole }, expand: true });
    text = '';
  };
  for (const line of mrkdwn(markdown).split('\n').flatMap(longLine)) {
    if (room < line.length + 8) {
      text += '…';
      break;
    }
    if (text.length + line.length + 16 > SECTION_UNITS) {
      flush();
      if (fenced) text = '```\n';
    }
    text += text === '' || text.endsWith('```\n') ? line : `\n${line}`;
    room -= line.length + 1;
    if (line === '```') fenced = !fenced;
  }
  flush();
  return blocks;
}

function longLine(line: string): string[] {
  const most = SECTION_UNITS - 64;
  const pieces: string[] = [];
  let rest = line;
  while (rest.length > most) {
    const space = rest.lastIndexOf(' ', most);
    const end = space > most / 2 ? space : most;
    pieces.push(rest.slice(0, end).toWellFormed());
    rest = rest.slice(end).trimStart();
  }
  return [...pieces, rest];
}

/** What can be pressed under a message: its own buttons, follow-up questions below them, feedback last. */
export function controlBlocks(controls: Controls | null): Block[] {
  if (!controls) return [];
  const buttons = controls.buttons.slice(0, BUTTONS);
  const good = buttons.find((button) => button.role === 'good');
  const bad = buttons.find((button) => button.role === 'bad');
  const verdict = good && bad ? [feedback(good, bad)] : [];
  const rest = good && bad ? buttons.filter((button) => button !== good && button !== bad) : buttons;
  const asked = rest.filter((button) => button.role === 'follow-up');
  const own = rest.filter((button) => button.role !== 'follow-up');
  const menu = controls.menu ? menuElement(controls.menu) : null;
  const first = [...own.map(buttonElement), ...(menu ? [menu] : [])];
  return [
    ...(first.length > 0 ? [{ type: 'actions', elements: first }] : []),
    ...(asked.length > 0 ? [{ type: 'actions', elements: asked.map(buttonElement) }] : []),
    ...verdict,
  ];
}

function buttonElement(button: Button) {
  return {
    type: 'button',
    action_id: button.id,
    text: plain(button.label, LABEL_UNITS),
    ...(button.style !== 'plain' && { style: button.style }),
  };
}

function feedback(good: Button, bad: Button): Block {
  const side = (button: Button) => ({ text: plain(button.label, LABEL_UNITS), value: button.id });
  const element = {
    type: 'feedback_buttons',
    action_id: FEEDBACK,
    positive_button: side(good),
    negative_button: side(bad),
  };
  return { type: 'context_actions', elements: [element] };
}

/** The `action_id` of the two feedback buttons; which one was pressed stands in the value. */
export const FEEDBACK = 'feedback';

/** Slack takes values of 150 characters: a choice with a longer one cannot be offered. */
function menuElement(menu: Menu) {
  const options = menu.choices
    .filter((choice) => choice.value !== '' && choice.value.length <= OPTION_VALUE_UNITS)
    .slice(0, OPTIONS)
    .map((choice) => ({ text: plain(choice.label, LABEL_UNITS), value: choice.value }));
  if (options.length === 0) return null;
  return { type: 'static_select', action_id: menu.id, placeholder: plain(menu.placeholder, 150), options };
}

/** The `text` beside blocks: what notifications and screen readers tell. Never empty, at most {@link TEXT_BYTES} bytes. */
export function fallback(blocks: readonly Block[]): string {
  const first = blocks.map(wordsOf).find((words) => words.trim() !== '') ?? '';
  return cutBytes(first, TEXT_BYTES) || '…';
}

function wordsOf(block: Block): string {
  if (block.type === 'markdown') return mrkdwn(String(block.text).slice(0, TEXT_BYTES));
  const elements = Array.isArray(block.elements) ? block.elements : [];
  for (const holder of [block, ...elements]) {
    const text: unknown = holder.text;
    if (typeof text === 'string') return quiet(text);
    if (typeof text === 'object' && text !== null && 'text' in text && typeof text.text === 'string')
      return quiet(text.text);
  }
  return '';
}
