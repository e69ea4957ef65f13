import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripTypes } from './strip-types.ts';

/** One file of the page, ready to be served. */
export interface Asset {
  readonly type: string;
  readonly body: Buffer;
}

/** The page's files: read once, named by what is in them, so that a browser may keep them for ever. */
export interface Assets {
  /** Changes with any of the files. */
  readonly version: string;
  readonly index: Buffer;
  /** The only scripts that run are the page's own; nothing is fetched from elsewhere. */
  readonly policy: string;
  /** By path below `/local/v/<version>/`. */
  get(path: string): Asset | null;
}

/** Files of packages that the page may have, and nothing else of them. */
const LIBRARIES: Readonly<Record<string, string>> = {
  'lib/lit-html.js': 'lit-html/lit-html.js',
  'lib/directive.js': 'lit-html/directive.js',
  'lib/directive-helpers.js': 'lit-html/directive-helpers.js',
  'lib/directives/repeat.js': 'lit-html/directives/repeat.js',
  'lib/directives/guard.js': 'lit-html/directives/guard.js',
  'lib/directives/live.js': 'lit-html/directives/live.js',
  'lib/directives/ref.js': 'lit-html/directives/ref.js',
  'lib/async-directive.js': 'lit-html/async-directive.js',
  'lib/marked.js': 'marked/lib/marked.esm.js',
  'lib/purify.js': 'dompurify/dist/purify.es.mjs',
  'lib/highlight.js': '@highlightjs/cdn-assets/es/highlight.min.js',
};

/** What the page's modules call them. */
const IMPORTS: Readonly<Record<string, string>> = {
  'lit-html': 'lib/lit-html.js',
  'lit-html/directive.js': 'lib/directive.js',
  'lit-html/directives/repeat.js': 'lib/directives/repeat.js',
  'lit-html/directives/guard.js': 'lib/directives/guard.js',
  'lit-html/directives/live.js': 'lib/directives/live.js',
  'lit-html/directives/ref.js': 'lib/directives/ref.js',
  marked: 'lib/marked.js',
  dompurify: 'lib/purify.js',
  'highlight.js': 'lib/highlight.js',
};

const TYPES: Readonly<Record<string, string>> = {
  ts: 'text/javascript; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Reads the page's files and takes the types out of its TypeScript. */
export function loadAssets(): Assets {
  const here = dirname(fileURLToPath(import.meta.url));
  const files = new Map<string, Asset>();
  const own = readdirSync(join(here, 'page')).filter((name) => /\.(ts|css|svg)$/.test(name) && !name.endsWith('.d.ts'));
  for (const path of [...own.map((name) => `page/${name}`), 'words.ts']) {
    const text = readFileSync(join(here, path), 'utf8');
    files.set(path, asset(path, path.endsWith('.ts') ? stripTypes(text) : text));
  }
  for (const [path, from] of Object.entries(LIBRARIES)) {
    const text = readFileSync(packageFile(from), 'utf8');
    files.set(path, asset(path, text));
  }
  const template = readFileSync(join(here, 'page', 'index.html'), 'utf8');
  const hash = createHash('sha256').update(template);
  for (const [path, { body }] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(path).update(body);
  const version = hash.digest('base64url').slice(0, 16);
  const base = `/local/v/${version}/`;
  const map = JSON.stringify({
    imports: Object.fromEntries(Object.entries(IMPORTS).map(([name, path]) => [name, base + path])),
  });
  const preload = [...files.keys()]
    .filter((path) => path.startsWith('page/') && path.endsWith('.ts'))
    .map((path) => `<link rel="modulepreload" href="${base}${path}">`)
    .join('\n');
  const index = template
    .replaceAll('{{base}}', base)
    .replaceAll('{{version}}', version)
    .replace('{{imports}}', () => `<script type="importmap">${map}</script>\n${preload}`);
  return { version, index: Buffer.from(index), policy: policy(map), get: (path) => files.get(path) ?? null };
}

/** The path of a file in an installed package, whether the package exports it or not. */
function packageFile(path: string): string {
  const name = path
    .split('/')
    .slice(0, path.startsWith('@') ? 2 : 1)
    .join('/');
  const found = findPackageJSON(name, import.meta.url);
  if (found === undefined) throw new Error(`${name} is not installed`);
  return join(dirname(found), path.slice(name.length + 1));
}

function asset(path: string, text: string): Asset {
  const type = TYPES[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
  return { type, body: Buffer.from(text) };
}

function policy(map: string): string {
  const hash = createHash('sha256').update(map).digest('base64');
  return [
    "default-src 'none'",
    `script-src 'self' 'sha256-${hash}'`,
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types lit-html dompurify',
  ].join('; ');
}
