import { describe, expect, it } from 'vitest';
import { nearest } from '../../src/chat/nearest.ts';

const names = ['ask', 'help', 'model', 'status', 'stop', 'title'];

describe('a mistyped name', () => {
  it('finds the one that was meant', () => {
    expect(nearest('hlep', names)).toEqual(['help']);
    expect(nearest('MODLE', names)).toEqual(['model']);
    expect(nearest('stat', names)).toEqual(['status']);
  });

  it('finds nothing where nothing is near', () => {
    expect(nearest('xylophone', names)).toEqual([]);
    expect(nearest('', names)).toEqual([]);
    expect(nearest('x'.repeat(10_000), names)).toEqual([]);
  });
});
