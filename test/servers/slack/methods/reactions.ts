import { messageAt, readableChannel } from '../access.ts';
import type { Args } from '../args.ts';
import { react } from '../reacting.ts';
import { Refusal } from '../refusal.ts';
import type { World } from '../world.ts';
import type { Methods } from './method.ts';

function target(world: World, args: Args) {
  const name = args.need('name', 'invalid_name');
  const channel = readableChannel(world, args.need('channel', 'channel_not_found'));
  if (channel.archived) throw new Refusal('is_archived');
  return { name, message: messageAt(world, channel, args.need('timestamp', 'message_not_found')) };
}

/** `reactions.*`: names are the iamcal names, without colons. */
export const reactionMethods: Methods = {
  'reactions.add': {
    scopes: ['reactions:write'],
    token: 'bot',
    run(world, { args }) {
      const { name, message } = target(world, args);
      const refused = react(world, message, world.bot.id, name, true);
      if (refused) throw new Refusal(refused);
      return {};
    },
  },
  'reactions.remove': {
    scopes: ['reactions:write'],
    token: 'bot',
    run(world, { args }) {
      const { name, message } = target(world, args);
      const refused = react(world, message, world.bot.id, name, false);
      if (refused) throw new Refusal(refused);
      return {};
    },
  },
};
