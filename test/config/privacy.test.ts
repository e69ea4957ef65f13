import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { privacyConfig } from '../../src/config/privacy.ts';

const schema = z.object(privacyConfig.shape);

describe('settings of privacy', () => {
  it('keep what was asked for 30 days, remove answers to deleted questions and tell no private names when unset', () => {
    expect(schema.parse({})).toEqual({
      PARLEY_KEEP_DAYS: 30,
      PARLEY_DELETED_QUESTIONS: 'remove',
      PARLEY_PRIVATE_CHANNEL_NAMES: false,
    });
  });

  it.each(['1', '365'])('take %s days', (written) => {
    expect(schema.parse({ PARLEY_KEEP_DAYS: written }).PARLEY_KEEP_DAYS).toBe(Number(written));
  });

  it.each(['0', '366', '-1', '1.5', '', 'ten', '1e2', '٣'])('refuse %j days', (written) => {
    expect(schema.safeParse({ PARLEY_KEEP_DAYS: written }).success).toBe(false);
  });
});
