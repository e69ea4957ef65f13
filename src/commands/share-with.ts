import { nearest } from '../chat/nearest.ts';
import type { OpenWebUI } from '../openwebui/connection.ts';
import { findPeople, listGroups, type Principal } from '../openwebui/principals.ts';
import type { Grant } from '../openwebui/prompt-rows.ts';

/** Whom something is shared with, and by which names; or a sentence about what was not understood. */
export type Shares =
  | { readonly grants: readonly Grant[]; readonly names: ReadonlyMap<string, string> }
  | { readonly why: string };

/** People and groups in one command, at most. */
const MOST = 30;
const ID = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-z0-9_-]*\d[a-z0-9_-]*)$/i;

/**
 * Reads whom something is to be shared with: names, e-mail addresses or ids, parted by commas, each with `user:` or `group:` before
 * it where that is needed and `:write` behind it. Words that all stand in their full form may be parted by spaces, too. Names are
 * looked up on the server. Throws a `Failure`.
 */
export async function readShares(server: OpenWebUI, typed: string): Promise<Shares> {
  const words = wordsOf(typed);
  if (words.length > MOST) return { why: `Please name at most ${MOST} people and groups at once.` };
  const grants: Grant[] = [];
  const names = new Map<string, string>();
  let groups: readonly Principal[] | null = null;
  for (const word of words) {
    const { kind, name, may } = partsOf(word);
    if (kind === null && name.toLowerCase() === 'everyone') {
      grants.push({ to: 'user', id: '*', may });
      continue;
    }
    groups ??= kind === 'user' ? null : await listGroups(server);
    const there = [
      ...(kind === 'group' ? [] : await findPeople(server, name)),
      ...(kind === 'user' ? [] : (groups ?? [])),
    ];
    const found = only(there, name);
    if (found.length === 1 && found[0]) {
      grants.push({ to: found[0].to, id: found[0].id, may });
      names.set(found[0].id, found[0].name);
    } else if (found.length > 1) return { why: several(name, found) };
    // An id that this account does not see is taken as it is: the server knows whether there is such a one.
    else if (kind !== null && ID.test(name)) grants.push({ to: kind, id: name, may });
    else return { why: nobody(name, kind, [...there, ...(await nearby(server, name, kind, groups))]) };
  }
  return { grants, names };
}

function wordsOf(typed: string): string[] {
  const plain = typed.split(/\s+/).filter((word) => word !== '');
  const full = plain.every((word) =>
    /^(?:everyone(?::read|:write)?|nobody|(?:user|group):[^\s:,"]+(?::read|:write)?),?$/i.test(word),
  );
  const parts = full ? plain.flatMap((word) => word.split(',')) : (typed.match(/(?:"[^"]*"|[^,])+/g) ?? []);
  const trimmed = parts.map((part) => part.trim()).filter((part) => part !== '' && part.toLowerCase() !== 'nobody');
  return [...new Set(trimmed)];
}

function partsOf(word: string): { kind: 'user' | 'group' | null; name: string; may: Grant['may'] } {
  const match = /^(?:(user|group):)?\s*(.*?)\s*(?::(read|write))?$/is.exec(word);
  const kind = match?.[1]?.toLowerCase();
  return {
    kind: kind === 'user' || kind === 'group' ? kind : null,
    name: (match?.[2] ?? word).replace(/^"(.*)"$/s, '$1').trim(),
    may: match?.[3]?.toLowerCase() === 'write' ? 'write' : 'read',
  };
}

/** Those that are meant: by id, else by e-mail address, else by the whole name. */
function only(there: readonly Principal[], typed: string): readonly Principal[] {
  const wanted = typed.toLowerCase();
  const ways: ((one: Principal) => boolean)[] = [
    (one) => one.id === typed,
    (one) => one.email?.toLowerCase() === wanted,
    (one) => one.name.toLowerCase() === wanted,
  ];
  for (const way of ways) {
    const found = there.filter(way);
    if (found.length > 0) return found;
  }
  return [];
}

function several(name: string, found: readonly Principal[]): string {
  const ways = found.slice(0, 5).map((one) => `\`${one.to}:${one.email ?? one.id}\``);
  return `There is more than one “${name.slice(0, 60)}”. Write ${ways.join(' or ')}.`;
}

async function nearby(
  server: OpenWebUI,
  name: string,
  kind: 'user' | 'group' | null,
  groups: readonly Principal[] | null,
): Promise<readonly Principal[]> {
  // Somebody who misspells a name mostly gets its first letter right.
  const people = kind === 'group' ? [] : await findPeople(server, name.slice(0, 1));
  return [...people, ...(groups ?? [])];
}

function nobody(name: string, kind: 'user' | 'group' | null, there: readonly Principal[]): string {
  const what = kind === 'group' ? 'group' : kind === 'user' ? 'person' : 'person or group';
  const near = nearest(
    name,
    there.map((one) => one.name),
  );
  const holds = there.filter((one) => one.name.toLowerCase().includes(name.toLowerCase())).map((one) => one.name);
  const offered = [...new Set([...near, ...holds])].slice(0, 4).map((one) => `\`${one.replaceAll('`', "'")}\``);
  const hint = offered.length > 0 ? ` Did you mean ${offered.join(' or ')}?` : ' Part several names by commas.';
  return `Open WebUI shows me no ${what} called “${name.slice(0, 60)}”.${hint}`;
}
