import type { Frame } from '../openwebui/frames.ts';
import type { TurnEvent } from './state.ts';

/** What a frame of the answer means for the turn; null when it means nothing. `at` in milliseconds since the epoch. Pure. */
export function eventOf(frame: Frame, at: number): TurnEvent | null {
  switch (frame.type) {
    case 'text':
      return { type: 'text', text: frame.text, at };
    case 'reasoning':
      return { type: 'reasoning', text: frame.text, at };
    case 'sources':
      return { type: 'sources', sources: frame.sources, citations: frame.raw };
    case 'usage':
      return { type: 'usage', usage: frame.usage };
    case 'image':
      return { type: 'text', text: `\n\n${picture(frame.url)}\n\n`, at };
    case 'tool-call':
      return { type: 'tool', name: frame.name };
    case 'working':
      return { type: 'working', tool: frame.tool };
    case 'model':
    case 'end':
      return null;
  }
}

/** What stands in the text for a picture that is posted below the answer. */
export function pictureEvent(at: number): TurnEvent {
  return { type: 'text', text: '\n\n*The picture stands below.*\n\n', at };
}

/** A picture that came inside the stream would be megabytes of text; a path of the server is no address for anybody here. */
function picture(url: string): string {
  return /^https?:\/\/\S+$/.test(url) ? `![](${url})` : '*The model made a picture that I cannot show here.*';
}
