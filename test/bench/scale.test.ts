import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { runScript } from './processes.ts';

const schema = z.object({ figures: z.array(z.object({ name: z.string(), value: z.number() })) });

it('carries a few answers at once through the whole of Parley and loses nothing', async () => {
  const found = schema.parse(await runScript(join(import.meta.dirname, 'scale.ts'), ['--quick', '--json'], []));
  const value = (name: string) => found.figures.find((figure) => figure.name === name)?.value;
  expect(value('characters lost')).toBe(0);
  expect(value('answers that failed')).toBe(0);
  expect(value('writes to the platform')).toBeGreaterThan(40);
}, 240_000);
