import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { discordConfig } from '../../adapters/discord/config.ts';
import { slackConfig } from '../../adapters/slack/config.ts';
import { GROUP_SCOPES, SCOPES } from '../../adapters/slack/scopes.ts';
import { limitsConfig } from '../../src/config/limits.ts';
import { loadConfig } from '../../src/config/load.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/configuration.md'), 'utf8');
const part = page.split('## Who may use it')[1]?.split('## Files in place of values')[0] ?? '';
const shape = { ...slackConfig.shape, ...discordConfig.shape, ...limitsConfig.shape };

it('the example of lists is read as it stands', () => {
  const yaml = /```yaml\n([\s\S]+?)```/.exec(part)?.[1] ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'parley-'));
  const path = join(folder, 'parley.yaml');
  writeFileSync(path, yaml);
  const env = { DISCORD_TOKEN: 'MTIzMTIzMTIzMTIzMTIzMTIz.Gabcde.abcdefghijklmnopqrstuvwxyz' };
  const loaded = loadConfig(z.object(shape), [slackConfig, discordConfig, limitsConfig], {
    env,
    dotenv: '',
    yaml: path,
  });
  rmSync(folder, { recursive: true });
  expect(loaded).toMatchObject({
    ok: true,
    config: {
      SLACK_ALLOW: [
        { kind: 'channel', id: 'C0123ABCD' },
        { kind: 'group', id: 'S0123ABCD' },
      ],
      SLACK_DENY: [{ kind: 'user', id: 'U0123ABCD' }],
      SLACK_DIRECT_MESSAGES: true,
      DISCORD_ALLOW: [
        { kind: 'team', id: '123456789012345678' },
        { kind: 'group', id: '123456789012345679' },
      ],
      DISCORD_DENY: [{ kind: 'category', id: '123456789012345680' }],
    },
  });
});

it('every setting that is named there is one', () => {
  const named = [...part.matchAll(/`((?:SLACK|DISCORD|PARLEY)_[A-Z_]+)/g)].map((match) => match[1] ?? '');
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !(name in shape) && name !== 'PARLEY_ADMINS')).toEqual([]);
});

it('every kind of entry there is read, and every kind that is read is there', () => {
  const rows = [...part.matchAll(/^\| (?:place|person|program) \|(.*?)\|(.*?)\|/gm)];
  const words = (column: number) =>
    rows
      .map((row) => /`([a-z]+):/.exec(row[column] ?? '')?.[1] ?? '')
      .filter((word) => word !== '')
      .sort();
  const known = (complaint: string) => [...complaint.matchAll(/([a-z]+):…/g)].map((match) => match[1] ?? '').sort();
  const complaint = (setting: z.ZodType) => setting.safeParse('nonsense').error?.issues[0]?.message ?? '';
  expect(words(1)).toEqual(known(complaint(slackConfig.shape.SLACK_ALLOW)));
  expect(words(2)).toEqual(known(complaint(discordConfig.shape.DISCORD_ALLOW)));
});

it('the permission for groups is named, and is not in the manifest', () => {
  for (const { name } of GROUP_SCOPES) {
    expect(part).toContain(`\`${name}\``);
    expect(SCOPES.map((scope) => scope.name)).not.toContain(name);
  }
});
