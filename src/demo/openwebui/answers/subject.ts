const openings =
  /^(?:(?:hi|hello|hey|hallo|dear|ok|okay|so|well|please|pls|thanks|parley)\b[\s,!.:;-]*|@\S+\s*|<@[^>]*>\s*|(?:can|could|would|will) (?:you|we|i)\b\s*|(?:i (?:want|need|would like)|i'd like)(?: you)?(?: to)?\s*|(?:tell|show|give|write|make|explain|describe|create|draw)(?: to)?(?: me| us)?\s+)+/i;

const smallWords = new Set(
  'a an the and or of for to in on at by with from is are was were be been do does did how what why when where who which that this these those my your our me us it its about as into some any there their please'.split(
    ' ',
  ),
);

/** The first line of a question without greeting, mention and request words; at most `limit` units. */
export function bare(question: string, limit = 120): string {
  const line = question.trim().split(/\n/)[0] ?? '';
  const rest = line
    .replace(openings, '')
    .replace(/[\s?!.,:;]+$/, '')
    .trim();
  const text = rest === '' ? line.trim() : rest;
  if (text.length <= limit) return text;
  const cut = text.slice(0, limit);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), 20))}…`;
}

/** The words that carry the meaning, in order, each once, lower case. */
export function keywords(question: string): string[] {
  const words = question.toLowerCase().match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu) ?? [];
  return [...new Set(words)].filter((word) => word.length > 2 && !smallWords.has(word));
}

const kindWords =
  /^(?:(?:an?|some|the)\s+)?(?:long\s+)?(?:sources?|tables?|lists?|code|errors?|think|story|essay|report|comparison|compare|image|picture)\b(?!\s+(?:that|which)\b)(?:\s+(?:for|of|on|about|in|with))?\s*/i;

/** What shape an answer is wished for in, at the end of a question. */
const shapeWords =
  /,?\s+(?:in|as) (?:an?|one|two|three) (?:[\p{L}-]+ )?(?:tables?|lists?|languages?|words?|sentences?)$/iu;

/** What a question is about, in a few words, for use inside a sentence: without what kind of answer it asks for. */
export function subjectOf(question: string): string {
  const text = bare(question, 60)
    .replace(/^(?:what|who|where|when) (?:is|are|was|were)\s+/i, '')
    .replace(kindWords, '')
    .replace(shapeWords, '')
    .replace(/^(?:a|an|the)\s+/i, '');
  return text === '' ? 'what you asked for' : text;
}
