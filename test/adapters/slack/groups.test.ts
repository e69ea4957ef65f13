import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { slackFailure } from '../../../adapters/slack/errors.ts';
import { createGroups } from '../../../adapters/slack/groups.ts';
import { createTestClock } from '../../clock.ts';

const MINUTE = 60_000;

/** Groups over a Slack that answers as a test says, or not at all. */
function open(ids: readonly string[]) {
  const clock = createTestClock();
  const members: Record<string, string[]> = { S1: ['ann'], S2: ['ann', 'bob'] };
  const state = { calls: 0, down: false };
  const quiet = () => undefined;
  const groups = createGroups({
    ids,
    clock,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    api: {
      async call<S extends z.ZodType>(method: string, args: Readonly<Record<string, unknown>>, answer: S) {
        expect(method).toBe('usergroups.users.list');
        state.calls += 1;
        if (state.down) throw slackFailure('unreachable', 'down');
        return answer.parse({ ok: true, users: members[String(args.usergroup)] ?? [] });
      },
    },
  });
  return { clock, members, state, groups };
}

describe('user groups', () => {
  it('are not asked for where the lists name none', async () => {
    const { groups, state } = open([]);
    expect(await groups.of('ann')).toEqual([]);
    expect(state.calls).toBe(0);
  });

  it('are asked for once, whoever asks, and again after five minutes', async () => {
    const { groups, state, clock, members } = open(['S1', 'S2']);
    const [ann, bob] = await Promise.all([groups.of('ann'), groups.of('bob')]);
    expect([ann, bob, await groups.of('cy')]).toEqual([['S1', 'S2'], ['S2'], []]);
    expect(state.calls).toBe(2);
    members.S1 = [];
    expect(await groups.of('ann')).toEqual(['S1', 'S2']);
    await clock.advance(5 * MINUTE + 1);
    expect(await groups.of('ann')).toEqual(['S2']);
    expect(state.calls).toBe(4);
  });

  it('count as last heard for an hour while Slack is down; then nobody is guessed in or out', async () => {
    const { groups, state, clock } = open(['S1']);
    await groups.of('ann');
    state.down = true;
    await clock.advance(30 * MINUTE);
    expect(await groups.of('ann')).toEqual(['S1']);
    await clock.advance(31 * MINUTE);
    await expect(groups.of('ann')).rejects.toThrow();
    state.down = false;
    expect(await groups.of('ann')).toEqual(['S1']);
  });
});
