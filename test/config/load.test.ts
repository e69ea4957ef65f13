import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { openWebUIConfig, parleyConfig } from '../../src/config/core.ts';
import { complaintLines, loadConfig } from '../../src/config/load.ts';

const parts = [openWebUIConfig, parleyConfig];
const schema = z.object({ ...openWebUIConfig.shape, ...parleyConfig.shape });

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function load(env: Record<string, string>, files: { dotenv?: string; yaml?: string } = {}) {
  const dotenv = join(folder, '.env');
  const yaml = join(folder, 'parley.yaml');
  if (files.dotenv !== undefined) writeFileSync(dotenv, files.dotenv);
  if (files.yaml !== undefined) writeFileSync(yaml, files.yaml);
  return loadConfig(schema, parts, { env, dotenv, yaml });
}

function config(...given: Parameters<typeof load>) {
  const loaded = load(...given);
  if (!loaded.ok) throw new Error(complaintLines(loaded.complaints));
  return loaded.config;
}

function complaints(...given: Parameters<typeof load>): string {
  const loaded = load(...given);
  return loaded.ok ? '' : complaintLines(loaded.complaints);
}

const server = { OPENWEBUI_URL: 'https://chat.example.org/', OPENWEBUI_API_KEY: 'sk-0123456789' };

describe('the configuration', () => {
  it('has a value for everything when nothing is set', () => {
    expect(config({})).toMatchObject({
      OPENWEBUI_URL: null,
      OPENWEBUI_API_KEY: null,
      PARLEY_STORE: 'sqlite:data/parley.db',
      PARLEY_LISTEN: { host: '127.0.0.1', port: 3210 },
      PARLEY_LOCAL: 'auto',
      PARLEY_ADMINS: [],
      PARLEY_TITLES: true,
      LOG_LEVEL: 'info',
    });
  });

  it('reads the environment first, then .env, then parley.yaml', () => {
    const files = {
      dotenv: 'LOG_LEVEL=warn\nPARLEY_LOCAL=on',
      yaml: 'log: { level: debug }\nparley: { local: off, titles: off }',
    };
    expect(config({ LOG_LEVEL: 'error' }, files)).toMatchObject({
      LOG_LEVEL: 'error',
      PARLEY_LOCAL: 'on',
      PARLEY_TITLES: false,
    });
  });

  it('reads a secret from the file that NAME_FILE names', () => {
    writeFileSync(join(folder, 'key'), 'sk-from-a-file\n');
    const read = config({ OPENWEBUI_URL: server.OPENWEBUI_URL, OPENWEBUI_API_KEY_FILE: join(folder, 'key') });
    expect(read.OPENWEBUI_API_KEY?.reveal()).toBe('sk-from-a-file');
  });

  it('takes an empty value as unset', () => {
    expect(config({ OPENWEBUI_URL: '', OPENWEBUI_API_KEY: ' ' }).OPENWEBUI_URL).toBeNull();
  });

  it('prints a secret as [secret], however it is printed', () => {
    const read = config(server);
    expect(`${read.OPENWEBUI_API_KEY} ${JSON.stringify(read)}`).not.toContain('0123456789');
    expect(JSON.stringify(read)).toContain('[secret]');
  });
});

describe('a wrong configuration', () => {
  it('names every wrong setting, where it came from and how to mend it', () => {
    const text = complaints({ LOG_LEVEL: 'loud', PARLEY_LISTEN: 'here' }, { dotenv: 'PARLEY_TIMEZONE=Mars/Olympus' });
    expect(text).toMatch(/3 settings are not right/);
    expect(text).toMatch(/LOG_LEVEL must be one of: .*from the environment \("loud"\)/);
    expect(text).toMatch(/PARLEY_LISTEN is not an address and a port.*\n.*such as 127\.0\.0\.1:3210/);
    expect(text).toMatch(/PARLEY_TIMEZONE is not a time zone, from .*\.env/);
  });

  it('names the missing half of a pair', () => {
    expect(complaints({ OPENWEBUI_URL: server.OPENWEBUI_URL })).toMatch(
      /OPENWEBUI_API_KEY is missing, but OPENWEBUI_URL is set/,
    );
  });

  it('never shows a secret', () => {
    const text = complaints({
      ...server,
      OPENWEBUI_API_KEY: 'has a space',
      PARLEY_SECRET_KEY: 'too-short',
      PARLEY_TOKEN: 'shrt',
    });
    expect(text).toMatch(/OPENWEBUI_API_KEY/);
    expect(text).toMatch(/PARLEY_SECRET_KEY/);
    expect(text).toMatch(/PARLEY_TOKEN/);
    expect(text).not.toMatch(/has a space"|too-short|shrt/);
  });

  it('knows what a mistyped name was meant to be', () => {
    expect(complaints({ OPENWEBUI_APIKEY: 'x' })).toMatch(
      /OPENWEBUI_APIKEY is not a setting.*\n.*Did you mean OPENWEBUI_API_KEY\?/,
    );
    expect(complaints({}, { yaml: 'openwebui: { ulr: x }' })).toMatch(/Did you mean OPENWEBUI_URL\?/);
  });

  it('leaves alone what container platforms put beside it', () => {
    const env = {
      PARLEY_PORT: 'tcp://10.0.0.1:3210',
      PARLEY_PORT_3210_TCP_ADDR: '10.0.0.1',
      OPENWEBUI_SERVICE_HOST: 'x',
    };
    expect(complaints(env)).toBe('');
  });

  it('leaves alone what other programs write into the environment', () => {
    expect(complaints({ SLACK_WEBHOOK_OF_ANOTHER_PROGRAM: 'x', OPENWEBUI_SOMETHING_ELSE: 'x' })).toBe('');
    expect(complaints({}, { dotenv: 'OPENWEBUI_SOMETHING_ELSE=x' })).toMatch(
      /OPENWEBUI_SOMETHING_ELSE is not a setting/,
    );
  });

  it('says what is wrong with a broken file', () => {
    expect(complaints({}, { yaml: 'openwebui: [' })).toMatch(/parley\.yaml is not YAML/);
    expect(complaints({}, { yaml: '- a list' })).toMatch(/parley\.yaml has something other than a setting/);
    expect(complaints({ OPENWEBUI_API_KEY_FILE: '/nowhere/key' })).toMatch(
      /OPENWEBUI_API_KEY_FILE names a file that cannot be read/,
    );
  });

  it('takes quotes away that a container platform left around a value', () => {
    const quoted = { OPENWEBUI_URL: '"https://chat.example.org"', OPENWEBUI_API_KEY: "'sk-0123456789'" };
    const read = config(quoted);
    expect(read.OPENWEBUI_URL).toBe('https://chat.example.org');
    expect(read.OPENWEBUI_API_KEY?.reveal()).toBe('sk-0123456789');
  });

  it('tells of a file that cannot be read once, and does not miss what it was to hold as well', () => {
    const text = complaints({ OPENWEBUI_URL: server.OPENWEBUI_URL, OPENWEBUI_API_KEY_FILE: '/nowhere/key' });
    expect(text).toMatch(/^Parley cannot start: One setting is not right/);
  });

  it('refuses an address with a password in it, without repeating it', () => {
    const text = complaints({ ...server, OPENWEBUI_URL: 'ftp://chat.example.org' });
    expect(text).toMatch(/OPENWEBUI_URL is not an address beginning with http/);
  });
});
