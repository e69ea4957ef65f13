import { describe, expect, it } from 'vitest';
import { discordConfig } from '../../adapters/discord/config.ts';
import { slackConfig } from '../../adapters/slack/config.ts';
import { limitsConfig } from '../../src/config/limits.ts';

const slack = slackConfig.shape;
const discord = discordConfig.shape;
const limits = limitsConfig.shape;
const ID = '123456789012345678';

/** What a setting is read as, or the complaint about it. */
function read(
  setting: { safeParse(text: string): { data?: unknown; error?: { issues: { message: string }[] } } },
  text: string,
) {
  const { data, error } = setting.safeParse(text);
  return error ? error.issues.map((issue) => issue.message).join('; ') : data;
}

describe('access lists as settings', () => {
  it('are read into entries, spaces and empty ones left out', () => {
    expect(read(slack.SLACK_ALLOW, ' team:T0123, channel:C0123 ,group:S0123,,bot:B0123')).toEqual([
      { kind: 'team', id: 'T0123' },
      { kind: 'channel', id: 'C0123' },
      { kind: 'group', id: 'S0123' },
      { kind: 'bot', id: 'B0123' },
    ]);
    expect(read(discord.DISCORD_DENY, `server:${ID},category:${ID},channel:${ID},user:${ID},role:${ID}`)).toEqual([
      { kind: 'team', id: ID },
      { kind: 'category', id: ID },
      { kind: 'channel', id: ID },
      { kind: 'user', id: ID },
      { kind: 'group', id: ID },
    ]);
  });

  it.each([
    [slack.SLACK_ALLOW, 'C0123'],
    [slack.SLACK_ALLOW, 'channel:'],
    [slack.SLACK_ALLOW, 'channel:general'],
    [slack.SLACK_ALLOW, 'channel:U0123'],
    [slack.SLACK_ALLOW, 'server:C0123'],
    [slack.SLACK_ALLOW, '__proto__:C0123'],
    [slack.SLACK_ALLOW, 'constructor:C0123'],
    [slack.SLACK_DENY, 'bot:B0123'],
    [discord.DISCORD_ALLOW, `group:${ID}`],
    [discord.DISCORD_ALLOW, 'role:Moderators'],
    [discord.DISCORD_DENY, `bot:${ID}`],
  ])('complain of what cannot be read: %#', (setting, text) => {
    expect(read(setting, text)).toContain(`has ${JSON.stringify(text)}, which is none of`);
  });
});

describe('limits as settings', () => {
  it('are read as numbers and times', () => {
    expect(read(limits.PARLEY_PERSON_LIMIT, '20/5m')).toEqual({ count: 20, ms: 300_000 });
    expect(read(limits.PARLEY_CHANNEL_LIMIT, '1/1d')).toEqual({ count: 1, ms: 86_400_000 });
    expect(read(limits.PARLEY_PERSON_LIMIT, 'off')).toBeNull();
    expect(read(limits.PARLEY_PERSON_AT_ONCE, 'off')).toBeNull();
    expect(read(limits.PARLEY_PERSON_AT_ONCE, '3')).toBe(3);
    expect(read(limits.PARLEY_ANSWER_LIMIT, '20000')).toBe(20_000);
  });

  it.each(['20', '0/5m', '20/0m', '20/5', '20/5w', '-1/5m', '2000/5m', '20/31d', 'many'])('%s is no quota', (text) => {
    expect(read(limits.PARLEY_PERSON_LIMIT, text)).toBe('is not a number of questions and a time, such as 20/5m');
  });

  it.each(['0', '1.5', '1e3', '-1', 'none', '99999999'])('%s is no number of questions at once', (text) => {
    expect(read(limits.PARLEY_PERSON_AT_ONCE, text)).toContain('is not a');
  });
});
