import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACTIONS, controlId, readControlId } from '../../src/turn/control-id.ts';

describe('the id of a button', () => {
  it('reads back as it was made', () => {
    const job = fc.stringMatching(/^[A-Za-z0-9_-]{22}$/);
    fc.assert(
      fc.property(fc.constantFrom(...ACTIONS), job, fc.integer({ min: 0, max: 99 }), (action, id, index) => {
        expect(readControlId(controlId(action, id, index))).toEqual({ action, job: id, index });
      }),
    );
  });

  it('fits every platform', () => {
    expect(controlId('regenerate', 'x'.repeat(22), 99).length).toBeLessThanOrEqual(40);
  });

  it('of anything else is none of ours', () => {
    for (const id of [
      '',
      'stop',
      'stop:x',
      'explode:abc:0',
      '__proto__:abc:0',
      'stop:../../x:0',
      `stop:${'x'.repeat(99)}:0`,
    ]) {
      expect(readControlId(id)).toBeNull();
    }
  });
});
