import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allCommands } from '../src/commands/all.ts';
import { coverage } from '../tools/coverage.ts';

const registry = allCommands();
const named = [...new Set(coverage.flatMap(({ rows }) => rows.flatMap(({ by }) => by)))];

/** What a file below `src/openwebui` exports. */
async function exportsOf(file: string): Promise<readonly string[]> {
  const loaded: object = await import(join(import.meta.dirname, '../src/openwebui', file));
  return Object.keys(loaded);
}

describe('the table of what is covered', () => {
  it('names only commands that are there', () => {
    const commands = named.filter((by) => by.startsWith('/'));
    expect(commands.filter((by) => registry.find(by.slice(1)) === null)).toEqual([]);
    expect(commands.length).toBeGreaterThan(10);
  });

  it('names only functions that are there', async () => {
    const missing: string[] = [];
    for (const by of named.filter((one) => !one.startsWith('/'))) {
      const [file = '', name = ''] = by.split(' ');
      if (!(await exportsOf(file)).includes(name)) missing.push(by);
    }
    expect(missing).toEqual([]);
  });

  it('has every subcommand of /prompts in it', () => {
    const prompts = registry.find('prompts')?.subcommands.map((sub) => `/prompts ${sub.name}`) ?? [];
    // Export has no counterpart in those documents.
    expect(prompts.filter((path) => !named.includes(path))).toEqual(['/prompts export']);
  });

  it('has every call of the prompts’ client in it', async () => {
    const calls = (await exportsOf('prompts.ts')).filter((name) => !/^[A-Z]/.test(name));
    expect(calls.filter((name) => !named.includes(`prompts.ts ${name}`))).toEqual([]);
  });

  it('has each method once in its document', () => {
    expect(coverage.map(({ rows }) => rows.length)).toEqual([13, 18, 17, 60, 4]);
    for (const { rows } of coverage) expect(new Set(rows.map(({ method }) => method)).size).toBe(rows.length);
  });
});
