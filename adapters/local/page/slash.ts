import type { CommandSpec, OptionSpec } from '../../../src/chat/commands.ts';
import type { Choice } from '../../../src/chat/forms.ts';
import { PARLEY, TEAM } from '../words.ts';
import { ask } from './connection.ts';
import { state } from './state.ts';

/** What is offered while somebody types: entries, and a line that says what comes next. */
export interface Offer {
  readonly items: readonly OfferItem[];
  /** Such as `/model [name] [for]`, with the option at hand. */
  readonly hint: { readonly usage: string; readonly now: string } | null;
  /** Enter takes the marked entry; else only Tab, or Enter after an arrow key. */
  readonly eager: boolean;
}

/** One entry; choosing it puts `insert` in place of everything from `from` to the cursor. */
export interface OfferItem {
  readonly label: string;
  readonly hint: string;
  readonly from: number;
  readonly insert: string;
  /** It can be run as it stands. */
  readonly runs: boolean;
}

const MOST = 8;

/** What to offer for the text before the cursor; `later` is called with more when the server has suggestions. */
export function offer(text: string, cursor: number, later: (offer: Offer) => void): Offer | null {
  const before = text.slice(0, cursor);
  if (before.startsWith('/')) return commandOffer(before, later);
  return mentionOffer(before);
}

function mentionOffer(before: string): Offer | null {
  const match = /(?:^|\s)@([\p{L}\p{N}_-]{0,40})$/u.exec(before);
  const conversation = state.conversations.get(state.current);
  const shared = state.current === TEAM || conversation?.shared;
  if (!match || !shared) return null;
  const typed = (match[1] ?? '').toLowerCase();
  const from = before.length - typed.length - 1;
  const names = [PARLEY, ...[...state.people.values()].filter((one) => one.id !== state.me?.id).map((one) => one.name)];
  const items = names
    .filter((name) => name.toLowerCase().startsWith(typed))
    .slice(0, MOST)
    .map((name) => ({
      label: `@${name}`,
      hint: name === PARLEY ? 'asks the model' : '',
      from,
      insert: `@${name} `,
      runs: false,
    }));
  return items.length > 0 ? { items, hint: null, eager: true } : null;
}

function commandOffer(before: string, later: (offer: Offer) => void): Offer | null {
  const first = /^\/([\p{L}\p{N}_-]*)$/u.exec(before);
  if (first) return withPrompts(names(state.commands, first[1] ?? '', 1), first[1] ?? '', later);
  const match = /^\/([\p{L}\p{N}_-]+)\s+/u.exec(before);
  let command = state.commands.find((one) => one.name === match?.[1]?.toLowerCase());
  if (!match || !command) return null;
  let start = match[0].length;
  let path = command.name;
  if (command.subcommands.length > 0) {
    const second = /^([\p{L}\p{N}_-]*)(\s+)?/u.exec(before.slice(start));
    const sub = command.subcommands.find((one) => one.name === second?.[1]?.toLowerCase());
    if (!second?.[2] || !sub) return names(command.subcommands, before.slice(start), start);
    start += second[0].length;
    command = sub;
    path = `${path} ${sub.name}`;
  }
  return optionOffer(command, path, before, start, later);
}

/** The commands, and after them, once the server has told, the prompts: each runs by its own name. */
function withPrompts(commands: Offer | null, typed: string, later: (offer: Offer) => void): Offer | null {
  void ask({ type: 'suggest', to: state.current, command: 'prompt', option: 'prompt', typed }).then((answer) => {
    if (answer.type !== 'suggestions') return;
    const taken = new Set(state.commands.map((one) => one.name));
    const prompts = answer.choices
      .filter((one) => /^\p{L}[\p{L}\p{N}_-]{0,63}$/u.test(one.value) && !taken.has(one.value.toLowerCase()))
      .slice(0, MOST)
      .map((one) => ({
        label: `/${one.value}`,
        hint: one.hint === null ? 'Prompt' : `Prompt: ${one.hint}`,
        from: 1,
        insert: `${one.value} `,
        runs: true,
      }));
    // Commands that only speak of what was typed come after the prompts that are called so.
    const own = commands?.items ?? [];
    const called = own.filter((one) => one.insert.startsWith(typed.toLowerCase()));
    const items = [...called, ...prompts, ...own.filter((one) => !called.includes(one))];
    if (prompts.length > 0) later({ items, hint: commands?.hint ?? null, eager: true });
  });
  return commands;
}

function names(commands: readonly CommandSpec[], typed: string, from: number): Offer | null {
  const wanted = typed.toLowerCase();
  const starts = commands.filter((one) => one.name.startsWith(wanted));
  const others = commands.filter(
    (one) => !one.name.startsWith(wanted) && wanted.length > 1 && one.summary.toLowerCase().includes(wanted),
  );
  const items = [...starts, ...others].map((one) => ({
    label: from === 1 ? `/${one.name}` : one.name,
    hint: one.summary,
    from,
    insert: one.options.length > 0 || one.subcommands.length > 0 ? `${one.name} ` : one.name,
    runs: one.subcommands.length === 0,
  }));
  const [only] = items;
  const done = items.length === 1 && only?.insert === typed;
  return items.length > 0 ? { items: done ? [] : items, hint: null, eager: starts.length > 0 } : null;
}

