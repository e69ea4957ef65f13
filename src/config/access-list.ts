import * as z from 'zod';
import type { AccessEntry } from '../chat/access.ts';

/** A platform's words for the kinds of entries, and how an id of each looks. */
export type EntryWords = Readonly<Record<string, { readonly kind: AccessEntry['kind']; readonly id: RegExp }>>;

/** A comma list of entries such as `channel:C123`. An entry that cannot be read is named: a list that lets in too many must not start. */
export function accessList(words: EntryWords) {
  return z.string().transform((text, context): AccessEntry[] => {
    const read = text
      .split(',')
      .map((written) => written.trim())
      .filter((written) => written !== '')
      .map((written) => ({ written, entry: readEntry(words, written) }));
    const wrong = read.filter(({ entry }) => entry === null).map(({ written }) => JSON.stringify(written.slice(0, 60)));
    if (wrong.length > 0) {
      const known = Object.keys(words).map((word) => `${word}:…`);
      context.addIssue({
        code: 'custom',
        message: `has ${wrong.slice(0, 3).join(', ')}, which is none of ${known.join(', ')} with an id`,
      });
    }
    return read.flatMap(({ entry }) => entry ?? []);
  });
}

function readEntry(words: EntryWords, written: string): AccessEntry | null {
  const colon = written.indexOf(':');
  const word = written.slice(0, colon).trim();
  const known = colon > 0 && Object.hasOwn(words, word) ? words[word] : undefined;
  const id = written.slice(colon + 1).trim();
  return known?.id.test(id) ? { kind: known.kind, id } : null;
}
