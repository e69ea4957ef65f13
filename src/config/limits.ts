import * as z from 'zod';
import type { ConfigPart } from './part.ts';
import { withDefault } from './setting.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** So many in a time, such as `20/5m`; `off` is null. */
const quota = z.string().transform((text, context) => {
  if (text === 'off') return null;
  const [, count, time, unit = ''] = /^(\d{1,4}) ?\/ ?(\d{1,4})([smhd])$/.exec(text) ?? [];
  const read = { count: Number(count), ms: Number(time) * (UNITS[unit] ?? 0) };
  if (read.count >= 1 && read.count <= 1_000 && read.ms >= 1_000 && read.ms <= 30 * 86_400_000) return read;
  context.addIssue({ code: 'custom', message: 'is not a number of questions and a time, such as 20/5m' });
  return z.NEVER;
});

/** A whole number in these bounds. */
const whole = (least: number, most: number) =>
  z.string().transform((text, context) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    context.addIssue({
      code: 'custom',
      message: `is not a whole number from ${least} to ${most.toLocaleString('en')}`,
    });
    return z.NEVER;
  });

/** So many at the same time; `off` is null. */
const atOnce = z.union([z.literal('off').transform(() => null), whole(1, 1_000)], {
  error: 'is not a number from 1 to 1,000',
});

const AT_ONCE = 'Write a number from 1 to 1000, or off';
const QUOTA = 'Write a number from 1 to 1000 and a time in s, m, h or d of at most 30 days, such as 20/5m, or off';

/** How much anybody may ask of Parley, so that one person or a program in a loop cannot use up what is there for all. */
export const limitsConfig = {
  title: 'Limits',
  shape: {
    PARLEY_PERSON_LIMIT: withDefault(quota, '20/5m', {
      meaning: 'Questions one person may ask in a time (`s`, `m`, `h`, `d`), or `off`',
      example: '100/1h',
      mend: QUOTA,
    }),
    PARLEY_CHANNEL_LIMIT: withDefault(quota, '100/5m', {
      meaning: 'Questions that may be asked in one channel with its threads in a time, or `off`',
      example: '300/1h',
      mend: QUOTA,
    }),
    PARLEY_PERSON_AT_ONCE: withDefault(atOnce, '5', {
      meaning: 'Questions of one person that may run or wait at the same time, or `off`',
      example: '2',
      mend: AT_ONCE,
    }),
    PARLEY_PERSON_TASKS: withDefault(atOnce, '20', {
      meaning: 'Tasks of one person in Nextcloud that may run or wait at the same time, or `off`',
      example: '5',
      mend: AT_ONCE,
    }),
    PARLEY_INPUT_LIMIT: withDefault(whole(100, 1_000_000), '100000', {
      meaning: 'Characters of one question; what is longer goes in a file',
      example: '20000',
      mend: 'Write a number from 100 to 1000000',
    }),
    PARLEY_FILES_LIMIT: withDefault(whole(1, 20), '10', {
      meaning: 'Files of one question that are read; the others are left out with a word',
      example: '3',
      mend: 'Write a number from 1 to 20',
    }),
    PARLEY_FILE_MEGABYTES: withDefault(whole(1, 200), '25', {
      meaning: 'Megabytes of one file; a larger one is left out with a word',
      example: '10',
      mend: 'Write a number from 1 to 200',
    }),
    PARLEY_ANSWER_LIMIT: withDefault(whole(500, 400_000), '100000', {
      meaning: 'Characters of one answer; it ends there with a word',
      example: '20000',
      mend: 'Write a number from 500 to 400000',
    }),
  },
} satisfies ConfigPart;
