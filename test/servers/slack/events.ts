import type { Json } from './json.ts';
import { text } from './json.ts';
import { nextId, type World } from './world.ts';

/** The bot events an app can subscribe to, as a manifest names them. */
export const ALL_EVENTS: readonly string[] = [
  'app_mention',
  'message.im',
  'message.channels',
  'message.groups',
  'message.mpim',
  'app_home_opened',
  'reaction_added',
  'reaction_removed',
  'file_shared',
  'member_joined_channel',
  'member_left_channel',
  'channel_archive',
  'app_uninstalled',
  'tokens_revoked',
  'app_context_changed',
  'agent_session_stopped',
  'agent_session_title_changed',
  'assistant_thread_started',
  'assistant_thread_context_changed',
];

/** The name under which a manifest subscribes to this event. */
export function subscription(event: Json): string {
  if (event.type !== 'message') return text(event.type);
  const family: Record<string, string> = { channel: 'channels', group: 'groups', im: 'im', mpim: 'mpim' };
  return `message.${family[text(event.channel_type)] ?? 'channels'}`;
}

/** True when the bot would hear of this: events of a conversation reach it only where it is a member. */
export function reachesBot(world: World, event: Json): boolean {
  const item = event.item;
  const place = typeof item === 'object' && item !== null && 'channel' in item ? item.channel : event.channel;
  const channel = world.channels.get(text(place));
  return !channel || channel.members.has(world.bot.id) || event.type === 'app_home_opened';
}

const SCOPES: Record<string, readonly string[]> = {
  app_mention: ['app_mentions:read'],
  'message.channels': ['channels:history'],
  'message.groups': ['groups:history'],
  'message.im': ['im:history'],
  'message.mpim': ['mpim:history'],
  reaction_added: ['reactions:read'],
  reaction_removed: ['reactions:read'],
  member_joined_channel: ['channels:read', 'groups:read'],
  channel_archive: ['channels:read'],
};

/** True when the scopes of the app allow this event. */
export function allowed(world: World, event: Json): boolean {
  const needed = SCOPES[subscription(event)];
  return !needed || needed.some((scope) => world.scopes.has(scope));
}

/** The outer part of an event, as both modes deliver it. */
export function eventEnvelope(world: World, event: Json, external: boolean): Json {
  const eventId = nextId(world, 'Ev');
  const bot = { team_id: world.teamId, user_id: world.bot.id, is_bot: true, is_enterprise_install: false };
  return {
    token: 'verification',
    team_id: world.teamId,
    context_team_id: world.teamId,
    context_enterprise_id: null,
    api_app_id: world.appId,
    event,
    type: 'event_callback',
    event_id: eventId,
    event_time: Math.floor(world.clock.now() / 1000),
    authorizations: [{ enterprise_id: null, ...bot }],
    is_ext_shared_channel: external,
    event_context: `4-${eventId}`,
  };
}
