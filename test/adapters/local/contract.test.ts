import type { ChatEvent } from '../../../src/chat/events.ts';
import type { MessageRef } from '../../../src/chat/places.ts';
import { adapterContract } from '../../contracts/adapter.ts';
import { enter, join, n } from './client.ts';
import { openWorld } from './world.ts';

adapterContract('local', async () => {
  const world = await openWorld();
  const { host, local } = world;
  const me = await enter(world, 'Ann');
  const client = await join(world, me);
  const waiting: { wanted: (event: ChatEvent) => boolean; give: (event: ChatEvent) => void }[] = [];
  host.answer = (event) => {
    // Told after it was taken, as `events` is.
    queueMicrotask(() => {
      for (const one of waiting) if (one.wanted(event)) one.give(event);
    });
    return { do: 'none' };
  };

  async function say(to: string, text: string): Promise<MessageRef> {
    const request = n();
    client.send({ type: 'send', n: request, to, text, files: [] });
    await client.next('done', (frame) => frame.n === request);
    const event = host.events.findLast((one) => one.type === 'message' && one.message.text === text);
    if (event?.type !== 'message') throw new Error('the message never came');
    return event.message.ref;
  }

  const opening = await say('team', 'Here we talk');
  const place = await local.thread(opening, 'Talk');
  const thread = place.thread ?? '';
  return {
    adapter: local,
    events: host.events,
    place,
    person: { platform: 'local', team: 'local', id: me.id },
    event(wanted) {
      const found = host.events.find(wanted);
      if (found) return Promise.resolve(found);
      return new Promise((give) => {
        waiting.push({ wanted, give });
      });
    },
    makeMessage: (text) => say(thread, text),
    makeOpening: (text) => say('team', text),
    async deleteMessage(ref) {
      const request = n();
      client.send({ type: 'delete', n: request, message: ref.id });
      const answer = await Promise.race([
        client.next('done', (frame) => frame.n === request),
        client.next('refused', (frame) => frame.n === request),
      ]);
      // People cannot delete what the bot wrote; another process of the platform can.
      if (answer.type === 'refused') {
        const surface = await local.reopen({ ...ref, openedAt: 0, via: null });
        if (typeof surface !== 'string') await surface.remove();
      }
    },
    async turns(first, then) {
      const before = host.answer;
      host.answer = (event) => (event.type === 'button' ? then : event.type === 'command' ? first : before(event));
      client.send({ type: 'look', conversation: thread });
      const run = n();
      client.send({ type: 'command', n: run, to: thread, name: 'prompts', text: '', files: [], target: null });
      const { message } = await client.next('message', (frame) => frame.message.controls !== null);
      const press = n();
      const control = message.controls?.buttons[0]?.id ?? '';
      client.send({ type: 'press', n: press, message: message.id, control, value: null });
      await client.next('done', (frame) => frame.n === press);
      client.send({ type: 'look', conversation: thread });
      const page = await client.next('page', (frame) => frame.messages.some((one) => one.seq > message.seq));
      return page.messages.filter((one) => one.secret).map((one) => one.text);
    },
    pings: () => false,
    async close() {
      client.close();
      await world.close();
    },
  };
});
