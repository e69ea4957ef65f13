import { describe, expect, it } from 'vitest';
import { keysInCells, leaksInFile, leaksInLog } from './scan.ts';

const secret = 'k3y-0f-s0mebody';
const key = `sk-${'a1'.repeat(16)}`;
const none = { secrets: [], texts: [] };

describe('looking for secrets', () => {
  it.each([
    ['a secret that was used', [`{"msg":"x","detail":"key=${secret}"}\n`], { secrets: [secret], texts: [] }],
    ['a key that nobody told of', [`{"msg":"refused ${key}"}\n`], none],
    ['an address to answer at', ['{"url":"https://hooks.slack.com/actions/T1/abcdefgh"}\n'], none],
    ['a bearer header', ['{"headers":"Bearer abcdefghijklmnop"}\n'], none],
    [
      'what somebody wrote',
      ['{"detail":"invalid: \\"When is\\nthe tide?\\""}\n'],
      { secrets: [], texts: ['"When is\nthe tide?"'] },
    ],
  ])('finds %s in a log', (_what, lines, hidden) => {
    expect(leaksInLog(lines, hidden)).toHaveLength(1);
  });

  it('finds nothing in a line of ids and kinds, nor short words', () => {
    const line =
      '{"level":"info","turn":"abcdefghijklmnopqrstuv","kind":"busy","detail":"POST /api → 429: too many"}\n';
    expect(leaksInLog([line], { secrets: ['busy'], texts: ['too many'] })).toEqual([]);
  });

  it('finds a key in the cells of a store, and none in its ids', () => {
    expect(keysInCells(['plain:T1:ann', `{"text":"${key}"}`], 'a store')).toHaveLength(1);
    expect(keysInCells(['sk-fgh1jkl2mnopq3rstuv', 'v1.abcdefgh.a1b2c3d4e5f6a1b2c3d4e5f6'], 'a store')).toEqual([]);
  });

  it('finds a secret between the bytes of a file', () => {
    const bytes = Buffer.concat([Buffer.from([0, 255, 1]), Buffer.from(secret), Buffer.from([0])]);
    expect(leaksInFile(bytes, 'a store', [secret])).toHaveLength(1);
    expect(leaksInFile(bytes, 'a store', ['an0ther-secret'])).toEqual([]);
  });
});
