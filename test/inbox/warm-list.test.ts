import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createWarmList } from '../../src/inbox/warm-list.ts';
import { openCache } from '../../src/store/cache.ts';

/** A list whose server answers when the test says so. */
async function opened(cache?: Awaited<ReturnType<typeof openCache>>) {
  let now = 0;
  const asked: PromiseWithResolvers<readonly string[]>[] = [];
  const kept = cache ?? (await openCache(null));
  const list = createWarmList({
    key: 'names',
    schema: z.array(z.string()),
    clock: { now: () => now, after: () => () => undefined },
    cache: kept,
    list() {
      const answer = Promise.withResolvers<readonly string[]>();
      asked.push(answer);
      return answer.promise;
    },
  });
  const pass = (ms: number) => {
    now += ms;
  };
  return { list, asked, pass, cache: kept };
}

describe('a list kept warm', () => {
  it('is asked for once, however many look', async () => {
    const { list, asked } = await opened();
    expect(list.known()).toEqual([]);
    const both = [list.fetch(), list.fetch()];
    expect(asked).toHaveLength(1);
    asked[0]?.resolve(['a']);
    expect(await Promise.all(both)).toEqual([['a'], ['a']]);
    expect(list.known()).toEqual(['a']);
    expect(asked).toHaveLength(1);
  });

  it('is answered from memory while an old one is fetched anew, and when that fails', async () => {
    const { list, asked, pass } = await opened();
    const first = list.fetch();
    asked[0]?.resolve(['a']);
    await first;
    pass(60_000);
    expect(list.known()).toEqual(['a']);
    expect(asked).toHaveLength(2);
    expect(await list.ready()).toEqual(['a']);
    const failing = list.fetch();
    asked[1]?.reject(new Error('down'));
    await expect(failing).rejects.toThrow('down');
    expect(list.known()).toEqual(['a']);
    expect(asked).toHaveLength(2);
    pass(5_000);
    expect(list.known()).toEqual(['a']);
    expect(asked).toHaveLength(3);
  });

  it('waits for the first only, and hears that it failed', async () => {
    const { list, asked } = await opened();
    const ready = list.ready();
    await expect.poll(() => asked.length).toBe(1);
    asked[0]?.reject(new Error('down'));
    await expect(ready).rejects.toThrow('down');
  });

  it('that was changed while it was fetched is fetched once more', async () => {
    const { list, asked } = await opened();
    const first = list.fetch();
    list.changed();
    list.changed();
    asked[0]?.resolve(['old']);
    await first;
    expect(asked).toHaveLength(2);
    const second = list.fetch();
    asked[1]?.resolve(['new']);
    await second;
    expect(list.known()).toEqual(['new']);
    expect(asked).toHaveLength(2);
  });

  it('is remembered by the cache for a start while the server is down', async () => {
    const before = await opened();
    const first = before.list.fetch();
    before.asked[0]?.resolve(['a', 'b']);
    await first;
    const after = await opened(before.cache);
    expect(await after.list.ready()).toEqual(['a', 'b']);
  });
});
