import type { Limits, Rate } from '../../src/chat/limits.ts';

/** Characters of one message, all of it together: Slack refuses somewhere past 13,200 (our reference, slack 2.3). */
export const MESSAGE_UNITS = 11_500;
/** UTF-8 bytes of the `text` beside blocks: `chat.update` refuses more than 4,000. */
export const TEXT_BYTES = 3_000;
/** UTF-16 units of a section's text. */
export const SECTION_UNITS = 3_000;
/** UTF-16 units of a button's label, an option's label. */
export const LABEL_UNITS = 75;
/** UTF-16 units of an option's value. */
export const OPTION_VALUE_UNITS = 150;
/** Options of one select. */
export const OPTIONS = 100;
/** Buttons under one message. */
export const BUTTONS = 10;
/** UTF-16 units of a modal's title and of its buttons. */
export const VIEW_TITLE_UNITS = 24;
/** Fields of one modal: it takes a hundred blocks, and words stand above them. */
export const VIEW_FIELDS = 90;
/** UTF-16 units of a header block. */
export const HEADER_UNITS = 150;
/** UTF-16 units of an agent session's title. */
export const TITLE_UNITS = 200;
/** How long a `response_url` is good (ms): Slack's half hour, less what a call may take. */
export const RESPONSE_MS = 29 * 60_000;

/** Published rates (Slack: rate limits page; our reference, slack 2.1). Delivery learns the real ones from refusals. */
const RATES: Record<string, Rate> = {
  'chat.update': { burst: 10, perSecond: 50 / 60 },
  // Slack lets about five through at once: one is left for what is said outside of answers, such as a greeting.
  'chat.postMessage': { burst: 4, perSecond: 1 },
};

/** What Slack allows. */
export const slackLimits: Limits = {
  partsBeforeFile: 4,
  titleLength: TITLE_UNITS,
  fileBytes: 100 * 1024 * 1024,
  formFields: VIEW_FIELDS,
  formFieldErrors: true,
  choices: OPTIONS,
  // Tier 3, as of `agents.sessions.rename` and `setTitle` (our reference, slack 1.7), with room for other threads.
  titles: { burst: 3, perSecond: 0.2 },
  rate: (scope) => RATES[scope.split(':', 1)[0] ?? ''] ?? { burst: 5, perSecond: 50 / 60 },
};
