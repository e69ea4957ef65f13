import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';

/**
 * Writes `adapters/slack/emoji.json`: Slack's name of each emoji by its code points, about 60 kB of the 28 MB that the data set
 * has. The data set is no dependency; fetch it beside the project and name its file:
 *
 *     cd /tmp && npm pack emoji-datasource@16.0.0 && tar xzf emoji-datasource-16.0.0.tgz package/emoji.json
 *     node tools/emoji.ts /tmp/package/emoji.json
 *
 * A name that ends in `*` comes in skin tones. The names are facts of Slack's, kept by the data set (MIT).
 */
const entries = z.array(
  z.object({
    unified: z.string(),
    short_name: z.string(),
    skin_variations: z.record(z.string(), z.unknown()).optional(),
  }),
);

const source = process.argv[2];
if (source === undefined) {
  process.stderr.write('Name the data set’s emoji.json: node tools/emoji.ts /tmp/package/emoji.json\n');
  process.exit(1);
}
const read = entries.parse(JSON.parse(readFileSync(resolve(source), 'utf8')));
const names = Object.fromEntries(
  read
    .map((entry): [string, string] => [keyOf(entry.unified), entry.short_name + (entry.skin_variations ? '*' : '')])
    .sort(([a], [b]) => (a < b ? -1 : 1)),
);
const target = join(import.meta.dirname, '../adapters/slack/emoji.json');
const lines = Object.entries(names).map(([key, name]) => `  ${JSON.stringify(key)}: ${JSON.stringify(name)}`);
writeFileSync(target, `{\n${lines.join(',\n')}\n}\n`);
process.stdout.write(`${lines.length} emoji\n`);

/** Code points without variation selectors, as `reactions.ts` looks them up. */
function keyOf(unified: string): string {
  return unified
    .toLowerCase()
    .split('-')
    .filter((code) => code !== 'fe0f')
    .map((code) => Number.parseInt(code, 16).toString(16))
    .join('-');
}
