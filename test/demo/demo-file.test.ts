import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { problemOf } from '../../src/chat/errors.ts';
import { openOpenWebUI } from '../../src/open-openwebui.ts';
import { closeAfter } from '../close-after.ts';

it('a damaged file of the stand-in is told in a sentence that names it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-demo-file-'));
  closeAfter(async () => rmSync(folder, { recursive: true, force: true }));
  const demoFile = join(folder, 'demo.db');
  writeFileSync(demoFile, 'no database');
  const problem = problemOf(await openOpenWebUI({ url: null, key: null, demoFile }).catch((error: unknown) => error));
  expect(problem.kind).toBe('forbidden');
  expect(problem.say).toContain(demoFile);
});
