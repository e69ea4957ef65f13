import { fallback } from '../../../adapters/slack/blocks.ts';
import { isSlackPayload } from '../../../adapters/slack/render.ts';
import type { ChatEvent } from '../../../src/chat/events.ts';
import type { MessageRef } from '../../../src/chat/places.ts';
import { adapterContract } from '../../contracts/adapter.ts';
import { recordPings } from '../../servers/slack/pings.ts';
import { findMessage } from '../../servers/slack/world.ts';
import { place as placeOf, stage } from './stage.ts';

adapterContract('Slack', async () => {
  const { slack, adapter, core, ann, channel } = await stage({ server: { rates: false } });
  const opening = slack.people.say(ann, channel, 'Let us talk');
  const place = placeOf(slack, channel, opening.ts);
  return {
    adapter,
    events: core.events,
    event: (wanted: (event: ChatEvent) => boolean) => slack.watch.until(() => core.events.find(wanted), 'an event'),
    place,
    person: { platform: 'slack', team: slack.teamId, id: ann },
    makeMessage: async (text) => ({ place, id: slack.people.say(ann, channel, text, { thread_ts: opening.ts }).ts }),
    makeOpening: async (text) => ({ place: placeOf(slack, channel), id: slack.people.say(ann, channel, text).ts }),
    async deleteMessage(ref: MessageRef) {
      const message = findMessage(slack.world, channel, ref.id);
      if (message) slack.people.remove(message);
    },
    pings(rendered) {
      if (!isSlackPayload(rendered.payload)) throw new Error('not a message for Slack');
      const before = slack.pings.length;
      const blocks = rendered.payload.blocks.map((block) => ({ ...block }));
      const texts = [{ text: fallback(blocks), where: '/text' }];
      recordPings(slack.world, { via: 'test', channel, ts: null, texts, blocks, link: true });
      return slack.pings.length > before;
    },
    close: () => adapter.stop(),
  };
});
