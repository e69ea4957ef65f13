import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openBook } from '../../../adapters/local/book.ts';
import { createLocal } from '../../../adapters/local/local.ts';
import { systemClock } from '../../../src/chat/clock.ts';
import { Failure } from '../../../src/chat/errors.ts';
import { closeAfter } from '../../close-after.ts';

it('a damaged file of the page is told in a sentence that names it, wherever the damage is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-book-'));
  closeAfter(async () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'local.db');
  openBook(file).close();
  const whole = readFileSync(file);
  const page = 4_096;
  for (let at = 0; at < whole.length; at += page) {
    const bytes = Buffer.from(whole).fill(0xff, at, at + page);
    writeFileSync(file, bytes);
    const address = { host: '127.0.0.1', port: 1 };
    try {
      const local = createLocal({
        token: null,
        file,
        address,
        publicUrl: null,
        notice: null,
        fileBytes: 1,
        clock: systemClock,
      });
      closeAfter(() => local.stop());
    } catch (error) {
      expect(error).toBeInstanceOf(Failure);
      expect(String(error instanceof Failure && error.problem.say)).toContain(file);
    }
  }
});
