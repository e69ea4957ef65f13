import type { Limits } from '../../src/chat/limits.ts';
import { TITLE_UNITS } from './words.ts';

/** UTF-16 units of Markdown in one message of Parley's. */
export const PART_UNITS = 40_000;
/** UTF-16 units of a folded note; a longer one loses its middle. */
export const NOTE_UNITS = 20_000;
/** Buttons under one message. */
export const BUTTONS = 8;
/** Files of one message. */
export const FILES_PER_MESSAGE = 10;
/** The one budget of this platform: it is our own process, so it is generous. */
export const PUT = 'local:put';

/** What the local page allows. */
export const localLimits: Limits = {
  partsBeforeFile: 4,
  titleLength: TITLE_UNITS,
  fileBytes: 25 * 1024 * 1024,
  formFields: null,
  formFieldErrors: true,
  choices: 50,
  titles: { burst: 20, perSecond: 20 },
  rate: () => ({ burst: 20, perSecond: 20 }),
};
