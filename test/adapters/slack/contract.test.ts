import { fallback } from '../../../adapters/slack/blocks.ts';
import { isSlackPayload } from '../../../adapters/slack/render.ts';
import type { Answer } from '../../../src/chat/adapter.ts';
import type { ChatEvent } from '../../../src/chat/events.ts';
import type { MessageRef } from '../../../src/chat/places.ts';
import { adapterContract } from '../../contracts/adapter.ts';
import { shown } from '../../servers/slack/body.ts';
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
    async turns(first, then) {
      core.privates.add('prompts');
      core.answer = ({ type }) => (type === 'button' ? then : type === 'command' ? first : { do: 'none' });
      const { shown: note } = await slack.interact.command(ann, channel, '/prompts', '');
      if (!note || !('user' in note)) throw new Error('no note');
      const whole = (answer: Answer) => (answer.do === 'say' ? answer.body.markdown : '');
      await slack.interact.act(ann, note, 'Next');
      await slack.watch.ephemeral(ann, (_note, seen) => seen.includes(whole(then)));
      return slack.world.ephemerals.filter((one) => !one.deleted).map((one) => shown(one));
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
