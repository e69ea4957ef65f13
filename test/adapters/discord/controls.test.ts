import { expect, test } from 'vitest';
import type { Message } from '../../servers/discord/records.ts';
import { choices, part, placeOf, rendered, say, scene } from './stage.ts';

const buttons = (message: Message) => JSON.stringify(message.components);

test('a click is noted without a trace; with words, only its presser reads them', async () => {
  const { adapter, host, server, ann, bob, channel } = await scene();
  const controls = {
    buttons: [{ id: 'stop:J1:0', label: 'Stop', style: 'danger', role: 'stop' }],
    menu: null,
  } as const;
  const surface = await adapter.open(placeOf(channel), rendered(adapter, 'Text', controls), 'k', null);
  const message = server.world.messages.get(surface.ref.id);
  if (!message) throw new Error('no message');
  const first = server.acts.click(ann, message, 'Stop');
  expect(await first.acknowledged()).toBe(6);
  expect(await host.event('button')).toMatchObject({ control: 'stop:J1:0', value: null, on: { id: message.id } });
  host.answer = () => say('Only Ann, who asked, can do that.');
  const second = server.acts.click(bob, message, 'Stop');
  expect((await second.ephemeral()).content).toContain('Only Ann');
  expect(message.content).toBe('Text');
});

test('a list of 60 choices loses none: it becomes three lists of one control', async () => {
  const { adapter, host, server, ann, channel } = await scene();
  const menu = {
    id: 'model:1',
    placeholder: 'Choose',
    choices: choices(60).map(({ label, value }) => ({ label, value })),
  };
  const surface = await adapter.open(placeOf(channel), rendered(adapter, 'Models', { buttons: [], menu }), 'k', null);
  const message = server.world.messages.get(surface.ref.id);
  if (!message) throw new Error('no message');
  server.acts.choose(ann, message, 'model:1#3', ['c59']);
  expect(await host.event('button')).toMatchObject({ control: 'model:1', value: 'c59' });
});

test('many buttons keep their rows, and long labels are cut where Discord ends them', async () => {
  const { adapter, channel, server } = await scene();
  const follow = (at: number) =>
    ({ id: `follow:J:${at}`, label: `${at} ${'why '.repeat(40)}`, style: 'plain', role: 'follow-up' }) as const;
  const controls = {
    buttons: [
      { id: 'regenerate:J:0', label: 'Regenerate', style: 'plain', role: 'regenerate' } as const,
      ...[0, 1, 2].map(follow),
    ],
    menu: null,
  };
  const rows = adapter.render(part('x'), { live: false, controls });
  const surface = await adapter.open(placeOf(channel), rows, 'k', null);
  const message = server.world.messages.get(surface.ref.id);
  expect(message?.components).toHaveLength(4);
  expect(message && buttons(message)).toContain('…');
});
