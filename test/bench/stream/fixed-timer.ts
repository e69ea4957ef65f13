import { setTimeout as sleep } from 'node:timers/promises';
import { problemOf } from '../../../src/chat/errors.ts';
import type { Policy } from './policy.ts';
import { createWriter } from './writer.ts';

/** How often each reply is edited, in milliseconds. */
const EVERY_MS = 1_000;
/** For how long a last text is tried again after a refusal, in milliseconds. */
const PATIENCE_MS = 90_000;

/**
 * What most bots do: the first word at once, then each reply is edited once a second, whatever the others do. A refused edit is dropped:
 * the next tick shows the newest text anyway. Only the last text is tried again, after as long as the refusal says.
 */
export const fixedTimer: Policy = (adapter) => ({
  reply(place, name) {
    const writer = createWriter(adapter, place, name);
    let timer: NodeJS.Timeout | null = null;
    let running: Promise<void> | null = null;

    async function edit(): Promise<void> {
      try {
        // A message that is full is followed by the next one at once, not a second later.
        do await writer.call();
        while (writer.behind());
      } catch (thrown) {
        if (problemOf(thrown).kind === 'bug') throw thrown;
      }
    }

    function tick(): void {
      if (running || !writer.next()) return;
      running = edit().finally(() => {
        running = null;
      });
    }

    return {
      show(text) {
        writer.take(text, false);
        if (timer || !writer.readable()) return;
        timer = setInterval(tick, EVERY_MS);
        tick();
      },
      async finish(text) {
        if (timer) clearInterval(timer);
        await running;
        writer.take(text, true);
        for (const until = Date.now() + PATIENCE_MS; Date.now() < until; ) {
          try {
            await writer.call();
            if (writer.done()) break;
          } catch (thrown) {
            const { retry } = problemOf(thrown);
            await sleep(retry.when === 'after' ? retry.ms : EVERY_MS);
          }
        }
      },
      messages: writer.messages,
    };
  },
  learn: () => undefined,
  stop: async () => undefined,
});
