import { withoutKeys } from './keys.ts';

/** A quotation longer than this is more likely what somebody asked than the name of a thing. UTF-16 units. */
const LONGEST_QUOTE = 24;

const MASKED = '[masked]';

/**
 * Words of another server, a provider or a library, as they may stand in the log: on one line, without what looks like a key or a
 * password, quotations by their length only (providers like to quote what they were asked), at most `most` UTF-16 units. It cannot
 * tell people's words that are not quoted from a server's own: that is why little of them is kept. Pure.
 */
export function harmless(words: string, most = 200): string {
  // Long enough to mask what begins before the cut, bounded since others write it.
  const line = withoutKeys(words.slice(0, 4 * most + 1_000))
    .replaceAll(/\s+/g, ' ')
    .trim();
  const masked = line
    .replaceAll(/\b(bearer|basic) [\w.~+/=-]{8,}/gi, `$1 ${MASKED}`)
    .replaceAll(NAMED, `$1${MASKED}`)
    .replaceAll(/:\/\/[^\s/@]{1,200}@/g, `://${MASKED}@`)
    .replaceAll(/\b(?=[\w+-]*\d)(?=[\w+-]*[A-Za-z])[\w+-]{48,}/g, MASKED)
    .replaceAll(QUOTED, (whole, inner: string) =>
      inner.length <= LONGEST_QUOTE ? whole : `${whole.slice(0, 1)}${inner.length} characters${whole.slice(-1)}`,
    );
  return masked.length <= most ? masked : `${masked.slice(0, most - 1).toWellFormed()}…`;
}

/** What is told by its name to be a secret: `api_key: x`, `password=x`, `"token":"x"`. A word alone, as in "invalid token", is none. */
const NAMED =
  /((?:api[ _-]?key|access[ _-]?key|token|password|passwd|secret|authorization)["']?(?: provided)?\s*[:=]\s*["']?)[^\s"',;&]{4,}/gi;

const QUOTED = /["'`“‘«]([^"'`“”‘’«»]{1,4000})["'`”’»]/g;
