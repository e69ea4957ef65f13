/** How many letters must be added, taken away, changed or swapped with their neighbour to turn one word into the other. */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const above = rows[i - 1] ?? [];
    const twoAbove = rows[i - 2] ?? [];
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (twoAbove[j - 2] ?? 0) + 1);
      row.push(best);
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? 0;
}

/**
 * The known names that somebody who typed `word` may have meant, the likeliest first, at most `most`. Case does not count.
 * Words of over 64 UTF-16 units have no neighbours: comparing them would cost more than it helps.
 */
export function nearest(word: string, names: Iterable<string>, most = 3): string[] {
  const typed = word.toLowerCase();
  if (typed.length === 0 || typed.length > 64) return [];
  const scored: { name: string; score: number }[] = [];
  for (const name of names) {
    const known = name.toLowerCase();
    if (known.length > 64) continue;
    const score = known.startsWith(typed) ? 0.5 : distance(typed, known);
    if (score <= Math.max(1, Math.floor(typed.length / 3))) scored.push({ name, score });
  }
  return scored
    .sort((a, b) => a.score - b.score || a.name.localeCompare(b.name))
    .slice(0, most)
    .map((entry) => entry.name);
}
