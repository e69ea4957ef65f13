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
  let last = -1;
  for (const [at, { mark, text }] of lines.entries()) {
    if (!nearChange(lines, at)) continue;
    if (last !== at - 1 || shown.length === 0) shown.push(headOf(lines, at));
    shown.push(mark + text);
    last = at;
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

/** Where a run of shown lines begins, counted from 1 in both texts. */
function headOf(lines: readonly Line[], at: number): string {
  const before = lines.slice(0, at);
  const count = (mark: Line['mark']) => before.filter((line) => line.mark === mark).length;
  return `@@ -${count(' ') + count('-') + 1} +${count(' ') + count('+') + 1} @@`;
}
