import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { runScript } from './processes.ts';

const schema = z.object({ figures: z.array(z.object({ name: z.string(), value: z.number() })) });

it('becomes ready with all platforms, and the bench can say how long that took', async () => {
  const found = schema.parse(await runScript(join(import.meta.dirname, 'start.ts'), ['--quick', '--json'], []));
  for (const name of ['start, warm, all platforms', 'idle RSS, all platforms', 'start, warm, bare imports']) {
    expect(found.figures.find((figure) => figure.name === name)?.value).toBeGreaterThan(10);
  }
}, 240_000);
