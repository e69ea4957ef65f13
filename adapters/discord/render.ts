import { ButtonStyle, ComponentType } from 'discord.js';
import type { Button, Controls, Menu, Part, Rendered, Source } from '../../src/chat/view.ts';
import { discordMarkdown } from './dialect.ts';
import { escaped, withoutPings } from './inline.ts';
import { MESSAGE_UNITS } from './limits.ts';

/** What a message is made of, in Discord's words. */
export interface Payload {
  readonly content: string;
  readonly components: readonly object[];
}

const ROWS = 5;
const PER_ROW = 5;
const LABEL = 80;
const OPTIONS = 25;
const OPTION_UNITS = 100;
/** Buttons with longer labels than this get a row of their own. */
const SHORT_LABEL = 24;
const STYLES = { plain: ButtonStyle.Secondary, primary: ButtonStyle.Primary, danger: ButtonStyle.Danger } as const;

/** A part of a reply as a message. Pure. */
export function renderPart(part: Part, controls: Controls | null): Rendered<Payload> {
  const blocks = [
    part.note === null ? '' : `-# ${escaped(part.note.title)}${part.markdown === '' ? ' …' : ''}`,
    discordMarkdown(part.markdown),
    part.status === null ? '' : `-# ${escaped(part.status)}`,
    part.sources.map(sourceLine).join('\n'),
  ].filter((block) => block.trim() !== '');
  const content = blocks.join('\n').trim() || '…';
  return { payload: { content, components: componentsOf(controls) }, size: content.length, max: MESSAGE_UNITS };
}

function sourceLine({ number, name, url }: Source): string {
  const label = escaped(name.slice(0, 80)) || 'source';
  return url !== null && /^https?:\/\/[^\s<>()]+$/.test(url)
    ? `-# [${number}] [${withoutLinkText(label)}](<${url}>)`
    : `-# [${number}] ${label}`;
}

/** Discord refuses labels that look like addresses. */
function withoutLinkText(label: string): string {
  return label.replaceAll(/https?:\/\//g, '').replaceAll('.', '․');
}

/** Buttons and lists as rows, at most five. Pure. */
export function componentsOf(controls: Controls | null): readonly object[] {
  if (controls === null) return [];
  const menus = controls.menu === null ? [] : menuRows(controls.menu);
  const rows = buttonRows(controls.buttons, ROWS - Math.min(menus.length, ROWS - 1));
  return [...rows, ...menus].slice(0, ROWS);
}

function buttonRows(buttons: readonly Button[], most: number): object[] {
  const rows: Button[][] = [];
  for (const button of buttons) {
    const last = rows.at(-1);
    const long = button.label.length > SHORT_LABEL || last?.some((one) => one.label.length > SHORT_LABEL);
    if (last && last.length < PER_ROW && !(long && rows.length < most)) last.push(button);
    else rows.push([button]);
  }
  return rows.slice(0, most).map((row) => ({
    type: ComponentType.ActionRow,
    components: row.map(({ id, label, style }) => ({
      type: ComponentType.Button,
      custom_id: id,
      label: cut(label, LABEL) || '…',
      style: STYLES[style],
    })),
  }));
}

/** A list of over 25 choices becomes several lists; what follows `#` in the id of each is not part of the control's id. */
function menuRows(menu: Menu): object[] {
  const choices = menu.choices.filter((choice) => choice.value.length > 0 && choice.value.length <= OPTION_UNITS);
  const rows: object[] = [];
  for (let from = 0; from < choices.length && rows.length < ROWS - 1; from += OPTIONS) {
    const shown = choices.slice(from, from + OPTIONS);
    const more = choices.length > OPTIONS ? ` (${from + 1}–${from + shown.length})` : '';
    rows.push({
      type: ComponentType.ActionRow,
      components: [
        {
          type: ComponentType.StringSelect,
          custom_id: from === 0 ? menu.id : `${menu.id}#${rows.length + 1}`,
          placeholder: cut(menu.placeholder, 150 - more.length) + more,
          options: shown.map(({ label, value }) => ({ label: cut(withoutPings(label), OPTION_UNITS) || value, value })),
        },
      ],
    });
  }
  return rows;
}

/** The control's own id in a component's. */
export function controlOf(customId: string): string {
  return customId.split('#', 1)[0] ?? customId;
}

/** At most so many UTF-16 units, ending in … where something is left out; never cuts a character in two. */
export function cut(text: string, units: number): string {
  if (text.length <= units) return text;
  const kept = text.slice(0, units - 1).replace(/[\ud800-\udbff]$/, '');
  return `${kept.trimEnd()}…`;
}
