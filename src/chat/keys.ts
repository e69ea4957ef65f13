/**
 * Whether a text holds what looks like somebody's key or token: an API key of Open WebUI or of a model's provider (`sk-…`), a
 * session's token (JWT), a token of Slack's or Discord's kind. Made so that words, hashes, ids and addresses pass. Pure.
 */
export function holdsKey(text: string): boolean {
  return withoutKeys(text) !== text;
}

/** What stands in place of a key. */
export const KEY_LEFT_OUT = '[a key, left out]';

/** The text with every such key taken out: for what others wrote, before a model reads it. Pure. */
export function withoutKeys(text: string): string {
  return text.replaceAll(CANDIDATE, (found) => (isKey(found) ? KEY_LEFT_OUT : found));
}

/** Each begins where no word goes on, so that `task-…` and `disk-…` are none. Bounded, since anybody writes these texts. */
const CANDIDATE = new RegExp(
  [
    String.raw`sk-[\w-]{20,400}`,
    String.raw`eyJ[\w-]{8,4000}\.eyJ[\w-]{8,8000}\.[\w-]{10,2000}`,
    String.raw`xox[a-z](?:\.xox[a-z])?-[\w-]{16,400}`,
    String.raw`xapp-\d-[\w-]{20,400}`,
    String.raw`[A-Za-z0-9_-]{22,30}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{25,80}`,
  ]
    .map((one) => String.raw`(?<![\w-])${one}`)
    .join('|'),
  'g',
);

function isKey(found: string): boolean {
  if (found.startsWith('eyJ')) return true;
  // Names with hyphens, such as `sk-learn-tutorial-part-2`, have no long piece that mixes letters and digits.
  if (found.startsWith('sk-')) return found.split(/[-_]/).some((piece) => piece.length >= 16 && isMixed(piece));
  if (/^xox|^xapp-/.test(found)) return (found.match(/\d/g)?.length ?? 0) >= 6;
  return isSnowflake(found.slice(0, found.indexOf('.')));
}

function isMixed(piece: string): boolean {
  return /\d/.test(piece) && /[A-Za-z]/.test(piece);
}

/** A bot's token begins with its id, 17 to 20 digits in base64. */
function isSnowflake(piece: string): boolean {
  return /^\d{17,20}$/.test(Buffer.from(piece, 'base64url').toString('latin1'));
}
