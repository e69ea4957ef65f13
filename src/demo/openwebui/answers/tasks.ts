import { type Ask, questionOf, type TaskKind } from '../model.ts';
import { hashOf, pick, randomFrom } from './random.ts';
import { bare, keywords, subjectOf } from './subject.ts';

const emoji: readonly (readonly [RegExp, string])[] = [
  [/\b(?:error|bug|crash|fail|broken|exception)/i, '🐛'],
  [/\b(?:code|program|function|python|typescript|javascript|rust|sql|script|regex)/i, '💻'],
  [/\b(?:table|compare|spreadsheet|csv|numbers?|statistics|chart)/i, '📊'],
  [/\b(?:list|todo|checklist|steps|plan)/i, '📝'],
  [/\b(?:think|reason|why|philosoph)/i, '🤔'],
  [/\b(?:source|cite|research|paper|study)/i, '🔎'],
  [/\b(?:image|picture|photo|draw|design|colou?r)/i, '🎨'],
  [/\b(?:file|document|pdf|attachment|upload)/i, '📎'],
  [/\b(?:translate|language|german|french|spanish|grammar)/i, '🌍'],
  [/\b(?:recipe|cook|food|dinner|lunch|cake|soup)/i, '🍲'],
  [/\b(?:travel|trip|flight|train|hotel|holiday|vacation)/i, '✈️'],
  [/\b(?:weather|rain|sun|snow|storm)/i, '🌦️'],
  [/\b(?:money|budget|price|cost|invoice|tax)/i, '💶'],
  [/\b(?:meeting|calendar|schedule|agenda|deadline)/i, '📅'],
  [/\b(?:mail|email|letter|reply|message)/i, '✉️'],
  [/\b(?:music|song|band|guitar)/i, '🎵'],
  [/\b(?:book|novel|poem|story|write)/i, '📚'],
  [/\b(?:health|doctor|sleep|sport|run|exercise)/i, '💪'],
  [/\b(?:dog|cat|animal|bird|fish)/i, '🐾'],
  [/\b(?:plant|garden|tree|flower)/i, '🌱'],
  [/\b(?:space|planet|star|moon|rocket)/i, '🚀'],
  [/\b(?:security|password|secret|key|login)/i, '🔐'],
  [/\b(?:deploy|server|docker|linux|network)/i, '🛠️'],
  [/\b(?:team|people|hire|colleague)/i, '👥'],
  [/\b(?:thanks?|thank you|great|love)/i, '💛'],
  [/\b(?:hi|hello|hey|good morning)\b/i, '👋'],
  [/\b(?:help|how do|how to)/i, '🧭'],
];

/** One emoji that suits a text; the same for the same text. */
function emojiFor(text: string): string {
  const found = emoji.find(([pattern]) => pattern.test(text))?.[1];
  return found ?? pick(['💬', '💡', '✨', '🗒️'], randomFrom(hashOf(text, 7)));
}

/** A title of at most six words from the first question. */
function titleFor(question: string): string {
  const words = bare(question, 80)
    .replace(/[`*_#>"[\]()]/g, '')
    .replace(/^(?:a|an|the)\s+/i, '')
    .split(/\s+/)
    .filter((word) => word !== '');
  const kept = words.slice(0, 6);
  while (
    kept.length > 2 &&
    /^(?:a|an|the|and|or|of|for|to|in|on|at|by|with|from|is|are|that|as)$/i.test(kept.at(-1) ?? '')
  )
    kept.pop();
  const title = kept.join(' ').replace(/[…,;:.!?]+$/, '');
  return title === '' ? 'New conversation' : title[0]?.toUpperCase() + title.slice(1);
}

/** Three questions somebody might ask next. */
function followUpsFor(question: string, seed: number): string[] {
  if (keywords(question).length === 0) {
    return ['What can I try here?', 'Can you show me a table?', 'Can you write some code in Python?'];
  }
  const subject = subjectOf(question);
  const random = randomFrom(hashOf(question, seed));
  return [
    pick([`What is a good example for “${subject}”?`, `What should I know first about “${subject}”?`], random),
    pick([`Can you put “${subject}” in a table?`, `Can you make a list of steps for “${subject}”?`], random),
    pick([`Which sources are there on “${subject}”?`, `What is often misunderstood about “${subject}”?`], random),
  ];
}

/** Up to three tags from the words of a question. */
function tagsFor(question: string): string[] {
  const words = keywords(bare(question))
    .filter((word) => word.length > 3)
    .slice(0, 3)
    .map((word) => word[0]?.toUpperCase() + word.slice(1));
  return words.length === 0 ? ['General'] : words;
}

/** The text of a task's answer, in the form the server's prompts ask for: JSON, except emoji and merged answers. */
export function taskText(kind: TaskKind, ask: Ask, seed: number): string {
  const first = ask.messages.find((message) => message.role === 'user')?.text ?? '';
  const prompt = typeof ask.body.prompt === 'string' ? ask.body.prompt : '';
  switch (kind) {
    case 'title':
      return JSON.stringify({ title: titleFor(first) });
    case 'follow_up':
      return JSON.stringify({ follow_ups: followUpsFor(questionOf(ask), seed) });
    case 'tags':
      return JSON.stringify({ tags: tagsFor(first) });
    case 'image_prompt':
      return JSON.stringify({ prompt: `A calm, simple drawing of ${subjectOf(questionOf(ask))}` });
    case 'queries':
      return JSON.stringify({
        queries: [
          keywords(questionOf(ask) || prompt)
            .slice(0, 5)
            .join(' '),
        ].filter((query) => query !== ''),
      });
    case 'auto':
      return JSON.stringify({ text: ' in a few sentences, please.' });
    case 'emoji':
      return emojiFor(prompt);
    case 'moa':
      return merged(ask);
  }
}

function merged(ask: Ask): string {
  const responses = Array.isArray(ask.body.responses)
    ? ask.body.responses.filter((one) => typeof one === 'string')
    : [];
  const points = responses.map((response, at) => `${at + 1}. ${bare(response, 160)}`);
  return `Put together from ${responses.length} answers by the stand-in, which cannot judge them:\n\n${points.join('\n')}`;
}
