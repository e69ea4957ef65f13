import { nearest } from '../chat/nearest.ts';
import type { Named } from '../openwebui/tools.ts';

/** What a question is asked with beside what its model brings along. */
export interface Wishes {
  /** Tools of the server that the model may use. */
  readonly tools: readonly { readonly id: string; readonly name: string }[];
  /** Collections of files to be searched. */
  readonly knowledge: readonly { readonly id: string; readonly name: string }[];
  /** The server searches the web first. */
  readonly web: boolean;
  /** Name of the folder that the chat is put in; made where there is none. */
  readonly folder: string | null;
  /** Nothing is kept in Open WebUI: no chat is made, and none is added to. */
  readonly temporary: boolean;
}

/** A question without any. */
export const NO_WISHES: Wishes = { tools: [], knowledge: [], web: false, folder: null, temporary: false };

/** The things that were named, or a sentence about the first that there is not. Names are parted by commas; ids do too. Pure. */
export function pick(typed: string, there: readonly Named[], what: string): readonly Named[] | string {
  const wanted = [
    ...new Set(
      typed
        .split(',')
        .map((word) => word.trim())
        .filter((word) => word !== ''),
    ),
  ];
  const found: Named[] = [];
  for (const word of wanted) {
    const lower = word.toLowerCase();
    const same = there.filter((one) => one.id === word || one.name.toLowerCase() === lower);
    const [only, ...others] = same.length > 1 ? same.filter((one) => one.id === word) : same;
    if (!only) return same.length > 1 ? several(word, same, what) : unknown(word, there, what);
    if (others.length === 0 && !found.includes(only)) found.push(only);
  }
  return found;
}

function several(word: string, same: readonly Named[], what: string): string {
  const ids = same.slice(0, 5).map((one) => `\`${one.id}\``);
  return `There are ${same.length} ${what}s called “${word.slice(0, 60)}”. Name one by its id: ${ids.join(', ')}.`;
}

function unknown(word: string, there: readonly Named[], what: string): string {
  const head = `There is no ${what} called “${word.slice(0, 60)}” that I may use.`;
  if (there.length === 0) return `${head} In fact there is none at all.`;
  const near = nearest(word, [...there.map((one) => one.name), ...there.map((one) => one.id)]);
  const offered = near.length > 0 ? near : there.slice(0, 8).map((one) => one.name);
  const once = offered.filter(
    (name, at) => offered.findIndex((one) => one.toLowerCase() === name.toLowerCase()) === at,
  );
  const names = once.map((name) => `\`${name.replaceAll('`', "'")}\``);
  return near.length > 0 ? `${head} Did you mean ${names.join(' or ')}?` : `${head} There is ${names.join(', ')}.`;
}