function optionOffer(
  command: CommandSpec,
  path: string,
  before: string,
  start: number,
  later: (offer: Offer) => void,
): Offer | null {
  if (command.options.length === 0) return null;
  const rest = before.slice(start);
  const words = rest.match(/[\p{L}\p{N}_-]+="[^"]*"?|"[^"]*"?|\S+/gu) ?? [];
  const typing = /\s$/.test(rest) || rest === '' ? '' : (words.pop() ?? '');
  const used = new Set(
    words.map((word) => /^([\p{L}\p{N}_-]+)=/u.exec(word)?.[1]).filter((name) => name !== undefined),
  );
  const bare = words.filter((word) => !/^[\p{L}\p{N}_-]+=/u.test(word)).length;
  const takesRest = command.options.some((option) => option.type === 'rest');
  const positional = command.options.filter(
    (option) =>
      option.type !== 'file' && !used.has(option.name) && (option.required || option.type === 'rest' || !takesRest),
  );
  const named = /^([\p{L}\p{N}_-]+)=(.*)$/u.exec(typing);
  const option =
    command.options.find((one) => one.name === named?.[1]) ?? positional[Math.min(bare, positional.length - 1)] ?? null;
  const value = (command.options.some((one) => one.name === named?.[1]) ? (named?.[2] ?? '') : typing).replace(
    /^"/,
    '',
  );
  const from = before.length - value.length;
  const hint = { usage: usage(command, path), now: option ? `${option.name}: ${option.summary}` : '' };
  const fill = (choices: readonly Choice[]): Offer => ({
    items: choices.slice(0, MOST).map((choice) => item(choice, from)),
    hint,
    eager: false,
  });
  if (!option || option.type === 'rest') {
    if (option?.suggested) {
      // Everything that is left of the line is one value, suggested whole.
      const typed = restOf(command, rest);
      void suggestions(path, option.name, typed, (choices) => {
        const start = before.length - typed.length;
        later({
          items: choices.slice(0, MOST).map((one) => ({ ...item(one, start), insert: one.value })),
          hint,
          eager: false,
        });
      });
    }
    return { items: optionNames(command, used, typing, before), hint, eager: false };
  }
  if (option.type === 'toggle') return fill(matching([plain('yes'), plain('no')], value));
  if (option.type === 'user')
    return fill(
      matching(
        [...state.people.values()].map((one) => ({ label: one.name, value: one.id, hint: null })),
        value,
      ),
    );
  if (option.suggested) {
    void suggestions(path, option.name, value, (choices) => later(fill(choices)));
  }
  const own = matching(option.choices, value);
  return own.length > 0 ? fill(own) : { items: optionNames(command, used, typing, before), hint, eager: false };
}

/** Asks the server what fits an option; `found` is called when there is something. */
async function suggestions(
  command: string,
  option: string,
  typed: string,
  found: (choices: readonly Choice[]) => void,
): Promise<void> {
  const answer = await ask({ type: 'suggest', to: state.current, command, option, typed });
  if (answer.type === 'suggestions' && answer.choices.length > 0) found(answer.choices);
}

/** What is typed of an option that takes all that is left of the line. */
function restOf(command: CommandSpec, rest: string): string {
  let needed = command.options.filter((option) => option.required && option.type !== 'rest').length;
  const token = /([\p{L}\p{N}_-]+="[^"]*"|"[^"]*"|\S+)\s+/uy;
  for (;;) {
    const from = token.lastIndex;
    const word = token.exec(rest)?.[1];
    const name = word === undefined ? null : /^([\p{L}\p{N}_-]+)=/u.exec(word)?.[1];
    const named = command.options.some((option) => option.name === name);
    if (word === undefined || (!named && needed === 0)) return rest.slice(from);
    if (!named) needed -= 1;
  }
}

/** Options that can be given by name, such as `model=`. */
function optionNames(command: CommandSpec, used: ReadonlySet<string>, typing: string, before: string): OfferItem[] {
  return command.options
    .filter(
      (option) =>
        option.type !== 'rest' &&
        option.type !== 'file' &&
        !option.required &&
        !used.has(option.name) &&
        typing !== '' &&
        option.name.startsWith(typing.toLowerCase()),
    )
    .map((option) => ({
      label: `${option.name}=`,
      hint: option.summary,
      from: before.length - typing.length,
      insert: `${option.name}=`,
      runs: false,
    }));
}

function matching(choices: readonly Choice[], typed: string): Choice[] {
  const wanted = typed.toLowerCase();
  return choices.filter(
    (one) => one.value.toLowerCase() !== wanted && `${one.label} ${one.value}`.toLowerCase().includes(wanted),
  );
}

function plain(value: string): Choice {
  return { label: value, value, hint: null };
}

function item(choice: Choice, from: number): OfferItem {
  const quoted = /[\s"]/.test(choice.value) ? `"${choice.value.replaceAll(/["\\]/g, '\\$&')}"` : choice.value;
  const hint = choice.hint ?? (choice.label === choice.value ? '' : choice.value);
  return { label: choice.label, hint, from, insert: `${quoted} `, runs: false };
}

/** How a command is typed. */
function usage(command: CommandSpec, path: string): string {
  const show = (option: OptionSpec) => {
    const typed = option.required || option.type === 'rest' ? option.name : `${option.name}=…`;
    return option.required ? `<${typed}>` : `[${typed}]`;
  };
  return [`/${path}`, ...command.options.map(show)].join(' ');
}
