import { demand, seenChannel, seenMessage } from './access.ts';
import { checkOpen } from './archive.ts';
import { refuse } from './errors.ts';
import { react } from './messages.ts';
import type { Call, Reply, Route } from './router.ts';
import { param } from './router.ts';
import { userWire } from './wire.ts';

function set(on: boolean) {
  return (call: Call): Reply => {
    const { world } = call;
    const channel = seenChannel(call);
    const message = seenMessage(call, channel);
    const emoji = emojiOf(call);
    const me = world.app.user.id;
    const who = param(call, 'who') === '@me' ? me : param(call, 'who');
    if (on && who !== me) throw refuse('notFound');
    if (on) {
      demand(call, channel, 'ReadMessageHistory');
      if (!message.reactions.has(emoji)) {
        demand(call, channel, 'AddReactions');
        if (message.reactions.size >= 20) throw refuse('tooManyReactions');
      }
    } else if (who !== me) demand(call, channel, 'ManageMessages');
    checkOpen(world, channel, me, 'change');
    react(world, channel, message, who, emoji, on);
    return { status: 204 };
  };
}

function list(call: Call): Reply {
  const message = seenMessage(call, seenChannel(call));
  const users = message.reactions.get(emojiOf(call)) ?? new Set<string>();
  const limit = Number(call.query.get('limit') ?? 25);
  return { status: 200, body: [...users].slice(0, limit).map((id) => userWire(call.world.user(id))) };
}

function clear(call: Call): Reply {
  const { world } = call;
  const channel = seenChannel(call);
  const message = seenMessage(call, channel);
  demand(call, channel, 'ManageMessages');
  for (const [emoji, users] of [...message.reactions]) {
    for (const user of [...users]) react(world, channel, message, user, emoji, false);
  }
  return { status: 204 };
}

/** A single emoji or `name:id`; words and plain characters are unknown to Discord. */
function emojiOf(call: Call): string {
  const emoji = param(call, 'emoji');
  if (/^\w{2,32}:\d{17,19}$/.test(emoji)) return emoji;
  const graphemes = [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(emoji)];
  if (graphemes.length !== 1 || !/\p{Emoji}/u.test(emoji) || /^[\d#*]$/.test(emoji)) throw refuse('unknownEmoji');
  return emoji;
}

const path = '/channels/:channel/messages/:message/reactions';

/** Reactions: one per 250 ms and channel. */
export const reactionRoutes: readonly Route[] = [
  { method: 'PUT', path: `${path}/:emoji/:who`, bucket: 'react', major: 'channel', run: set(true) },
  { method: 'DELETE', path: `${path}/:emoji/:who`, bucket: 'react', major: 'channel', run: set(false) },
  { method: 'GET', path: `${path}/:emoji`, bucket: 'other', major: 'channel', run: list },
  { method: 'DELETE', path, bucket: 'react', major: 'channel', run: clear },
];
