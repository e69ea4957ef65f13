/**
 * Whether a text holds what looks like somebody's key or token: an API key of Open WebUI or of a model's provider (`sk-…` and its
 * likes), a session's token (JWT), a token of Slack's or Discord's kind, an app password of Nextcloud's. Made so that words,
 * hashes, ids and addresses pass. Invisible characters inside, which copying may leave, hide none. Pure.
 */
export function holdsKey(text: string): boolean {
  const visible = text.replaceAll(/\p{Cf}/gu, '');
  return [text, visible].some((one) => withoutKeys(one) !== one);
}

/** What stands in place of a key. */
export const KEY_LEFT_OUT = '[a key, left out]';

/** The text with every such key taken out: for what others wrote, before a model reads it. Pure. */
export function withoutKeys(text: string): string {
  return text.replaceAll(CANDIDATE, (found) => (isKey(found) ? KEY_LEFT_OUT : found));
}

/** Providers of models, and where code lives, whose keys begin otherwise. */
const OTHERS = 'gsk_|hf_|xai-|pplx-|r8_|gh[pousr]_|github_pat_|glpat-';

/**
 * Each begins where no word goes on, so that `task-…` and `disk-…` are none; the underscores of `_slanted_` are no part of a word.
 * Bounded, since anybody writes these texts.
 */
const CANDIDATE = new RegExp(
  [
    String.raw`(?:sk-|${OTHERS})[\w-]{20,400}`,
    String.raw`AIza[\w-]{35}`,
    String.raw`eyJ[\w-]{8,4000}\.eyJ[\w-]{8,8000}\.[\w-]{10,2000}`,
    String.raw`xox[a-z](?:\.xox[a-z])?-[\w-]{16,400}`,
    String.raw`xapp-\d-[\w-]{20,400}`,
    String.raw`[A-Za-z0-9]{22,30}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{25,80}`,
    '[A-Za-z0-9]{5}(?:-[A-Za-z0-9]{5}){4}(?![A-Za-z0-9-])',
  ]
    .map((one) => `(?<![A-Za-z0-9-]|[A-Za-z0-9]_{1,3})${one}`)
    .join('|'),
  'g',
);

function isKey(found: string): boolean {
  if (found.startsWith('eyJ')) return true;
  if (/^xox|^xapp-/.test(found)) return (found.match(/\d/g)?.length ?? 0) >= 6;
  if (found.includes('.')) return isSnowflake(found.slice(0, found.indexOf('.')));
  if (/^.{5}-.{5}-.{5}-.{5}-.{5}$/.test(found)) return /[A-Z]/.test(found) && /[a-z]/.test(found) && /\d/.test(found);
  return isRandom(found);
}

/** Names with hyphens, such as `sk-learn-tutorial-part-2`, have no long piece that mixes letters and digits, nor several that are jumbled. */
function isRandom(key: string): boolean {
  const pieces = key.split(/[-_]/);
  const jumbled = pieces.slice(1).filter((piece) => piece.length >= 4 && isJumbled(piece));
  return (
    pieces.some((piece) => piece.length >= 16 && /\d/.test(piece) && /[A-Za-z]/.test(piece)) ||
    jumbled.reduce((units, piece) => units + piece.length, 0) >= 16
  );
}

/** Letters and digits in an order that no word with a number at its end has. */
function isJumbled(piece: string): boolean {
  return /\d[A-Za-z]/.test(piece) || (/\d/.test(piece) && /[a-z][A-Z]/.test(piece));
}

/** A bot's token begins with its id, 17 to 20 digits in base64. */
function isSnowflake(piece: string): boolean {
  return /^\d{17,20}$/.test(Buffer.from(piece, 'base64url').toString('latin1'));
}
