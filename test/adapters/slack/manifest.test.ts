import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { slackManifest } from '../../../adapters/slack/manifest.ts';
import { AGENT_SCOPES, SCOPES } from '../../../adapters/slack/scopes.ts';
import { allCommands } from '../../../src/commands/all.ts';
import { MANIFEST_FILE, manifestText } from '../../../tools/manifest.ts';

/** Names that Slack keeps for itself: one of them makes it refuse a whole manifest (Slack: slash commands; DESIGN, "One slash command"). */
const RESERVED: ReadonlySet<string> = new Set(
  (
    'apps archive away active call collapse dnd expand feed feedback help huddle invite join kick leave me msg dm mute ' +
    'new open people prefs remind remove rename search shortcuts shrug star status topic unarchive who workflow'
  ).split(' '),
);

const { commands } = allCommands();
const plain = slackManifest(commands, { agent: false, requestUrl: null });
const agent = slackManifest(commands, { agent: true, requestUrl: null });

describe('the manifest', () => {
  it('is what the registry says', () => {
    expect(readFileSync(MANIFEST_FILE, 'utf8')).toBe(manifestText({ agent: false, publicUrl: null }));
  });

  it('uses no name that Slack keeps for itself', () => {
    const names = plain.features.slash_commands.map((one) => one.command.slice(1));
    expect(names.filter((name) => RESERVED.has(name))).toEqual([]);
    expect(names).toContain('parley');
    for (const name of names) expect(name).toMatch(/^[a-z][a-z-]{0,30}$/);
  });

  it('keeps to the sizes of the published schema', () => {
    for (const one of plain.features.slash_commands) expect(one.description.length).toBeLessThanOrEqual(2_000);
    for (const one of plain.features.shortcuts) {
      expect(one.name.length).toBeLessThanOrEqual(24);
      expect(one.description.length).toBeLessThanOrEqual(150);
    }
    expect(plain.display_information.name.length).toBeLessThanOrEqual(35);
    expect(plain.display_information.long_description.length).toBeGreaterThanOrEqual(175);
  });

  it('asks only for what is explained, and for more only as an agent', () => {
    expect(plain.oauth_config.scopes.bot).toEqual(SCOPES.map((scope) => scope.name).sort());
    const more = agent.oauth_config.scopes.bot.filter((name) => !plain.oauth_config.scopes.bot.includes(name));
    expect(more).toEqual(AGENT_SCOPES.map((scope) => scope.name));
    const page = readFileSync(new URL('../../../docs/slack.md', import.meta.url), 'utf8');
    for (const scope of [...SCOPES, ...AGENT_SCOPES]) expect(page).toContain(`\`${scope.name}\``);
  });

  it('sends all requests to one address in HTTP mode', () => {
    const url = 'https://parley.example.org/slack/events';
    const http = slackManifest(commands, { agent: false, requestUrl: url });
    expect(http.settings.socket_mode_enabled).toBe(false);
    expect(http.settings.interactivity).toMatchObject({ request_url: url, message_menu_options_url: url });
    expect(http.settings.event_subscriptions).toMatchObject({ request_url: url });
    expect(http.features.slash_commands.every((one) => 'url' in one && one.url === url)).toBe(true);
  });
});
