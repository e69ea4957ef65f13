import type { Step } from '../../../src/demo/openwebui/model.ts';

const words = ['one ', 'more ', 'small ', 'word ', 'and ', 'then ', 'a ', 'dot. '];
// Made once: a thousand streams write the same bytes, so that a bench measures its client and not this server.
const frames: Step[] = words.map(frame);

/**
 * An answer of `count` pieces of about five units, `rate` a second. It names its question, the moment of its first and of its last
 * piece, and begins its words somewhere else for each question, so that a reader can tell from the text alone what got lost, what
 * was mixed up, and how late it is. See {@link readSteady}.
 */
export function* steadyAnswer(question: number, rate: number, count: number): Generator<Step> {
  const began = Date.now();
  for (let at = 0; at < count; at += 1) {
    // By the clock and not by the last wait, so that a late piece does not make the whole stream slower.
    yield { wait: began + ((at + 1) * 1000) / rate - Date.now() };
    if (at === 0) yield frame(`q${question} at ${Date.now()}: `);
    else if (at === count - 1) yield frame(`end ${Date.now()}.`);
    else yield frames[(question + at) % frames.length] ?? { wait: 0 };
  }
}

/** What became of a steady answer on its way. */
export interface SteadyText {
  /** When the server wrote the first and the last piece, in milliseconds since the epoch; null when it did not arrive. */
  readonly firstAt: number | null;
  readonly lastAt: number | null;
  /** Characters that are missing or wrong, spaces not counted: where a text is cut into messages, the space goes. */
  readonly lost: number;
}

/** Compares what arrived with what `steadyAnswer(question, …, count)` wrote. */
export function readSteady(text: string, question: number, count: number): SteadyText {
  const arrived = text.replace(/\s+/g, '');
  const firstAt = numberIn(/^q\d+at(\d+):/.exec(arrived));
  const lastAt = numberIn(/end(\d+)\.$/.exec(arrived));
  let expected = `q${question} at ${firstAt ?? '1700000000000'}: `;
  for (let at = 1; at < count - 1; at += 1) expected += words[(question + at) % words.length];
  expected = `${expected}end ${lastAt ?? '1700000000000'}.`.replace(/\s+/g, '');
  let same = 0;
  while (same < expected.length && expected[same] === arrived[same]) same += 1;
  return { firstAt, lastAt, lost: Math.max(expected.length, arrived.length) - same };
}

function numberIn(match: RegExpExecArray | null): number | null {
  return match === null ? null : Number(match[1]);
}

function frame(content: string): Step {
  const choices = [{ index: 0, delta: { content }, finish_reason: null }];
  const chunk = { id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1, model: 'bench', choices };
  return { raw: Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`) };
}
