import { expect, it, vi } from 'vitest';
import { fewAtOnce } from '../../src/tasks/few-at-once.ts';

const never = new AbortController().signal;

it('no more than so many are under way, in the order in which they came, whatever becomes of them', async () => {
  const carry = fewAtOnce(2);
  const begun: number[] = [];
  const ends = [1, 2, 3, 4].map(() => Promise.withResolvers<number>());
  const all = ends.map(({ promise }, index) =>
    carry(async () => {
      begun.push(index);
      return promise;
    }, never),
  );
  await vi.waitFor(() => expect(begun).toEqual([0, 1]));
  ends[1]?.reject(new Error('it failed'));
  await expect(all[1]).rejects.toThrow('it failed');
  await vi.waitFor(() => expect(begun).toEqual([0, 1, 2]));
  for (const [index, { resolve }] of ends.entries()) resolve(index);
  expect(await Promise.all([all[0], all[2], all[3]])).toEqual([0, 2, 3]);
  expect(begun).toEqual([0, 1, 2, 3]);
});

it('who is stopped before their turn leaves the line, and holds nobody up', async () => {
  const carry = fewAtOnce(1);
  const first = Promise.withResolvers<string>();
  const stop = new AbortController();
  const one = carry(() => first.promise, never);
  const two = carry(async () => 'never', stop.signal);
  const three = carry(async () => 'three', never);
  stop.abort();
  await expect(two).rejects.toMatchObject({ problem: { kind: 'stopped' } });
  await expect(carry(async () => 'never', stop.signal)).rejects.toMatchObject({ problem: { kind: 'stopped' } });
  first.resolve('one');
  expect(await Promise.all([one, three])).toEqual(['one', 'three']);
});
