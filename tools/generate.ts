import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AUDITED } from '../src/chat/audit.ts';
import { allCommands } from '../src/commands/all.ts';
import { usage } from '../src/commands/registry.ts';
import { sampleEnv, settingsTable } from '../src/config/tables.ts';
import { parts } from '../src/main.ts';
import { coverageDocument } from './coverage.ts';

/**
 * Writes everything that is made from the code: the sample settings and the tables in the documents. `npm run generate` writes,
 * `npm run generate -- --check` only looks and ends with 1 when a file would change. A test calls {@link staleFiles}, too.
 */

const root = join(import.meta.dirname, '..');

/** Every generated file with the text it should have. */
function generatedFiles(): Map<string, string> {
  return new Map([
    ['.env.example', sampleEnv(parts)],
    ['docs/configuration.md', withTable(read('docs/configuration.md'), 'settings', settingsTable(parts))],
    ['docs/coverage.md', coverageDocument()],
    ['docs/security.md', withTable(read('docs/security.md'), 'audit', auditTable())],
    ['README.md', readme()],
  ]);
}

/** The generated files that are not as they should be. */
export function staleFiles(): string[] {
  return [...generatedFiles()]
    .filter(([path, text]) => !existsSync(join(root, path)) || read(path) !== text)
    .map(([path]) => path);
}

function auditTable(): string {
  const rows = Object.entries(AUDITED).map(([what, meaning]) => `| \`${what}\` | ${meaning} |`);
  return ['| what | when |', '| --- | --- |', ...rows].join('\n');
}

function commandsTable(): string {
  const rows = allCommands().commands.map(
    (command) => `| \`${usage(command).replaceAll('|', '\\|')}\` | ${command.summary} |`,
  );
  return ['| command | what it does |', '| --- | --- |', ...rows].join('\n');
}

/** The README with its commands, and with the tables of figures that the benches wrote into docs/figures.md. */
function readme(): string {
  let text = withTable(read('README.md'), 'commands', commandsTable());
  for (const bench of ['start', 'scale']) text = withTable(text, bench, figures(bench));
  return text;
}

/** The first table between `<!-- bench -->` and `<!-- /bench -->` of docs/figures.md. */
function figures(bench: string): string {
  const section = read('docs/figures.md').split(`<!-- ${bench} -->`)[1]?.split(`<!-- /${bench} -->`)[0] ?? '';
  return (
    section
      .split('\n\n')
      .find((block) => block.startsWith('|'))
      ?.trim() ?? ''
  );
}

/** The document with what stands between `<!-- name -->` and `<!-- /name -->` replaced. */
function withTable(document: string, name: string, table: string): string {
  const [before, rest] = document.split(`<!-- ${name} -->`);
  const after = rest?.split(`<!-- /${name} -->`)[1];
  if (before === undefined || after === undefined) throw new Error(`there is no place for the table of ${name}`);
  return `${before}<!-- ${name} -->\n\n${table}\n\n<!-- /${name} -->${after}`;
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

if (import.meta.main) {
  if (process.argv.includes('--check')) {
    const stale = staleFiles();
    for (const path of stale) process.stderr.write(`${path} is not what the code says: run npm run generate\n`);
    process.exitCode = stale.length === 0 ? 0 : 1;
  } else {
    for (const [path, text] of generatedFiles()) writeFileSync(join(root, path), text);
  }
}
