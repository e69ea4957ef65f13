import * as yaml from 'yaml';
import * as z from 'zod';
import type { SlackOptions } from './server.ts';

const manifest = z.object({
  features: z
    .object({
      agent_view: z.looseObject({}).optional(),
      assistant_view: z.looseObject({}).optional(),
      slash_commands: z.array(z.object({ command: z.string() })).optional(),
    })
    .optional(),
  oauth_config: z.object({
    scopes: z.object({ bot: z.array(z.string()), bot_optional: z.array(z.string()).optional() }),
  }),
  settings: z.object({ event_subscriptions: z.object({ bot_events: z.array(z.string()) }).optional() }).optional(),
});

/** Scopes, events, commands and agent standing as a manifest (YAML or JSON text) declares them, so that a scope it forgets fails a test. */
export function fromManifest(source: string): Pick<SlackOptions, 'scopes' | 'events' | 'commands' | 'agent'> {
  const { features, oauth_config, settings } = manifest.parse(yaml.parse(source));
  const { bot, bot_optional } = oauth_config.scopes;
  return {
    scopes: [...bot, ...(bot_optional ?? [])].filter((scope, index, all) => all.indexOf(scope) === index),
    events: settings?.event_subscriptions?.bot_events ?? [],
    commands: (features?.slash_commands ?? []).map((one) => one.command),
    agent: features?.agent_view !== undefined || features?.assistant_view !== undefined,
  };
}
