import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { allCommands } from '../src/commands/all.ts';
import { parts } from '../src/main.ts';
import { staleFiles } from '../tools/generate.ts';

const root = resolve(import.meta.dirname, '..');
const documents = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
/** What begins like a command of ours and is none: paths, a command of Slack's own, the one that takes all others there. */
const OTHERS = new Set(['livez', 'readyz', 'data', 'api', 'invite', 'parley']);

const read = (path: string) => readFileSync(join(root, path), 'utf8');

describe('the documents', () => {
  it('hold the tables that the code gives', () => {
    expect(staleFiles()).toEqual([]);
  });

  for (const path of documents) {
    it(`${path} links only to files that are there`, () => {
      const links = [...read(path).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1] ?? '');
      expect(links.filter((link) => !existsSync(join(root, dirname(path), link)))).toEqual([]);
    });

    it(`${path} names only npm scripts that are there`, () => {
      const { scripts } = z
        .object({ scripts: z.record(z.string(), z.string()) })
        .parse(JSON.parse(read('package.json')));
      const named = [...read(path).matchAll(/npm run ([a-z:]+)/g)].map((match) => match[1] ?? '');
      expect(named.filter((name) => !(name in scripts))).toEqual([]);
    });
  }

  for (const path of documents) {
    it(`${path} names only settings and commands that are there`, () => {
      const settings = new Set(parts.flatMap((part) => Object.keys(part.shape)));
      const named = [...read(path).matchAll(/`((?:PARLEY|OPENWEBUI|SLACK|DISCORD|NEXTCLOUD)_[A-Z_]+)(?:=[^`]*)?`/g)];
      const unset = named.map((match) => (match[1] ?? '').replace(/_FILE$/, '')).filter((name) => !settings.has(name));
      expect(unset).toEqual([]);
      const registry = allCommands();
      const typed = [...read(path).matchAll(/`\/(?:ai-)?([a-z]+)(?: ([a-z-]+))?[^`/]*`/g)];
      const unknown = typed.filter(([, name = '', second = '']) => {
        const command = registry.find(name);
        if (command === null) return !OTHERS.has(name);
        return second !== '' && command.subcommands.length > 0 && registry.find(`${name} ${second}`) === null;
      });
      expect(unknown.map(([whole]) => whole)).toEqual([]);
    });
  }

  it('tell nothing of the machine they were written on', () => {
    const telling = /\/(?:root|home)\/|\/work\/|[a-z0-9.-]+\.internal\b/;
    expect(documents.filter((path) => telling.test(read(path)))).toEqual([]);
  });
});
