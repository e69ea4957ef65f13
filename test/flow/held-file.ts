import type { Adapter } from '../../src/chat/adapter.ts';
import type { FileRef } from '../../src/chat/messages.ts';

/** An empty file sent with a question, whose download waits until `arrive` is called: so long the question is being prepared. */
export function heldFile() {
  const ready = Promise.withResolvers<void>();
  const file: FileRef = { platform: 'plain', id: 'F', name: 'a.txt', type: 'text/plain', size: 1, token: 'a' };
  return {
    file,
    arrive: (): void => ready.resolve(),
    wrap: (adapter: Adapter): Adapter => ({
      ...adapter,
      async download() {
        await ready.promise;
        return { name: 'a.txt', type: 'text/plain', bytes: new Uint8Array() };
      },
    }),
  };
}
