import { payloadOf } from '../../../adapters/discord/bodies.ts';
import type { MessageRef } from '../../../src/chat/places.ts';
import { adapterContract } from '../../contracts/adapter.ts';
import { evaluate } from '../../servers/discord/mentions.ts';
import { placeOf, refOf, scene } from './stage.ts';

const free = { limit: 1_000, perMs: 1 };

adapterContract('Discord', async () => {
  const set = await scene({
    publish: true,
    server: { limits: { create: free, edit: free, delete: free, react: free } },
  });
  const { adapter, host, server, ann, channel } = set;
  const opening = server.people.say(ann, channel, 'Let us talk');
  const thread = server.people.thread(ann, channel, 'Talk', { on: opening });
  const place = placeOf(channel, thread.id);
  const messageOf = (ref: MessageRef) => {
    const found = server.world.messages.get(ref.id);
    if (!found) throw new Error('no such message');
    return found;
  };
  return {
    adapter,
    events: host.events,
    event: host.until,
    place,
    person: { platform: 'discord', team: 'everywhere', id: ann.id },
    makeMessage: async (text) => ({ place, id: server.people.say(ann, thread, text).id }),
    makeOpening: async (text) => refOf(channel, server.people.say(ann, channel, text)),
    deleteMessage: async (ref) => server.people.delete(messageOf(ref)),
    async turns(first, then) {
      host.answer = ({ type }) => (type === 'button' ? then : type === 'command' ? first : { do: 'none' });
      const asked = server.acts.run(ann, channel, 'prompts list');
      const note = await asked.ephemeral();
      const pressed = server.acts.click(ann, note, 'Next');
      await pressed.acknowledged();
      return [...asked.messages(), ...pressed.messages()]
        .filter((one, at, all) => one.deletedAt === null && all.indexOf(one) === at)
        .map((one) => one.content);
    },
    pings(rendered) {
      // As the worst case: were our word about mentions ever left out.
      const found = evaluate(server.world, { content: payloadOf(rendered).content, components: [] }, undefined, null);
      return found.users.length > 0 || found.roles.length > 0 || found.everyone || found.here;
    },
    close: () => adapter.stop(),
  };
});
