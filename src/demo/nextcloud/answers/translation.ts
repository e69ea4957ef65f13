/** The few words that the stand-in knows, in English, French and German. */
const dictionary: readonly (readonly [en: string, fr: string, de: string])[] = [
  ['hello', 'bonjour', 'hallo'],
  ['goodbye', 'au revoir', 'auf Wiedersehen'],
  ['good morning', 'bonjour', 'guten Morgen'],
  ['thank you', 'merci', 'danke'],
  ['please', 's’il vous plaît', 'bitte'],
  ['yes', 'oui', 'ja'],
  ['no', 'non', 'nein'],
  ['and', 'et', 'und'],
  ['or', 'ou', 'oder'],
  ['with', 'avec', 'mit'],
  ['world', 'monde', 'Welt'],
  ['team', 'équipe', 'Team'],
  ['meeting', 'réunion', 'Besprechung'],
  ['today', 'aujourd’hui', 'heute'],
  ['tomorrow', 'demain', 'morgen'],
  ['file', 'fichier', 'Datei'],
  ['question', 'question', 'Frage'],
  ['answer', 'réponse', 'Antwort'],
  ['friend', 'ami', 'Freund'],
  ['house', 'maison', 'Haus'],
  ['water', 'eau', 'Wasser'],
  ['coffee', 'café', 'Kaffee'],
];

const languages: Record<string, readonly [name: string, column: 0 | 1 | 2]> = {
  en: ['English', 0],
  fr: ['French', 1],
  de: ['German', 2],
};

/** The text with the words that the stand-in knows in the other language, marked as what it is. */
export function translation(text: string, target: string): string {
  const [name, column] = languages[target] ?? languages.en ?? ['English', 0];
  const known = new Map<string, string>();
  for (const row of dictionary) {
    // A word that stands in two rows means the first.
    for (const word of row) if (!known.has(word.toLowerCase())) known.set(word.toLowerCase(), row[column]);
  }
  const words = [...known.keys()].sort((a, b) => b.length - a.length).join('|');
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${words})(?![\\p{L}\\p{N}])`, 'giu');
  const translated = text.replace(pattern, (word) => cased(known.get(word.toLowerCase()) ?? word, word));
  return `[To ${name}, by a stand-in that knows ${dictionary.length} words] ${translated}`;
}

function cased(word: string, like: string): string {
  return /^\p{Lu}/u.test(like) ? word.charAt(0).toUpperCase() + word.slice(1) : word;
}
