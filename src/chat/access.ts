/**
 * One entry of an access list. `team`: a workspace or server. `channel`: a channel with all its threads, or one thread.
 * `category`: what channels are grouped in. `group`: a user group or a role. `bot`: a program. Ids are the platform's own.
 */
export interface AccessEntry {
  readonly kind: 'team' | 'channel' | 'category' | 'user' | 'group' | 'bot';
  readonly id: string;
}

/**
 * Who may use Parley on one platform, and where.
 *
 * - `deny` wins: one entry that fits the person or the place is enough to be refused.
 * - `allow` narrows, kind by kind. Entries of places (`team`, `channel`, `category`): one of them must fit the place. Entries of
 *   people (`user`, `group`): one of them must fit the person. Where both are given, both must fit. None of a kind: everybody.
 * - Programs get no answer unless an entry `bot` of `allow` names them.
 * - A direct message stands in no place: only the entries of people count there.
 */
export interface AccessRules {
  readonly allow: readonly AccessEntry[];
  readonly deny: readonly AccessEntry[];
  /** Whether direct messages are answered. */
  readonly directMessages: boolean;
  /** Whether guests of the team are answered. */
  readonly guests: boolean;
  /** Whether people of other organisations are answered. */
  readonly strangers: boolean;
}

/** Every member may use Parley everywhere; programs, guests and people of other organisations may not. */
export const OPEN_TO_MEMBERS: AccessRules = {
  allow: [],
  deny: [],
  directMessages: true,
  guests: false,
  strangers: false,
};

/** The ids of one kind that a platform's rules name: what its adapter may have to ask about. */
export function namedIn(rules: Pick<AccessRules, 'allow' | 'deny'>, kind: AccessEntry['kind']): readonly string[] {
  const named = [...rules.allow, ...rules.deny].filter((entry) => entry.kind === kind);
  return [...new Set(named.map((entry) => entry.id))];
}
