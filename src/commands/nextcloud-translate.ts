import { nearest } from '../chat/nearest.ts';
import type { Slot } from '../nextcloud/task-types.ts';
import { given, option, say } from './command.ts';
import { choiceOf } from './nextcloud-input.ts';
import { order, sentIn, shortly } from './nextcloud-order.ts';
import { taskCommand, typeOf, usual, withNextcloud } from './nextcloud-pick.ts';
import type { Given } from './task-order.ts';

/** Names of the languages in the input of the type. */
const TO = 'target_language';
const FROM = 'origin_language';

/** `/nextcloud translate`: a text in another language. The server finds out from which one, unless it is told. */
export const translate = taskCommand({
  name: 'translate',
  summary: 'Translate a text or a message',
  options: [
    option('to', 'word', 'Into which language', { suggested: true }),
    option('from', 'word', 'From which language; leave it out to have it found', { suggested: true }),
    usual.on,
    usual.file,
    usual.private,
    usual.text,
  ],
  shortcut: 'Translate',
  run: (call, desk) =>
    withNextcloud(desk, async (nextcloud) => {
      if (call.filled) return sentIn(call, nextcloud, call.filled);
      const type = await typeOf(call, nextcloud, 'translate');
      if (typeof type === 'string') return say(type);
      const settled = new Map<string, Given>();
      const names: string[] = [];
      for (const [name, key] of [
        ['from', FROM],
        ['to', TO],
      ] as const) {
        const slot = type.input.find((one) => one.key === key);
        const typed = (given(call, name) ?? '').trim();
        if (typed === '' || !slot) continue;
        const value = choiceOf(slot, typed);
        if (value === null) return say(unknown(slot, typed));
        settled.set(key, { value });
        names.push(`${name} ${slot.choices.find((one) => one.value === value)?.label ?? value}`);
      }
      // The language into which a person wants it is asked for; the one it is in is found where the server can.
      const source = type.input.find(({ key }) => key === FROM);
      if (source?.fallback != null && !settled.has(FROM)) settled.set(FROM, { value: source.fallback });
      const text = given(call, 'text') ?? '';
      const about = `${names.length > 0 ? ` ${names.join(' ')}` : ''}${shortly(text)}`;
      return order(call, desk, nextcloud, { type, name: 'translate', about, given: settled, text, goOn: false });
    }),
});

function unknown(slot: Slot, typed: string): string {
  const labels = slot.choices.map(({ label }) => label);
  const near = nearest(typed, labels);
  const some = near.length > 0 ? near : labels.slice(0, 12);
  return `This Nextcloud knows no language called “${typed.slice(0, 40)}”. ${near.length > 0 ? 'Did you mean' : 'It knows'} ${some.join(', ')}${near.length > 0 ? '?' : labels.length > 12 ? ' and more.' : '.'}`;
}
