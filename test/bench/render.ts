import { parseArgs } from 'node:util';
import type { Part } from '../../src/chat/view.ts';
import { createComposer } from '../../src/delivery/composer.ts';

/** What one edit costs when an answer is long, and what a streamed megabyte costs. `--json` prints figures only. */

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });

/** UTF-16 units of a message, as the strictest platform has it. */
const MAX = 2_000;
/** Characters between two edits: 400 characters a second at one edit a second. */
const STEP = 400;
const ROUNDS = 40;

const SECTION = `## A heading of some words

A paragraph with **bold words**, *soft words*, \`some code\`, [a link](https://example.org/some/page) and more words that go on
for a while, so that there is something to be cut; it ends here. Then another sentence follows, and one more after it.

- one item with a few words
- another item, with \`code\`
  - a nested item
1. first
2. second

\`\`\`js
export function add(a, b) {
  return a + b;
}
\`\`\`

| name | value | note |
| --- | ---: | --- |
| one | 1 | the first |
| two | 2 | the second |

> A quote with **emphasis** in it
> that goes over two lines.

`;

const source = (units: number): string => SECTION.repeat(Math.ceil(units / SECTION.length)).slice(0, units);
const adapter = {
  render: (part: Part) => ({ payload: { content: part.markdown }, size: part.markdown.length, max: MAX }),
};

/**
 * Milliseconds of each edit of an answer that grows from `from` to `to` units, with an edit every {@link STEP} units. `whole`: each view's
 * text is one string already. `appended`: it is put together from pieces, as a turn does it; V8 then copies all of it when it is first
 * read after growing, and that copy, with the garbage it makes, is in the figure although nobody can leave it out.
 */
function edits(from: number, to: number, how: 'whole' | 'appended'): number[] {
  const composer = createComposer(adapter);
  const text = source(to);
  let grown = '';
  const view = () => ({ markdown: grown, status: null, note: null, sources: [], controls: null, final: false });
  while (grown.length < from) {
    grown = text.slice(0, grown.length + STEP);
    composer.take(view());
  }
  const times: number[] = [];
  while (grown.length < to) {
    const end = Math.min(to, grown.length + STEP);
    if (how === 'whole') grown = text.slice(0, end);
    else while (grown.length < end) grown += text.slice(grown.length, Math.min(end, grown.length + 8));
    const begin = performance.now();
    composer.take(view());
    JSON.stringify(composer.tail(0, false)?.rendered.payload);
    times.push(performance.now() - begin);
  }
  return times;
}

function p95(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

/** CPU seconds per megabyte (10⁶ UTF-16 units) of answers streamed with an edit every {@link STEP} units: five long ones. */
function perMegabyte(): number {
  const before = process.cpuUsage();
  for (let i = 0; i < 5; i += 1) edits(0, 200_000, 'appended');
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1e6;
}

// Warm up: both ways, so that neither pays for the compiler.
for (let i = 0; i < 20; i += 1) edits(0, 20_000, i % 2 === 0 ? 'whole' : 'appended');
const short: number[] = [];
const long: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  // As many edits of the same kind, a cut among every few, at either length.
  const small = Array.from({ length: 10 }, () => edits(2_000, 6_000, 'whole'));
  short.push(p95(small.flat()));
  long.push(p95(edits(180_000, 220_000, 'whole')));
}
const appended = Array.from({ length: ROUNDS }, () => p95(edits(180_000, 220_000, 'appended')));
// The quietest round of each: what else the machine does only ever adds.
const figures = {
  p95At2kMs: Math.min(...short),
  p95At200kMs: Math.min(...long),
  ratio: Math.min(...long) / Math.min(...short),
  ratioBound: 1.5,
  p95At200kAppendedMs: Math.min(...appended),
  cpuSecondsPerMB: median([perMegabyte(), perMegabyte(), perMegabyte()]),
  cpuBound: 1,
};
const ok = figures.ratio <= figures.ratioBound && figures.cpuSecondsPerMB < figures.cpuBound;
process.stdout.write(
  values.json
    ? `${JSON.stringify({ ...figures, ok })}\n`
    : [
        `p95 of an edit at 2 kB    ${figures.p95At2kMs.toFixed(3)} ms`,
        `p95 of an edit at 200 kB  ${figures.p95At200kMs.toFixed(3)} ms  (ratio ${figures.ratio.toFixed(2)}, bound ${figures.ratioBound})`,
        `  with the copy of a text put together from pieces  ${figures.p95At200kAppendedMs.toFixed(3)} ms`,
        `CPU per streamed MB       ${figures.cpuSecondsPerMB.toFixed(2)} s   (bound ${figures.cpuBound})`,
        ok ? 'within bounds\n' : 'OUT OF BOUNDS\n',
      ].join('\n'),
);
process.exitCode = ok ? 0 : 1;
