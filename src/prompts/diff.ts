/** One line of a comparison. */
interface Line {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

/** Lines around a change that are shown with it. */
const AROUND = 3;
/** Pairs of lines that are compared at most; beyond, what differs counts as taken out and put in whole. */
const MOST_PAIRS = 4_000_000;

/** How two texts differ, line by line in the unified form; empty when they do not. Pure, bounded in time. */
export function diffLines(before: string, after: string): string[] {
  if (before === after) return [];
  const lines = compare(before.split('\n'), after.split('\n'));
  const shown: string[] = [];
  let cut = true;
  const at = { before: 1, after: 1 };
  for (const [index, { mark, text }] of lines.entries()) {
    const near = nearChange(lines, index);
    if (near && cut) shown.push(`@@ -${at.before} +${at.after} @@`);
    if (near) shown.push(mark + text);
    cut = !near;
    if (mark !== '+') at.before += 1;
    if (mark !== '-') at.after += 1;
  }
  return shown;
}

function compare(a: readonly string[], b: readonly string[]): Line[] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const same = (text: string): Line => ({ mark: ' ', text });
  return [
    ...a.slice(0, head).map(same),
    ...compareMiddle(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...a.slice(a.length - tail).map(same),
  ];
}

/** By the longest common sequence of lines. */
function compareMiddle(a: readonly string[], b: readonly string[]): Line[] {
  const gone = a.map((text): Line => ({ mark: '-', text }));
  const come = b.map((text): Line => ({ mark: '+', text }));
  if (a.length * b.length > MOST_PAIRS || a.length === 0 || b.length === 0) return [...gone, ...come];
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i * width + j] =
        a[i] === b[j]
          ? (common[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0);
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      lines.push({ mark: ' ', text: a[i++] ?? '' });
      j++;
    } else if ((common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0))
      lines.push({ mark: '-', text: a[i++] ?? '' });
    else lines.push({ mark: '+', text: b[j++] ?? '' });
  }
  return [...lines, ...gone.slice(i), ...come.slice(j)];
}

function nearChange(lines: readonly Line[], at: number): boolean {
  for (let i = Math.max(0, at - AROUND); i <= at + AROUND && i < lines.length; i++)
    if (lines[i]?.mark !== ' ') return true;
  return false;
}
