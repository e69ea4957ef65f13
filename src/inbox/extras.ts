import type { Keyv } from 'keyv';
import * as z from 'zod';
import type { Clock } from '../chat/clock.ts';
import type { Choice } from '../chat/forms.ts';
import type { OpenWebUI } from '../openwebui/connection.ts';
import { type Folder, listFolders } from '../openwebui/folders.ts';
import { listKnowledge } from '../openwebui/knowledge.ts';
import { listPrincipals, type Principal } from '../openwebui/principals.ts';
import { listTools, type Named } from '../openwebui/tools.ts';
import { createPerAccount, type PerAccount } from './per-account.ts';
import { createWarmList, listKey, type WarmList } from './warm-list.ts';

/** What an account may ask with and share with, kept warm: answered at once from memory, also while Open WebUI is slow or down. */
export interface AccountExtras {
  readonly tools: WarmList<Named>;
  readonly knowledge: WarmList<Named>;
  readonly folders: WarmList<Folder>;
  readonly principals: WarmList<Principal>;
}

const named = z.array(z.object({ id: z.string(), name: z.string(), description: z.string().nullable() }));
const folders = z.array(z.object({ id: z.string(), name: z.string(), parentId: z.string().nullable() }));
const principals = z.array(
  z.object({ to: z.enum(['user', 'group']), id: z.string(), name: z.string(), email: z.string().nullable() }),
);

/** The lists of each account, made when they are first asked for: most people never use them. `team` is the server through the service key. */
export function createExtras(team: OpenWebUI, clock: Clock, cache: Keyv): PerAccount<AccountExtras> {
  return createPerAccount(team, cache, (server, kept) => {
    const warm = <Item>(what: string, schema: z.ZodType<readonly Item[]>, list: () => Promise<readonly Item[]>) =>
      createWarmList<Item>({ key: listKey(what, server), schema, clock, cache: kept, list });
    return {
      tools: warm('tools', named, () => listTools(server)),
      knowledge: warm('knowledge', named, () => listKnowledge(server)),
      folders: warm('folders', folders, () => listFolders(server)),
      principals: warm('principals', principals, () => listPrincipals(server)),
    };
  });
}

/**
 * The lists as somebody sees them who may not share anything with this account: nobody to share with. They would learn the names
 * and e-mail addresses of all others on the server.
 */
export function withoutPeople(extras: AccountExtras): AccountExtras {
  return { ...extras, principals: NOBODY };
}

const none = async () => [];
const NOBODY: WarmList<Principal> = {
  known: () => [],
  ready: none,
  fresh: none,
  fetch: none,
  changed: () => undefined,
  age: () => undefined,
};

/** Has the lists fetched, in the background, that this command's options will want. */
export function warmFor(extras: AccountExtras, command: string): void {
  const [first = '', second = ''] = command.toLowerCase().split(' ');
  // The page's menu of commands and prompts asks as `prompt`.
  if (first.endsWith('ask') || first.endsWith('prompt'))
    for (const what of ['tools', 'knowledge', 'folders'] as const) extras[what].known();
  if (first.endsWith('prompts') && second === 'share') extras.principals.known();
}

/** Options that offer what an account's lists hold: see {@link suggestExtras}. */
const OFFERED = new Map<string, keyof AccountExtras>([
  ['tools', 'tools'],
  ['knowledge', 'knowledge'],
  ['folder', 'folders'],
  ['with', 'principals'],
]);

/**
 * What fits the last of the names that were typed, parted by commas; the ones before it stay. Null when this option is none of
 * those that name tools, collections, folders, people or groups. Synchronous, from memory.
 */
export function suggestExtras(
  extras: AccountExtras,
  option: string,
  typed: string,
  most: number,
): readonly Choice[] | null {
  const what = OFFERED.get(option);
  if (what === undefined) return null;
  const comma = what === 'folders' ? -1 : typed.lastIndexOf(',');
  const before = comma === -1 ? '' : `${typed.slice(0, comma).trimEnd()}, `;
  const wanted = typed
    .slice(comma + 1)
    .trim()
    .toLowerCase();
  const choices = choicesOf(extras, what);
  const begins = choices.filter((one) => one.label.toLowerCase().startsWith(wanted));
  const holds = choices.filter((one) => !begins.includes(one) && one.label.toLowerCase().includes(wanted));
  // A folder is made where there is none.
  const isNew = what === 'folders' && wanted !== '' && !choices.some((one) => one.label.toLowerCase() === wanted);
  const fresh = isNew ? [{ label: typed.trim(), value: typed.trim(), hint: 'a new folder' }] : [];
  return [...[...begins, ...holds].slice(0, most - fresh.length), ...fresh].map((one) => ({
    ...one,
    label: `${before}${one.label}`,
    value: `${before}${one.value}`,
  }));
}

function choicesOf(extras: AccountExtras, what: keyof AccountExtras): readonly Choice[] {
  switch (what) {
    case 'tools':
    case 'knowledge': {
      const list = extras[what].known();
      const names = list.map((one) => one.name.toLowerCase());
      const isUsable = (name: string) =>
        !name.includes(',') && names.indexOf(name.toLowerCase()) === names.lastIndexOf(name.toLowerCase());
      return list.map(({ id, name, description }) => ({
        label: name,
        value: isUsable(name) ? name : id,
        hint: description,
      }));
    }
    case 'folders':
      return extras.folders
        .known()
        .filter((one) => one.parentId === null)
        .map(({ name }) => ({ label: name, value: name, hint: null }));
    case 'principals': {
      const everyone = { label: 'everyone', value: 'everyone', hint: 'Whoever may use this Open WebUI' };
      const found = extras.principals.known().map(({ to, name, email }) => ({
        label: name,
        value: `${to}:${name}`,
        hint: to === 'group' ? 'group' : email,
      }));
      return [everyone, ...found];
    }
  }
}
