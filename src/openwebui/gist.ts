/** What is looked for in an error's words, beside the name by which it is told. Names are ours, or words of Open WebUI's own. */
const SIGNS: readonly (readonly [name: string, sign: RegExp])[] = [
  // Of the key and the account. The first has to begin the words: a proxy may say something like it.
  ['your session has expired', /^your session has expired/i],
  ['session has expired', /.session has expired/is],
  ['not authenticated', /not authenticated/i],
  ['invalid token', /invalid token/i],
  ['API key', /api[ _-]?key/i],
  ['a human session is required', /human session/i],
  ['do not have permission', /do not have permission/i],
  ['unauthorized', /unauthori[sz]ed|access denied|access prohibited|forbidden/i],
  // Of what was asked for.
  ['not found', /could not find|not found|does not exist|no longer available/i],
  ['already registered', /already registered/i],
  ['already exists', /already exists|already taken/i],
  ['active production version', /active production version/i],
  ['field required', /field required/i],
  ['wrong value', /input should be|value error/i],
  ['empty', /\bempty\b/i],
  ['not supported', /unsupported|not support/i],
  ['invalid', /\binvalid/i],
  // Of a model and its provider.
  ['rate limit', /rate.?limit|too many requests|\b429\b/i],
  ['quota', /quota|insufficient|billing|credit balance/i],
  ['overloaded', /overloaded|at capacity/i],
  ['context length', /context.{0,20}(length|window|size)|maximum context|too many tokens|prompt is too long/i],
  ['generation is disabled', /generation is disabled/i],
  ['exceeds maximum length', /exceeds maximum length/i],
  ['too large', /too large|exceeds?\b/i],
  ['content filter', /content.{0,10}(filter|policy|management)|safety/i],
  ['a tool', /\btools?\b|function.?call/i],
  ['a picture', /\bimages?\b|vision/i],
  ['stream failed', /stream failed/i],
  ['server connection error', /server connection error|connection (error|refused|reset)|cannot connect/i],
  ['timed out', /timed? ?out/i],
  ['server error', /server error|server had an error|bad gateway|service unavailable|something went wrong/i],
  ['traceback', /traceback/i],
  ['in progress', /in progress|\brunning\b/i],
];

/** Longer words than this are looked through so far. UTF-16 units. */
const LOOKED_THROUGH = 4_000;

/**
 * What the log tells of an error's words: which of our signs stand in them, and how long they are. Never the words themselves: a
 * provider likes to repeat what it was asked, and Open WebUI passes that on; its own log has them. Pure.
 */
export function gistOf(words: string): string {
  const looked = words.slice(0, LOOKED_THROUGH);
  const names = SIGNS.filter(([, sign]) => sign.test(looked)).map(([name]) => name);
  const length = `${words.length} ${words.length === 1 ? 'character' : 'characters'}`;
  return names.length === 0 ? `(${length})` : `${names.join(', ')} (${length})`;
}
