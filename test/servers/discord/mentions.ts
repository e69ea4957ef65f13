import * as z from 'zod';
import { invalidField } from './errors.ts';
import { may } from './permissions.ts';
import type { Channel, Message, Ping } from './records.ts';
import type { Wire } from './wire.ts';
import { isWire } from './wire.ts';
import type { World } from './world.ts';

/** `allowed_mentions` as sent. */
export const allowedMentions = z.object({
  parse: z.array(z.string()).nullish(),
  users: z.array(z.string()).nullish(),
  roles: z.array(z.string()).nullish(),
  replied_user: z.boolean().nullish(),
});
export type AllowedMentions = z.infer<typeof allowedMentions>;

/** Who a text mentions once `allowed_mentions` has been applied. */
export interface Mentions {
  readonly users: readonly string[];
  readonly roles: readonly string[];
  readonly everyone: boolean;
  readonly here: boolean;
  readonly reply: string | null;
}

/** All text of components that can mention: TextDisplay, at any depth. */
function displayedText(components: readonly Wire[]): string[] {
  const found: string[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const one of node) visit(one);
    else if (isWire(node)) {
      if (node.type === 10 && typeof node.content === 'string') found.push(node.content);
      visit(node.components);
    }
  };
  visit(components);
  return found;
}

/** Refuses the contradictions that Discord refuses: a type in `parse` and a list of ids of the same type. */
export function checkAllowed(allowed: AllowedMentions | null | undefined): void {
  for (const kind of ['users', 'roles'] as const) {
    if (allowed?.parse?.includes(kind) && (allowed[kind]?.length ?? 0) > 0) {
      throw invalidField(
        ['allowed_mentions'],
        'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
        `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`,
      );
    }
  }
}

/**
 * Whom the message mentions. Without `allowed_mentions` everything counts, the author of a replied message included; with it
 * only what it names. Text inside code counts too: a model's output must be harmless wherever it stands. Embeds never count.
 */
export function evaluate(
  world: World,
  text: { content: string; components: readonly Wire[] },
  allowed: AllowedMentions | null | undefined,
  repliedTo: string | null,
): Mentions {
  const all = [text.content, ...displayedText(text.components)].join('\n');
  const ids = (pattern: RegExp) => [...new Set([...all.matchAll(pattern)].map((match) => match[1] ?? ''))];
  const pick = (kind: 'users' | 'roles', found: string[]) => {
    if (allowed === null || allowed === undefined || allowed.parse?.includes(kind)) return found;
    const named = allowed[kind] ?? [];
    return found.filter((id) => named.includes(id));
  };
  const loud = allowed === null || allowed === undefined || (allowed.parse?.includes('everyone') ?? false);
  const reply = allowed === null || allowed === undefined || (allowed.replied_user ?? false);
  return {
    users: pick(
      'users',
      ids(/<@!?(\d+)>/g).filter((id) => world.users.has(id)),
    ),
    roles: pick('roles', ids(/<@&(\d+)>/g)),
    everyone: loud && /@everyone/.test(all),
    here: loud && /@here/.test(all),
    reply: reply ? repliedTo : null,
  };
}

/** Writes down whom the app's message notifies. The app itself does not count. */
export function recordPings(
  world: World,
  channel: Channel,
  message: Message,
  mentions: Mentions,
  by: Ping['by'],
  at: number,
): void {
  const me = world.app.user.id;
  const loud = channel.guildId === null || may(world, channel, me, 'MentionEveryone');
  const guild = channel.guildId === null ? undefined : world.guilds.get(channel.guildId);
  const add = (kind: Ping['kind'], target: string, permitted: boolean) => {
    if (target === me) return;
    world.pings.push({ at, messageId: message.id, channelId: channel.id, by, kind, target, permitted });
  };
  for (const id of mentions.users) add('user', id, true);
  for (const id of mentions.roles) add('role', id, loud || (guild?.roles.get(id)?.mentionable ?? false));
  if (mentions.everyone) add('everyone', channel.guildId ?? channel.id, loud);
  if (mentions.here) add('here', channel.guildId ?? channel.id, loud);
  if (mentions.reply !== null && !mentions.users.includes(mentions.reply)) add('reply', mentions.reply, true);
}
