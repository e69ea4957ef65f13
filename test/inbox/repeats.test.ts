import { describe, expect, it } from 'vitest';
import type { Answer } from '../../src/chat/adapter.ts';
import { createRepeats } from '../../src/inbox/repeats.ts';

const said: Answer = { do: 'say', body: { markdown: 'Yes.', controls: null }, private: true };

describe('an event that is told more than once', () => {
  it('is taken once, and the repeat waits until it has been', async () => {
    const once = createRepeats(10);
    const first = Promise.withResolvers<Answer>();
    const order: string[] = [];
    const taking = once('a', () => first.promise).then((answer) => order.push(answer.do));
    const repeat = once('a', () => Promise.reject(new Error('taken twice'))).then((answer) => order.push(answer.do));
    first.resolve(said);
    await Promise.all([taking, repeat]);
    expect(order).toEqual(['say', 'none']);
    expect(await once('a', () => Promise.reject(new Error('taken later')))).toEqual({ do: 'none' });
  });

  it('is taken anew when the first could not be recorded', async () => {
    const once = createRepeats(10);
    await expect(once('a', () => Promise.reject(new Error('the disk is full')))).rejects.toThrow('full');
    expect(await once('a', async () => said)).toBe(said);
  });

  it('is forgotten in the end: no more keys are kept than were asked for', async () => {
    const once = createRepeats(2);
    for (const key of ['a', 'b', 'c']) await once(key, async () => said);
    expect(await once('b', async () => said)).toEqual({ do: 'none' });
    expect(await once('a', async () => said)).toBe(said);
  });
});
