import { afterEach } from 'vitest';

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Has something closed after the test, the newest first. */
export function closeAfter(close: () => Promise<unknown>): void {
  closing.push(close);
}
