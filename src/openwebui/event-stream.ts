import { createParser } from 'eventsource-parser';

/** Bytes of a server-sent event stream in, the text of each `data:` out. Holds at most one unfinished event. */
export interface EventStream {
  /** Takes the next bytes, cut anywhere. Throws {@link Overflow} when one event grows over the limit. */
  push(bytes: Uint8Array): string[];
  /** The stream is over: gives the event that lacked its last line ends, if any. */
  end(): string[];
}

/** One event became larger than allowed. The stream cannot be read further. */
export class Overflow extends Error {}

/**
 * Reads as the web standard says (LF, CRLF, CR, comments, `event:`, `id:`, with or without the space), and two things more that
 * occur on this wire (our reference, openwebui 3.4): a last event without a line end, and bare JSON lines without `data:`,
 * which come out as if they had it. `maxChars` bounds one event, in UTF-16 units.
 */
export function eventStream(maxChars: number): EventStream {
  const decoder = new TextDecoder();
  const bare = bareJsonLines();
  let events: string[] = [];
  let overflow = false;
  const parser = createParser({
    maxBufferSize: maxChars,
    onEvent: (event) => events.push(event.data),
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') overflow = true;
    },
  });
  const feed = (text: string): string[] => {
    events = [];
    parser.feed(bare(text));
    if (overflow) throw new Overflow(`an event is longer than ${maxChars} characters`);
    return events;
  };
  return {
    push: (bytes) => feed(decoder.decode(bytes, { stream: true })),
    end: () => feed(`${decoder.decode()}\n\n`),
  };
}

/**
 * Makes every line that begins with `{` an event of its own, character by character, so that nothing is held back. The parser
 * alone would drop such a line, and would not even tell when it comes in two chunks.
 */
function bareJsonLines(): (text: string) => string {
  let lineStart = true;
  let inside = false;
  return (text) => {
    if (!inside && !(lineStart && text.startsWith('{')) && !/[\r\n]\{/.test(text)) {
      if (text !== '') lineStart = /[\r\n]$/.test(text);
      return text;
    }
    let out = '';
    for (const char of text) {
      const ends = char === '\n' || char === '\r';
      if (lineStart && char === '{') {
        inside = true;
        out += '\ndata: ';
      }
      out += char;
      if (inside && ends) {
        inside = false;
        out += '\n\n';
      }
      lineStart = ends;
    }
    return out;
  };
}
