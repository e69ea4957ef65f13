import { keywords, subjectOf } from '../../openwebui/answers/subject.ts';

const honest = '(I am a stand-in for Nextcloud’s AI tasks, not a language model.)';

/** The sentences of a text, each without spaces around it. */
export function sentencesOf(text: string): readonly string[] {
  return text
    .split(/(?<=[.!?…])\s+|\n+/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}

/** At most `most` words. A number that makes no sense sets no limit. */
export function limited(text: string, most: number): string {
  const words = text.split(/(?<=\s)/);
  return !(most >= 1) || words.length <= most ? text : `${words.slice(0, most).join('').trimEnd()} …`;
}

/**
 * The sentences that share the most words with the whole text, at most a third of them and five, in their own order. The first one
 * is always among them, since texts tend to begin with what they are about.
 */
export function summary(text: string): string {
  const sentences = sentencesOf(text);
  if (sentences.length === 0) return 'There was no text to sum up.';
  const weight = weights(text);
  const score = (sentence: string) => {
    const words = keywords(sentence);
    return words.reduce((sum, word) => sum + (weight.get(word) ?? 0), 0) / Math.sqrt(words.length + 1);
  };
  const kept = Math.min(5, Math.max(1, Math.ceil(sentences.length / 3)));
  const best = sentences
    .map((sentence, at) => ({ at, score: at === 0 ? Number.POSITIVE_INFINITY : score(sentence) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, kept)
    .sort((a, b) => a.at - b.at);
  return best.map(({ at }) => sentences[at]).join(' ');
}

/** The first sentence, cut to some ten words, without its full stop. */
export function headline(text: string): string {
  const words = (sentencesOf(text)[0] ?? '').replace(/[\s.,;:!…]+$/u, '').split(/\s+/);
  const line = words.length > 10 ? `${words.slice(0, 10).join(' ')} …` : words.join(' ');
  return line === '' ? 'Untitled' : capital(line);
}

/** Up to five of the most frequent words, separated by commas. */
export function topics(text: string): string {
  const found = [...weights(text)].sort((a, b) => b[1] - a[1]).slice(0, 5);
  return found.length === 0 ? 'General' : found.map(([word]) => capital(word)).join(', ');
}

/** An answer to anything. */
export function reply(text: string): string {
  return `You asked about ${subjectOf(text)}. A real server would answer here with its own language model. ${honest}`;
}

/** An answer inside a conversation. */
export function chat(text: string, before: number): string {
  const earlier =
    before === 0 ? '' : ` There ${before === 1 ? 'is 1 message' : `are ${before} messages`} before this one.`;
  return `You wrote: “${subjectOf(text)}”.${earlier} ${honest}`;
}

/** The same text with tidied sentences, a list of one per line. */
export function reformulated(text: string): string {
  const sentences = sentencesOf(tidy(text));
  return sentences.length === 0 ? honest : `In other words: ${sentences.join(' ')}\n\n${honest}`;
}

/** The text with an opening and an ending in the tone. */
export function toned(text: string, tone: string): string {
  return tone === 'more_formal'
    ? `Dear Sir or Madam,\n\n${tidy(text)}\n\nYours faithfully`
    : `Hi there!\n\n${tidy(text)}\n\nAll the best 🙂`;
}

/** The source with the style's first sentence as a motto. */
export function inStyle(style: string, source: string): string {
  return `“${sentencesOf(style)[0] ?? style}”\n\n${tidy(source)}\n\n${honest}`;
}

/** What a careful eye finds without knowing the language: double spaces, doubled words, small letters at the start, a missing full stop. */
export function proofread(text: string): string {
  const found: string[] = [];
  if (/\S {2,}\S/.test(text)) found.push('Use one space between words.');
  for (const [, word = ''] of text.matchAll(/\b(\p{L}+)\s+\1\b/giu)) found.push(`“${word}” stands twice in a row.`);
  for (const sentence of sentencesOf(text)) {
    if (/^\p{Ll}/u.test(sentence)) found.push(`Begin with a capital letter: “${firstWords(sentence)}”.`);
  }
  if (/\s[,.;!?]/.test(text)) found.push('No space goes before a comma or a full stop.');
  if (/[\p{L}\p{N}]$/u.test(text.trim())) found.push('End the last sentence with a full stop.');
  if (found.length === 0) return 'I found nothing to correct. (I look at spaces, capitals and doubled words only.)';
  const list = [...new Set(found)].slice(0, 20).map((one) => `- ${one}`);
  return `${list.join('\n')}\n\nCorrected:\n${tidy(text)}`;
}

/** The text with single spaces, capitals at the start of sentences, and a full stop at the end. */
function tidy(text: string): string {
  const single = text
    .trim()
    .replace(/ {2,}/g, ' ')
    .replace(/\b(\p{L}+)(?:\s+\1\b)+/giu, '$1')
    .replace(/ +([,.;!?])/g, '$1')
    .replace(/(^|[.!?…]\s+|\n)(\p{Ll})/gu, (_, before: string, letter: string) => before + letter.toUpperCase());
  return /[\p{L}\p{N}]$/u.test(single) ? `${single}.` : single;
}

function weights(text: string): Map<string, number> {
  const known = new Set(keywords(text));
  const counts = new Map<string, number>();
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu) ?? []) {
    if (known.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

function firstWords(text: string): string {
  const words = text.split(/\s+/);
  return words.slice(0, 4).join(' ') + (words.length > 4 ? ' …' : '');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
