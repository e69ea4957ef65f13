import { setTimeout as sleep } from 'node:timers/promises';
import { randomFrom } from '../../servers/discord/faults.ts';

/** What an answer had grown to, and when (milliseconds since the epoch, UTF-16 units). */
export interface Produced {
  readonly at: number;
  readonly length: number;
}

/** Who is shown an answer while it is written. */
export interface Reader {
  show(text: string): void;
  /** The whole answer. Resolves when nothing more will be done about it. */
  finish(text: string): Promise<void>;
}

/** A model's pieces come about so far apart, in milliseconds. */
const PIECE_MS = 20;
const WORDS =
  'a the of in on and but when edit token bucket message channel answer reader question waits grows shows every second limit platform thread'.split(
    ' ',
  );

/** Plain prose in paragraphs, so many characters, the same for the same seed. Its first word is short, as that of most answers. */
export function prose(characters: number, seed: number): string {
  const random = randomFrom(seed);
  let text = 'Here';
  for (let words = 1; text.length < characters; words += 1) {
    const word = WORDS[Math.floor(random() * WORDS.length)] ?? 'a';
    if (words % 60 === 0) text += `.\n\nNow ${word}`;
    else if (words % 12 === 0) text += `. Then ${word}`;
    else text += ` ${word}`;
  }
  return `${text.slice(0, characters - 1).trimEnd()}.`;
}

/** Writes a text at `speed` characters a second on the real clock. Resolves once the reader is done, with how it grew. */
export async function write(text: string, speed: number, reader: Reader): Promise<readonly Produced[]> {
  const produced: Produced[] = [];
  const start = performance.now();
  for (let length = 0; ; ) {
    await sleep(PIECE_MS);
    const due = Math.min(text.length, Math.floor((speed * (performance.now() - start)) / 1000));
    if (due <= length) continue;
    length = due;
    produced.push({ at: Date.now(), length });
    if (length === text.length) break;
    reader.show(text.slice(0, length));
  }
  await reader.finish(text);
  return produced;
}
