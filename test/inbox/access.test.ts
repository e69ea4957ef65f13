import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AccessEntry, type AccessRules, namedIn, OPEN_TO_MEMBERS } from '../../src/chat/access.ts';
import { createAccess } from '../../src/inbox/access.ts';
import { CHANNEL, DIRECT, THREAD } from '../flow/world.ts';
import { person } from '../person.ts';

const entry = (written: string): AccessEntry => {
  const [kind, id = ''] = written.split(':');
  const kinds = ['team', 'channel', 'category', 'user', 'group', 'bot'] as const;
  const known = kinds.find((one) => one === kind);
  if (!known) throw new Error(written);
  return { kind: known, id };
};

/** Access with these rules; every channel lies in the category K1. */
function access(
  rules: Partial<Record<'allow' | 'deny', readonly string[]>> & Partial<Pick<AccessRules, 'directMessages'>>,
) {
  const { allow = [], deny = [], ...more } = rules;
  const whole = { ...OPEN_TO_MEMBERS, ...more, allow: allow.map(entry), deny: deny.map(entry) };
  return createAccess({ admins: ['plain:admin'], rules: () => whole, around: () => ['K1'] });
}

const ann = person('Ann', { groups: ['S1'] });
const bot = person('Robot', { bot: true });

describe('access lists', () => {
  it.each([
    ['nothing is set', {}, THREAD, true],
    ['their channel is allowed', { allow: ['channel:C1'] }, CHANNEL, true],
    ['the channel of their thread is allowed', { allow: ['channel:C1'] }, THREAD, true],
    ['their thread is allowed', { allow: ['channel:H1'] }, THREAD, true],
    ['another thread is', { allow: ['channel:H2'] }, THREAD, false],
    ['another channel is', { allow: ['channel:C2'] }, THREAD, false],
    ['another or theirs is', { allow: ['channel:C2', 'channel:C1'] }, THREAD, true],
    ['another channel is, or their team', { allow: ['channel:C2', 'team:T1'] }, THREAD, true],
    ['their category is', { allow: ['category:K1'] }, THREAD, true],
    ['another category is', { allow: ['category:K2'] }, THREAD, false],
    ['they are named', { allow: ['user:ann'] }, THREAD, true],
    ['somebody else is', { allow: ['user:bob'] }, THREAD, false],
    ['their group is', { allow: ['group:S1'] }, THREAD, true],
    ['somebody else is, or their group', { allow: ['user:bob', 'group:S1'] }, THREAD, true],
    ['their group in another channel', { allow: ['group:S1', 'channel:C2'] }, THREAD, false],
    ['another group in their channel', { allow: ['group:S2', 'channel:C1'] }, THREAD, false],
    ['their group in their channel', { allow: ['group:S1', 'channel:C1'] }, THREAD, true],
    ['a program is named, and nobody else', { allow: ['bot:robot'] }, THREAD, true],
    ['they are allowed and denied', { allow: ['user:ann'], deny: ['user:ann'] }, THREAD, false],
    ['their group is denied', { allow: ['user:ann'], deny: ['group:S1'] }, THREAD, false],
    ['their channel is allowed, its category denied', { allow: ['channel:C1'], deny: ['category:K1'] }, THREAD, false],
    ['their team is denied', { deny: ['team:T1'] }, THREAD, false],
    ['they write directly, and only a channel is allowed', { allow: ['channel:C2'] }, DIRECT, true],
    ['they write directly, and the team is denied', { deny: ['team:T1'] }, DIRECT, true],
    ['they write directly, and only another group is allowed', { allow: ['group:S2'] }, DIRECT, false],
    ['they write directly, and their group is denied', { deny: ['group:S1'] }, DIRECT, false],
    ['they write directly, which is off', { directMessages: false }, DIRECT, false],
    ['direct messages are off, but here it is a channel', { directMessages: false }, THREAD, true],
  ] as const)('where %s', (_title, rules, place, open) => {
    expect(access(rules).refusal(ann, place) === null).toBe(open);
  });

  it.each([
    ['named', { allow: ['bot:robot'] }, THREAD, true],
    ['not named', { allow: ['bot:other'] }, THREAD, false],
    ['allowed as a person', { allow: ['user:robot'] }, THREAD, false],
    ['named where people are, too', { allow: ['bot:robot', 'user:ann'] }, THREAD, true],
    ['named for another channel', { allow: ['bot:robot', 'channel:C2'] }, THREAD, false],
    ['named and denied', { allow: ['bot:robot'], deny: ['user:robot'] }, THREAD, false],
  ] as const)('a program that is %s', (_title, rules, place, open) => {
    expect(access(rules).refusal(bot, place)).toBe(open ? null : '');
  });

  it('an admin is let in like everybody, and a program is none', () => {
    const admin = person('Admin');
    expect(access({ deny: ['user:admin'] }).refusal(admin, THREAD)).not.toBeNull();
    expect(access({}).isAdmin(admin)).toBe(true);
    expect(access({}).isAdmin({ ...admin, bot: true })).toBe(false);
  });

  const written = fc
    .tuple(
      fc.constantFrom('team', 'channel', 'category', 'user', 'group'),
      fc.constantFrom('T1', 'C1', 'H1', 'K1', 'ann', 'S1', 'x'),
    )
    .map(([kind, id]) => `${kind}:${id}`);
  const lists = fc.array(written, { maxLength: 5 });
  const places = fc.constantFrom(THREAD, CHANNEL, DIRECT);

  it('one more denial never lets anybody in', () => {
    fc.assert(
      fc.property(lists, lists, written, places, (allow, deny, more, place) => {
        if (access({ allow, deny }).refusal(ann, place) === null) return;
        expect(access({ allow, deny: [...deny, more] }).refusal(ann, place)).not.toBeNull();
      }),
    );
  });

  it('one more entry of a kind that is there already never shuts anybody out', () => {
    fc.assert(
      fc.property(
        fc.array(written, { minLength: 1, maxLength: 5 }),
        fc.nat(),
        lists,
        places,
        (allow, pick, deny, place) => {
          const [kind] = (allow[pick % allow.length] ?? '').split(':');
          if (access({ allow, deny }).refusal(ann, place) !== null) return;
          expect(access({ allow: [...allow, `${kind}:other`], deny }).refusal(ann, place)).toBeNull();
        },
      ),
    );
  });

  it('tell which groups they name, each once', () => {
    const rules = { allow: ['group:S1', 'user:U1', 'group:S2'].map(entry), deny: ['group:S1'].map(entry) };
    expect(namedIn(rules, 'group')).toEqual(['S1', 'S2']);
  });
});
