import type { Adapter, Surface } from '../../../src/chat/adapter.ts';
import type { Place } from '../../../src/chat/places.ts';
import { createComposer } from '../../../src/delivery/composer.ts';
import { partKey } from '../../../src/delivery/keys.ts';
import { viewOf } from './parley.ts';

/** The messages of one reply without any idea of when to call: what the policies that Parley is compared with share. */
export interface Writer {
  take(text: string, final: boolean): void;
  /** The budgets of the next call; null when everything is shown. */
  next(): readonly string[] | null;
  /** Shows the newest text: one call, or none when there is nothing to show (false). Throws what the adapter throws. */
  call(): Promise<boolean>;
  /** The text goes on in a message that is not there yet. */
  behind(): boolean;
  /** There is a word to begin with. */
  readable(): boolean;
  begun(): boolean;
  done(): boolean;
  messages(): readonly string[];
}

/** Parts are cut as Parley cuts them, so that only the timing differs. */
export function createWriter(adapter: Adapter, place: Place, name: string): Writer {
  const composer = createComposer(adapter);
  const surfaces: Surface[] = [];
  let view = viewOf('', false);
  let front = 0;
  let shown = 0;
  const done = () => composer.ended() && front >= composer.closed();
  return {
    take(text, final) {
      view = viewOf(text, final);
    },
    next() {
      if (done() || (shown >= view.markdown.length && !view.final)) return null;
      const surface = surfaces[front];
      return surface ? surface.scopes('grow') : adapter.openScopes(place);
    },
    async call() {
      composer.take(view);
      const closed = front < composer.closed();
      const composed = closed ? composer.part(front) : composer.tail(Date.now(), false);
      const length = closed ? (composed?.to ?? 0) : view.markdown.length;
      if (!composed) {
        shown = length;
        return false;
      }
      const surface = surfaces[front];
      if (surface) await surface.put(composed.rendered, closed);
      else surfaces[front] = await adapter.open(place, composed.rendered, partKey(name, 0, front), null);
      shown = length;
      if (closed) front += 1;
      return true;
    },
    behind: () => surfaces.length > 0 && !surfaces[front] && shown < view.markdown.length,
    readable: () => /\S\s/.test(view.markdown),
    begun: () => surfaces.length > 0,
    done,
    messages: () => surfaces.map((surface) => surface.ref.id),
  };
}
