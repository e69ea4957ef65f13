import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { staleFiles } from '../tools/generate.ts';

const root = resolve(import.meta.dirname, '..');
const documents = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
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

  it('tell nothing of the machine they were written on', () => {
    const telling = /\/(?:root|home)\/|\/work\/|[a-z0-9.-]+\.internal\b/;
    expect(documents.filter((path) => telling.test(read(path)))).toEqual([]);
  });
});
