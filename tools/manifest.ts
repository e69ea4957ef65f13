import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { slackManifest } from '../adapters/slack/manifest.ts';
import { allCommands } from '../src/commands/all.ts';
import { published } from '../src/commands/registry.ts';

/**
 * Writes `manifest.yml` from the command registry; `--check` fails when the file is not what it would write. Other kinds are printed:
 *
 *     node tools/manifest.ts                                  writes manifest.yml (Socket Mode)
 *     node tools/manifest.ts --check                          fails on drift
 *     node tools/manifest.ts --agent                          prints the manifest of an app that Slack shows as an agent
 *     node tools/manifest.ts --http https://parley.example.org  prints the manifest for HTTP mode
 *     node tools/manifest.ts --prefix ai-                     prints the manifest for PARLEY_COMMAND_PREFIX=ai-
 *
 * Its shape follows Slack's published manifest schema (major version 1).
 */
const HEAD = `# The Slack app "Parley". Made by tools/manifest.ts from the command registry: change that, not this.
# Paste it at https://api.slack.com/apps, Create New App, From a manifest. docs/slack.md explains each line.
`;

/** The manifest as text. */
export function manifestText(options: { agent: boolean; publicUrl: string | null; prefix?: string }): string {
  const requestUrl = options.publicUrl === null ? null : `${options.publicUrl.replace(/\/+$/, '')}/slack/events`;
  const { agent, prefix = '' } = options;
  const manifest = slackManifest(published(allCommands(prefix)), { agent, requestUrl, prefix });
  return HEAD + stringify(manifest, { lineWidth: 100 });
}

/** Where the manifest stands. */
export const MANIFEST_FILE = join(import.meta.dirname, '../manifest.yml');

if (import.meta.main) {
  const flags = process.argv.slice(2);
  const after = (flag: string) => (flags.includes(flag) ? (flags[flags.indexOf(flag) + 1] ?? null) : null);
  const publicUrl = after('--http');
  const prefix = after('--prefix') ?? '';
  const text = manifestText({ agent: flags.includes('--agent'), publicUrl, prefix });
  if (flags.includes('--agent') || publicUrl !== null || prefix !== '') process.stdout.write(text);
  else if (!flags.includes('--check')) writeFileSync(MANIFEST_FILE, text);
  else if (readFileSync(MANIFEST_FILE, 'utf8') !== text) {
    process.stderr.write('manifest.yml is not what the registry says. Run: node tools/manifest.ts\n');
    process.exitCode = 1;
  }
}
