import { Keyv } from 'keyv';
import { describe, expect, it } from 'vitest';
import { openCache } from '../../src/store/cache.ts';
import { LruMap } from '../../src/store/lru-map.ts';

describe('the cache', () => {
  it('keeps values in memory, as copies', async () => {
    const cache = await openCache(null);
    const value = { name: 'llama', tags: ['a'] };
    await cache.set('model', value);
    expect(await cache.get('model')).toEqual(value);
    expect(await cache.get('model')).not.toBe(value);
    expect(await cache.get('other')).toBeUndefined();
  });

  it('holds a bounded number of values', async () => {
    const cache = await openCache(null);
    for (let n = 0; n < 6_000; n += 1) await cache.set(`k${n}`, n);
    expect(await cache.get('k0')).toBeUndefined();
    expect(await cache.get('k999')).toBeUndefined();
    expect(await cache.get('k1000')).toBe(1_000);
    expect(await cache.get('k5999')).toBe(5_999);
  });

  it.each(['redis://127.0.0.1', 'rediss://ann:hunter2@cache'])('says which package %s needs', async (address) => {
    const failure = await openCache(address).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      problem: { kind: 'missing', say: expect.stringContaining('npm install @keyv/redis') },
    });
    expect(String(failure)).not.toContain('hunter2');
  });

  it.each(['memcache://cache', 'ann:hunter2@cache', '__proto__:', ''])('does not know %j', async (address) => {
    const failure = await openCache(address).catch((error: unknown) => error);
    expect(failure).toMatchObject({ problem: { kind: 'invalid', say: expect.stringContaining('redis://') } });
    expect(JSON.stringify(failure) + String(failure)).not.toContain('hunter2');
  });

  it('hands the address to the package and keeps values in its store', async () => {
    const addresses: string[] = [];
    class Store extends Map<string, unknown> {
      constructor(address: string) {
        super();
        addresses.push(address);
      }
    }
    const names: string[] = [];
    const load = async (name: string) => {
      names.push(name);
      return { default: Store };
    };
    const cache = await openCache('redis://cache', { load });
    await cache.set('k', 1);
    expect(await cache.get('k')).toBe(1);
    expect([names, addresses]).toEqual([['@keyv/redis'], ['redis://cache']]);
  });

  it('says so when the package is not a store or does not take the address', async () => {
    const not = openCache('redis://cache', { load: async () => ({ default: 'text' }) });
    await expect(not).rejects.toMatchObject({ problem: { kind: 'missing' } });
    class Refusing {
      constructor() {
        throw new TypeError('Invalid URL');
      }
    }
    const refused = openCache('redis://[', { load: async () => ({ default: Refusing }) });
    await expect(refused).rejects.toMatchObject({ problem: { kind: 'invalid' } });
  });

  it('finds nothing while its store is away, and reports it', async () => {
    class Away {
      async get() {
        throw new Error('connection refused');
      }
      async set() {
        throw new Error('connection refused');
      }
      async delete() {
        return false;
      }
      async clear() {
        return undefined;
      }
    }
    const heard: unknown[] = [];
    const load = async () => ({ default: Away });
    const cache = await openCache('redis://cache', { load, report: (error) => heard.push(error) });
    expect(await cache.get('k')).toBeUndefined();
    await cache.set('k', 1);
    expect(heard).toHaveLength(2);
    expect(cache).toBeInstanceOf(Keyv);
    const silent = await openCache('redis://cache', { load });
    expect(await silent.get('k')).toBeUndefined();
  });
});

describe('a map that forgets', () => {
  it('drops what was neither read nor written for longest', () => {
    const map = new LruMap<string, number>(2);
    map.set('a', 1).set('b', 2);
    map.get('a');
    map.set('c', 3);
    expect([...map.keys()]).toEqual(['a', 'c']);
    map.set('a', 4).set('d', 5);
    expect([...map]).toEqual([
      ['a', 4],
      ['d', 5],
    ]);
    expect(map.get('b')).toBeUndefined();
    expect(map.size).toBe(2);
  });
});
