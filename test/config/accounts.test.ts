import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { discordConfig } from '../../adapters/discord/config.ts';
import { slackConfig } from '../../adapters/slack/config.ts';
import { accountsConfig } from '../../src/config/accounts.ts';
import { parleyConfig } from '../../src/config/core.ts';
import { complaintLines, loadConfig } from '../../src/config/load.ts';

const parts = [slackConfig, discordConfig, accountsConfig, parleyConfig];
const schema = z.object({
  ...slackConfig.shape,
  ...discordConfig.shape,
  ...accountsConfig.shape,
  ...parleyConfig.shape,
});
const nowhere = join(tmpdir(), 'no-such-file');

function complaints(env: Record<string, string>): string {
  const loaded = loadConfig(schema, parts, { env, dotenv: nowhere, yaml: nowhere });
  return loaded.ok ? '' : complaintLines(loaded.complaints);
}

const key = 'A'.repeat(43);
const slack = { SLACK_BOT_TOKEN: 'xoxb-1-2-3', SLACK_APP_TOKEN: 'xapp-1-2-3' };
const discord = { DISCORD_TOKEN: `${'M'.repeat(24)}.abcdef.${'x'.repeat(30)}` };

describe('who is answered without an account', () => {
  it('can be by e-mail on Slack alone', () => {
    expect(complaints({ ...slack, PARLEY_UNLINKED: 'match' })).toBe('');
    expect(complaints({ ...slack, ...discord, PARLEY_UNLINKED: 'match' })).toMatch(/match, but Discord cannot tell/);
    expect(complaints({ ...slack, PARLEY_LOCAL: 'on', PARLEY_UNLINKED: 'match' })).toMatch(
      /the local page cannot tell/,
    );
    expect(complaints({ PARLEY_UNLINKED: 'match' })).toMatch(/the local page cannot tell/);
    expect(complaints({ ...discord, PARLEY_UNLINKED: 'match' })).toMatch(/but Discord cannot tell/);
  });

  it('cannot be nobody where nobody can link', () => {
    expect(complaints({ PARLEY_UNLINKED: 'require' })).toMatch(/without PARLEY_SECRET_KEY nobody can link/);
    expect(complaints({ PARLEY_UNLINKED: 'require', PARLEY_SECRET_KEY: key })).toBe('');
  });

  it('is one of three words', () => {
    expect(complaints({ PARLEY_UNLINKED: 'perhaps' })).toMatch(/service, match, require/);
  });
});

describe('the former secret keys', () => {
  it('are a list, and come with a present one', () => {
    const two = `${'B'.repeat(42)}A, ${'C'.repeat(42)}A`;
    expect(complaints({ PARLEY_SECRET_KEY: key, PARLEY_SECRET_KEY_OLD: two })).toBe('');
    expect(complaints({ PARLEY_SECRET_KEY_OLD: two })).toMatch(
      /PARLEY_SECRET_KEY_OLD is set, but PARLEY_SECRET_KEY is not/,
    );
  });

  it('are never shown when they are wrong', () => {
    const said = complaints({ PARLEY_SECRET_KEY: key, PARLEY_SECRET_KEY_OLD: 'hunter2' });
    expect(said).toMatch(/not a list of secret keys/);
    expect(said).not.toContain('hunter2');
  });
});
