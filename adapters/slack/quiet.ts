/** Stands invisibly inside what would otherwise be a live token; breaks no line and has no width. */
const JOINER = '\u2060';

/** What a reader does not see, and a parser might skip. */
const GAP = '[\\s\\\\\\u00ad\\u200b-\\u200f\\u2060-\\u2064\\ufeff]*';
const LESS = '<|&lt;?|&#0*60;?|&#x0*3c;?';
const BANG = '!|&excl;|&#0*33;?|&#x0*21;?';
const AT = '@|&commat;|&#0*64;?|&#x0*40;?';

/**
 * Where a token that notifies somebody begins: `<!channel>`, `<!here|…>`, `<!subteam^S1>`, `<@U1>`, in any case, with characters
 * written as entities, escaped, or with invisible ones between.
 */
const LIVE = new RegExp(
  `(${LESS})(?=${GAP}(?:(?:${BANG})${GAP}(?:channel|here|everyone|group|subteam)|(?:${AT})${GAP}[uwsb][a-z0-9]{2,}))`,
  'giu',
);

/** Plain words that Slack turns into such tokens where it is told to link names: never by us, but it costs nothing to be sure. */
const PLAIN = /(?<![\w@])@(?=(?:channel|here|everyone|group)\b)/giu;

/** The same text in which nothing notifies anybody. Pure; what is not a token stays as it is, also in code. */
export function quiet(text: string): string {
  const tokens = text.includes('<') || text.includes('&') ? text.replace(LIVE, `$1${JOINER}`) : text;
  return tokens.includes('@') ? tokens.replace(PLAIN, `@${JOINER}`) : tokens;
}
