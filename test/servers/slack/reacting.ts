import type { Message } from './model.ts';
import { changed, nextTs, type World } from './world.ts';

const NAME = /^[a-z0-9_+'-]+(::skin-tone-[2-6])?$/;

/**
 * Adds or takes away somebody's reaction and tells the app. Gives back Slack's error, or null.
 * A name outside `world.knownEmoji` (when a test sets it) and outside Slack's alphabet is `invalid_name`.
 */
export function react(world: World, message: Message, user: string, name: string, on: boolean): string | null {
  const plain = name.split('::')[0] ?? '';
  const known = world.knownEmoji === null || world.knownEmoji.has(plain) || world.emoji.has(plain);
  if (!NAME.test(name) || !known) return 'invalid_name';
  const users = message.reactions.get(name) ?? new Set<string>();
  if (on && users.has(user)) return 'already_reacted';
  if (!on && !users.has(user)) return 'no_reaction';
  if (on && !message.reactions.has(name) && message.reactions.size >= 50) return 'too_many_emoji';
  if (on) users.add(user);
  else users.delete(user);
  if (users.size > 0) message.reactions.set(name, users);
  else message.reactions.delete(name);
  const item = { type: 'message', channel: message.channel, ts: message.ts };
  const type = on ? 'reaction_added' : 'reaction_removed';
  world.publish({ type, user, reaction: name, item, item_user: message.author, event_ts: nextTs(world) });
  changed(world);
  return null;
}
