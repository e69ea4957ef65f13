/** The same small program in the languages people ask for, to show how code looks in a chat. */
const samples = {
  typescript: `/** The most frequent words of a text, most frequent first. */
export function topWords(text: string, count: number): [string, number][] {
  const seen = new Map<string, number>();
  for (const word of text.toLowerCase().match(/\\p{L}+/gu) ?? []) {
    seen.set(word, (seen.get(word) ?? 0) + 1);
  }
  return [...seen].sort((a, b) => b[1] - a[1]).slice(0, count);
}`,
  python: `from collections import Counter
import re


def top_words(text: str, count: int) -> list[tuple[str, int]]:
    """The most frequent words of a text, most frequent first."""
    return Counter(re.findall(r"\\w+", text.lower())).most_common(count)`,
  rust: `use std::collections::HashMap;

/// The most frequent words of a text, most frequent first.
fn top_words(text: &str, count: usize) -> Vec<(String, usize)> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for word in text.split_whitespace() {
        *seen.entry(word.to_lowercase()).or_default() += 1;
    }
    let mut all: Vec<_> = seen.into_iter().collect();
    all.sort_by(|a, b| b.1.cmp(&a.1));
    all.truncate(count);
    all
}`,
  go: `// TopWords gives the most frequent words of a text, most frequent first.
func TopWords(text string, count int) []string {
	seen := map[string]int{}
	for _, word := range strings.Fields(strings.ToLower(text)) {
		seen[word]++
	}
	words := slices.Collect(maps.Keys(seen))
	slices.SortFunc(words, func(a, b string) int { return seen[b] - seen[a] })
	return words[:min(count, len(words))]
}`,
  sql: `select word, count(*) as times
from words
group by word
order by times desc
limit 10;`,
  bash: `# The ten most frequent words of a text file.
tr -cs '[:alpha:]' '\\n' < text.txt | tr '[:upper:]' '[:lower:]' | sort | uniq -c | sort -rn | head`,
} as const;

type Language = keyof typeof samples;

const asked: readonly (readonly [RegExp, Language])[] = [
  [/\b(?:typescript|javascript|node|ts|js)\b/i, 'typescript'],
  [/\bpython\b/i, 'python'],
  [/\brust\b/i, 'rust'],
  [/\b(?:go|golang)\b/i, 'go'],
  [/\bsql\b/i, 'sql'],
  [/\b(?:bash|shell|sh)\b/i, 'bash'],
];

/** Code blocks in the languages a question names, or in TypeScript and Python. */
export function codeFor(question: string): string {
  const named = asked.flatMap(([pattern, language]) => (pattern.test(question) ? [language] : []));
  const shown: readonly Language[] = named.length > 0 ? named : ['typescript', 'python'];
  return shown.map((language) => `\`\`\`${language}\n${samples[language]}\n\`\`\``).join('\n\n');
}
