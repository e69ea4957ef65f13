import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FromPage } from '../../../adapters/local/protocol.ts';
import { type Form, field } from '../../../src/chat/forms.ts';
import { Secret } from '../../../src/chat/secret.ts';
import { createTestClock } from '../../clock.ts';
import { type Client, come, join, mine, n, refusal, say } from './client.ts';
import { COMMANDS } from './host.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let ann: Client;

beforeEach(async () => {
  world = await openWorld();
  ann = await come(world, 'Ann');
});
afterEach(() => world.close());

describe('commands', () => {
  const command = (text: string, name = 'ask', to = mine) =>
    ({ type: 'command', n: n(), to, name, text, files: [], target: null }) as const;

  it('are offered as they were published, and again only when they changed', async () => {
    await world.local.publish?.(COMMANDS);
    await world.local.publish?.(COMMANDS.slice(1));
    expect((await ann.next('commands')).commands).toHaveLength(COMMANDS.length - 1);
    expect(ann.frames.filter((frame) => frame.type === 'commands')).toHaveLength(1);
  });

  it('wait visibly until the first text uses them up', async () => {
    world.host.answer = () => ({ do: 'work', private: false });
    ann.send(command('what is new?'));
    const { pending } = await ann.next('pending');
    const event = await world.host.next('command');
    expect(event).toMatchObject({
      name: 'ask',
      text: 'what is new?',
      author: { name: 'Ann' },
      trigger: { private: false },
    });
    const first = world.local.render(
      { markdown: 'News', index: 0, last: true, status: null, note: null, sources: [] },
      { live: true, controls: null },
    );
    await world.local.open(event.place, first, 'k', event.trigger);
    expect(await ann.next('settled')).toEqual({ type: 'settled', id: pending.id });
  });

  it('stop waiting when their trigger expires', async () => {
    const clock = createTestClock();
    await world.close();
    world = await openWorld({ clock });
    ann = await come(world, 'Ann');
    world.host.answer = () => ({ do: 'work', private: true });
    ann.send(command('never answered'));
    await ann.next('pending');
    await clock.advance(15 * 60_000);
    await ann.next('settled');
    const event = await world.host.next('command');
    const form: Form = { id: 'f', title: 'Late', intro: null, submit: 'Send', fields: [], errors: {} };
    await expect(world.local.openForm?.(event.trigger, form)).rejects.toMatchObject({ problem: { kind: 'expired' } });
  });

  it('in the shared channel begin a thread, and the asker goes there', async () => {
    world.host.answer = () => ({ do: 'work', private: false });
    ann.send(command('for all', 'ask', 'team'));
    const event = await world.host.next('command');
    const line = world.local.render(
      { markdown: 'Ann asked: for all', index: 0, last: true, status: null, note: null, sources: [] },
      { live: false, controls: null },
    );
    const { ref } = await world.local.open(event.place, line, 'k', event.trigger);
    expect((await ann.next('went')).conversation).toBe(ref.id);
    const place = await world.local.thread({ place: ref.place, id: ref.id }, 'For all');
    expect(place.thread).toBe(ref.id);
  });

  it('answered in private are seen by the asker alone, and stay out of history', async () => {
    world.host.answer = () => ({ do: 'say', private: true, body: { markdown: 'Only for you', controls: null } });
    const thread = await say(ann, 'team', 'Hello');
    const bob = await come(world, 'Bob');
    for (const client of [ann, bob]) {
      client.send({ type: 'look', conversation: thread });
      await client.next('page');
    }
    ann.send(command('', 'help', thread));
    expect(await ann.next('message', (frame) => frame.message.text === 'Only for you')).toMatchObject({
      message: { secret: true },
    });
    const { conversation } = await world.host.next('message');
    const history = await world.local.history(conversation, { before: null, after: null }, 10);
    expect(history.map((one) => one.text)).toEqual(['Hello']);
    expect(JSON.stringify(bob.frames)).not.toContain('Only for you');
  });

  it('are completed from the host', async () => {
    world.host.choices = (query) => [{ label: query.typed, value: query.option, hint: query.command }];
    ann.send({ type: 'suggest', n: 's', to: mine, command: 'model', option: 'name', typed: 'lla' });
    expect((await ann.next('suggestions')).choices).toEqual([{ label: 'lla', value: 'name', hint: 'model' }]);
  });
});

describe('forms', () => {
  const form: Form = {
    id: 'form-1',
    title: 'Everything',
    intro: null,
    submit: 'Send',
    errors: {},
    fields: [
      field({ name: '__proto__', type: 'text', label: 'Text' }),
      field({ name: 'key', type: 'secret', label: 'Key' }),
      field({ name: 'on', type: 'toggle', label: 'On' }),
      field({ name: 'many', type: 'multi', label: 'Many' }),
    ],
  };
  const values: Extract<FromPage, { type: 'form' }>['values'] = [
    ['__proto__', 'text'],
    ['key', 'hush'],
    ['on', true],
    ['many', ['a', 'b']],
    ['unknown', 'x'],
  ];

  it('come back with values of their fields’ types, over a restart too', async () => {
    world.host.answer = (event) => (event.type === 'command' ? { do: 'form', form } : { do: 'none' });
    ann.send({ type: 'command', n: n(), to: mine, name: 'ask', text: '', files: [], target: null });
    expect((await ann.next('form')).form).toEqual(form);
    await world.restart();
    const back = await join(world, ann.me);
    back.send({ type: 'form', n: n(), form: 'form-1', values });
    const event = await world.host.next('form');
    expect([...event.values.keys()]).toEqual(['__proto__', 'key', 'on', 'many']);
    const key = event.values.get('key');
    expect(key instanceof Secret && key.reveal()).toBe('hush');
    expect(event.values.get('on')).toBe(true);
    expect(event.values.get('many')).toEqual(['a', 'b']);
    expect(event.place).toMatchObject({ thread: mine });
  });

  it('show what is wrong at the field', async () => {
    world.host.answer = (event) =>
      event.type === 'command' ? { do: 'form', form } : { do: 'errors', fields: { key: 'Too short.' } };
    ann.send({ type: 'command', n: n(), to: mine, name: 'ask', text: '', files: [], target: null });
    await ann.next('form');
    ann.send({ type: 'form', n: n(), form: 'form-1', values });
    expect((await ann.next('errors')).fields).toEqual({ key: 'Too short.' });
  });

  it('are taken only from whom they were shown to', async () => {
    world.host.answer = () => ({ do: 'form', form });
    ann.send({ type: 'command', n: n(), to: mine, name: 'ask', text: '', files: [], target: null });
    await ann.next('form');
    const bob = await come(world, 'Bob');
    expect(await refusal(bob, { type: 'form', n: n(), form: 'form-1', values })).toContain('no longer open');
  });
});
