import * as z from 'zod';
import type { ConfigPart } from './part.ts';
import { oneOf, onOff, withDefault } from './setting.ts';

const days = z.string().transform((text, context) => {
  const number = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= 1 && number <= 365) return number;
  context.addIssue({ code: 'custom', message: 'is not a whole number from 1 to 365' });
  return z.NEVER;
});

/** What is kept of people's words, for how long, and what goes where. See docs/security.md. */
export const privacyConfig = {
  title: 'Privacy',
  shape: {
    PARLEY_KEEP_DAYS: withDefault(days, '30', {
      meaning: 'Days that Parley keeps what was asked and answered; the chats in Open WebUI stay',
      example: '7',
      mend: 'Write a number of days from 1 to 365',
    }),
    PARLEY_DELETED_QUESTIONS: withDefault(oneOf(['remove', 'keep']), 'remove', {
      meaning: 'What becomes of the answer when its question is deleted: `remove` it too, or `keep` what stands',
      example: 'keep',
      mend: 'Write remove or keep',
    }),
    PARLEY_PRIVATE_CHANNEL_NAMES: onOff(
      'off',
      'Whether the names of private channels that people mention are passed on to Open WebUI',
    ),
  },
} satisfies ConfigPart;
