import type { Limits } from '../../src/chat/limits.ts';
import { TITLE_UNITS } from './words.ts';

/** UTF-16 units of Markdown in one message of Parley's. */
export const PART_UNITS = 40_000;
/** UTF-16 units of a folded note; a longer one loses its middle. */
export const NOTE_UNITS = 20_000;
/** The one budget of this platform: it is our own process, so it is generous. */
export const PUT = 'local:put';

/** What the local page allows. */
export const localLimits: Limits = {
  partUnits: 30_000,
  partsBeforeFile: 4,
  buttons: 8,
  buttonLabel: 120,
  titleLength: TITLE_UNITS,
  fileBytes: 25 * 1024 * 1024,
  filesPerMessage: 10,
  formFields: null,
  formFieldErrors: true,
  choices: 50,
  titles: { burst: 20, perSecond: 20 },
  rate: () => ({ burst: 20, perSecond: 20 }),
};
