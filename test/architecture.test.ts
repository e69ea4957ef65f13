import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** Who may import what, as DESIGN says: a room may use the rooms named here, and itself. */
const MAY: Record<string, readonly string[]> = {
  'src/chat': [],
  'src/prompts': ['src/chat'],
  'src/store': ['src/chat'],
  'src/openwebui': ['src/chat'],
  'src/nextcloud': ['src/chat'],
  'src/config': ['src/chat'],
  'src/delivery': ['src/chat', 'src/store'],
  'src/accounts': ['src/chat', 'src/store', 'src/openwebui', 'src/nextcloud'],
  'src/demo': ['src/chat'],
  'src/commands': [
    'src/chat',
    'src/prompts',
    'src/store',
    'src/openwebui',
    'src/nextcloud',
    'src/accounts',
    'src/config',
    'src/delivery',
  ],
  'src/ops': ['src/chat', 'src/store', 'src/openwebui', 'src/nextcloud', 'src/accounts'],
  'src/turn': [
    'src/chat',
    'src/prompts',
    'src/store',
    'src/openwebui',
    'src/nextcloud',
    'src/accounts',
    'src/config',
    'src/delivery',
    'src/commands',
    'src/ops',
  ],
  'src/tasks': [
    'src/chat',
    'src/store',
    'src/nextcloud',
    'src/accounts',
    'src/delivery',
    'src/commands',
    'src/turn',
    'src/ops',
  ],
  'src/inbox': [
    'src/chat',
    'src/prompts',
    'src/store',
    'src/openwebui',
    'src/nextcloud',
    'src/accounts',
    'src/config',
    'src/delivery',
    'src/commands',
    'src/turn',
    'src/tasks',
    'src/ops',
  ],
};

/** What an adapter may use of the core: its language, and how a configuration part is written. */
const ADAPTER_MAY = ['src/chat', 'src/config'];

const PLATFORMS = ['slack', 'discord'];

function files(folder: string): string[] {
  return readdirSync(join(root, folder)).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(join(root, path)).isDirectory()) return name === 'node_modules' ? [] : files(path);
    return name.endsWith('.ts') ? [path] : [];
  });
}

function imports(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) => match[1] ?? '');
  return found.map((target) => relative(root, resolve(root, file, '..', target)));
}

function roomOf(file: string): string {
  return file.split('/').slice(0, 2).join('/');
}

function breaches(file: string, allowed: readonly string[]): string[] {
  return imports(file)
    .filter((target) => !allowed.includes(roomOf(target)))
    .map((target) => `${file} imports ${target}`);
}

describe('the rooms keep to their doors', () => {
  for (const [room, others] of Object.entries(MAY)) {
    it(`${room} imports only what it may`, () => {
      const inside = files('src').filter((file) => roomOf(file) === room);
      expect(inside.flatMap((file) => breaches(file, [room, ...others]))).toEqual([]);
    });
  }

  it('every room of src has its rule', () => {
    const rooms = files('src').filter((file) => file.split('/').length > 2);
    expect(new Set(rooms.map(roomOf).filter((room) => !(room in MAY)))).toEqual(new Set());
  });

  it('an adapter imports only its own folder and the shared language', () => {
    expect(files('adapters').flatMap((file) => breaches(file, [roomOf(file), ...ADAPTER_MAY]))).toEqual([]);
  });

  it('no platform is named in the core but in main and in settings an admin reads', () => {
    const core = files('src').filter((file) => file !== 'src/main.ts' && !file.startsWith('src/config/'));
    const named = core.filter((file) => {
      const text = readFileSync(join(root, file), 'utf8').replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '');
      return PLATFORMS.some((name) => new RegExp(`\\b${name}\\b`, 'i').test(text));
    });
    expect(named).toEqual([]);
  });

  it('every file can be read in one sitting', () => {
    const long = [...files('src'), ...files('adapters')].filter(
      (file) => readFileSync(join(root, file), 'utf8').split('\n').length > 330,
    );
    expect(long).toEqual([]);
  });
});
