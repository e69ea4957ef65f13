import { expect, test } from 'vitest';
import type { Answer } from '../../../src/chat/adapter.ts';
import { Failure } from '../../../src/chat/errors.ts';
import { type Field, type Form, field as fieldOf } from '../../../src/chat/forms.ts';
import { Secret } from '../../../src/chat/secret.ts';
import { createTestClock } from '../../clock.ts';
import type { Message } from '../../servers/discord/records.ts';
import { stillClock } from '../../servers/discord-tests/stage.ts';
import { adapterFor, noted, part, placeOf, rendered, scene } from './stage.ts';

const say = (markdown: string, isPrivate = true): Answer => ({
  do: 'say',
  body: { markdown, controls: null },
  private: isPrivate,
});

function field(name: string, more: Partial<Field> = {}): Field {
  return fieldOf({ name, type: 'text', label: name, ...more });
}

function form(fields: readonly Field[], more: Partial<Form> = {}): Form {
  return { id: 'F1', title: 'A form', intro: null, submit: 'Send', fields, errors: {}, ...more };
}

const choices = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ label: `Choice ${at}`, value: `c${at}`, hint: null }));
const buttons = (message: Message) => JSON.stringify(message.components);

test('a command comes in with its options, and a quick word goes back to the asker alone', async () => {
  const { host, server, ann, channel } = await scene({ publish: true });
  host.answer = () => say('Only you see this.');
  const asked = server.acts.run(ann, channel, 'model', { name: 'llama' });
  const event = await host.event('command');
  expect(event).toMatchObject({
    name: 'model',
    options: { name: 'llama' },
    text: '',
    target: null,
    author: { name: 'Ann', locale: 'en-US' },
  });
  expect(event.key).toContain(asked.interaction.id);
  expect((await asked.ephemeral()).content).toBe('Only you see this.');
});

test('a slow answer is deferred by itself, as private as the command, and comes then', async () => {
  const clock = createTestClock();
  const { host, server, ann, channel } = await scene({ publish: true, adapter: { clock } });
  const late = Promise.withResolvers<Answer>();
  host.answer = () => late.promise;
  const asked = server.acts.run(ann, channel, 'status');
  await host.event('command');
  await clock.advance(1_500);
  expect(await asked.acknowledged()).toBe(5);
  late.resolve(say('It took a while.'));
  expect((await asked.ephemeral()).content).toBe('It took a while.');
});

test('a slow answer that turns out to be private is not shown to all', async () => {
  const clock = createTestClock();
  const { host, server, ann, channel } = await scene({ publish: true, adapter: { clock } });
  host.private = false;
  const late = Promise.withResolvers<Answer>();
  host.answer = () => late.promise;
  const asked = server.acts.run(ann, channel, 'ask', { text: 'x' });
  await host.event('command');
  await clock.advance(1_500);
  await asked.acknowledged();
  late.resolve(say('For you alone.'));
  expect((await asked.ephemeral()).content).toBe('For you alone.');
  expect(server.world.messagesIn(channel.id)).toEqual([]);
});

test('the answer to a deferred command fills its message, goes on by the bot’s token, and outlives the interaction’s', async () => {
  const clock = stillClock();
  const local = createTestClock(clock.now());
  const set = await scene({ publish: true, server: { clock }, adapter: { clock: local } });
  const { adapter, host, server, ann, channel } = set;
  host.private = false;
  host.answer = () => ({ do: 'work', private: false });
  const asked = server.acts.run(ann, channel, 'ask', { text: 'why?' });
  const { trigger } = await host.event('command');
  const surface = await adapter.open(placeOf(channel), rendered(adapter, 'Because'), 'k', trigger);
  expect(surface).toMatchObject({ diesAt: null, ref: { via: null } });
  clock.advance(16 * 60_000);
  await local.advance(16 * 60_000);
  await surface.put(rendered(adapter, 'Because of this.'), true);
  expect((await asked.reply()).content).toBe('Because of this.');
  const expired = await adapter
    .open(placeOf(channel), rendered(adapter, 'x'), 'k2', trigger)
    .catch((error: unknown) => error);
  expect(expired).toBeInstanceOf(Failure);
  expect(expired instanceof Failure && expired.problem.kind).toBe('expired');
});

test('a private answer lives as long as its token, in the same message, over a restart', async () => {
  const clock = stillClock();
  const local = createTestClock(clock.now());
  const { adapter, host, server, ann, channel } = await scene({
    publish: true,
    server: { clock },
    adapter: { clock: local },
  });
  host.answer = () => ({ do: 'work', private: true });
  const asked = server.acts.run(ann, channel, 'status');
  const { trigger } = await host.event('command');
  const surface = await adapter.open(placeOf(channel), rendered(adapter, 'One'), 'k', trigger);
  expect(surface.diesAt).toBe(trigger.expiresAt);
  expect(surface.scopes('grow')).toEqual([`interaction:${trigger.id}`]);
  await surface.put(rendered(adapter, 'One two'), false);
  await adapter.stop();
  const second = adapterFor(server, { clock: local });
  await second.start(noted(), new AbortController().signal);
  const again = await second.reopen(surface.ref);
  if (typeof again === 'string') throw new Error(again);
  await again.put(rendered(second, 'One two three'), true);
  expect((await asked.ephemeral()).content).toBe('One two three');
  expect(server.world.messagesIn(channel.id)).toEqual([]);
  await local.advance(16 * 60_000);
  expect(await second.reopen(surface.ref)).toBe('post-anew');
});

test('an answer that waits for its text is filled once, over a restart too', async () => {
  const { adapter, host, server, ann, channel } = await scene({ publish: true });
  host.private = false;
  host.answer = () => ({ do: 'work', private: false });
  const asked = server.acts.run(ann, channel, 'ask', { text: 'why?' });
  const { trigger } = await host.event('command');
  await asked.acknowledged();
  await adapter.stop();
  for (let run = 0; run < 2; run += 1) {
    const next = adapterFor(server);
    await next.start(noted(), new AbortController().signal);
    await next.open(placeOf(channel), rendered(next, 'Ann asked: why?'), 'k', trigger);
    await next.stop();
  }
  expect(asked.messages().map((one) => one.content)).toEqual(['Ann asked: why?']);
});

test('an interaction that is too late goes another way: private words by direct message', async () => {
  const clock = stillClock();
  const { host, server, ann, channel, logged } = await scene({ publish: true, server: { clock } });
  host.answer = () => {
    clock.advance(3_001);
    return say('Here you are.');
  };
  server.acts.run(ann, channel, 'status');
  const told = await server.message(server.people.direct(ann));
  expect(told.content).toBe('Here you are.');
  expect(logged.join()).toContain('10062');
});

test('a second acknowledgement is no harm: the answer goes on through the token', async () => {
  const { host, server, ann, channel } = await scene({ publish: true });
  // The first answer arrives, its reply is lost; the second is refused as a repeat.
  server.faults.add({
    on: 'POST /interactions/:interaction/:token/callback',
    effect: { do: 'status', status: 502, after: true },
  });
  host.answer = () => say('Once.');
  const asked = server.acts.run(ann, channel, 'status');
  expect((await asked.ephemeral()).content).toBe('Once.');
  await server.until('the repeat', () => server.rest.calls.some((one) => one.code === 40060));
  expect(asked.messages()).toHaveLength(1);
});

test('what cannot be taken in is said, and not left without an answer', async () => {
  const { host, server, ann, channel } = await scene({ publish: true });
  host.answer = () => {
    throw new Error('the store is down');
  };
  const asked = server.acts.run(ann, channel, 'status');
  expect((await asked.ephemeral()).content).toContain('try again');
});

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

test('26 suggestions, long and double ones, are brought within what Discord takes', async () => {
  const { host, server, ann, channel } = await scene({ publish: true });
  host.choices = [
    ...choices(20),
    { label: 'x'.repeat(150), value: 'long', hint: null },
    { label: 'Choice 1', value: 'double', hint: null },
    { label: 'too long a value', value: 'v'.repeat(101), hint: null },
    ...choices(30)
      .slice(20)
      .map((one) => ({ ...one, hint: 'a hint' })),
  ];
  const suggested = await server.acts.suggest(ann, channel, 'model', { name: 'ch' }, 'name').choices();
  expect(suggested).toHaveLength(25);
  expect(host.suggested[0]).toMatchObject({ command: 'model', option: 'name', typed: 'ch' });
});

test('an option of 6,000 characters comes in whole, and stays whole when its form is opened again', async () => {
  const { host, server, ann, channel } = await scene({ publish: true });
  const long = 'x'.repeat(6_000);
  host.answer = (event) =>
    event.type === 'command'
      ? { do: 'form', form: form([field('text', { type: 'longText', initial: long }), field('model')]) }
      : say('Thanks.');
  const asked = server.acts.run(ann, channel, 'ask', { text: long });
  expect((await host.event('command')).options.text).toBe(long);
  // What is longer than Discord's boxes is not shown in one, so that it is not cut: the session keeps it.
  const sent = await server.acts.submit(asked, { 't.model': 'llama' });
  expect((await sent.ephemeral()).content).toBe('Thanks.');
  expect([...(await host.event('form')).values]).toEqual([['model', 'llama']]);
});

test('each kind of field becomes the best that Discord has, and its value comes back in its kind', async () => {
  const { host, server, ann, bob, channel } = await scene({ publish: true });
  const kinds = form([
    field('words', { type: 'longText', required: true }),
    field('sure', { type: 'toggle', initial: true }),
    field('one', { type: 'choice', choices: choices(3) }),
    field('many', { type: 'multi', choices: choices(4) }),
    field('papers', { type: 'file' }),
  ]);
  host.answer = (event) => (event.type === 'command' ? { do: 'form', form: kinds } : say('Thanks.'));
  const sent = await server.acts.submit(server.acts.run(ann, channel, 'status'), {
    't.words': 'some words',
    'b.sure': false,
    't.one': 'c2',
    'm.many': ['c0', 'c3'],
    'f.papers': [{ name: 'a.txt', type: 'text/plain', bytes: 'A' }],
  });
  await sent.acknowledged();
  const { values } = await host.event('form');
  expect(values.get('words')).toBe('some words');
  expect(values.get('sure')).toBe(false);
  expect(values.get('one')).toBe('c2');
  expect(values.get('many')).toEqual(['c0', 'c3']);
  expect(values.get('papers')).toMatchObject([{ name: 'a.txt', type: 'text/plain', size: 1 }]);
  host.answer = (event) =>
    event.type === 'command'
      ? {
          do: 'form',
          form: form(
            [
              field('who', { type: 'user' }),
              field('key', { type: 'secret' }),
              field('big', { type: 'choice', choices: choices(40) }),
              field('when', { type: 'date' }),
              field('n', { type: 'number', min: 1, max: 9 }),
            ],
            { id: 'F2' },
          ),
        }
      : say('Thanks.');
  const again = await server.acts.submit(server.acts.run(ann, channel, 'status'), {
    't.who': [bob.id],
    's.key': 'hunter2',
    't.big': 'choice 39',
    't.when': '2026-11-21',
    't.n': '7',
  });
  await again.acknowledged();
  const second = (await host.event('form', (one) => one.form === 'F2')).values;
  expect(second.get('who')).toBe(bob.id);
  expect(second.get('key')).toBeInstanceOf(Secret);
  expect(second.get('big')).toBe('c39');
  expect([second.get('when'), second.get('n')]).toEqual(['2026-11-21', '7']);
});

test('a bad value: a note with “Fix it”, which opens the form filled in', async () => {
  const { host, server, ann, channel } = await scene({ publish: true });
  let tries = 0;
  host.answer = (event) => {
    if (event.type === 'command')
      return { do: 'form', form: form([field('count', { label: 'How many', type: 'number' }), field('why')]) };
    tries += 1;
    return tries === 1 ? { do: 'errors', fields: { count: 'Please write a whole number.' } } : say('Good.');
  };
  const sent = await server.acts.submit(server.acts.run(ann, channel, 'status'), {
    't.count': 'many',
    't.why': 'because',
  });
  const note = await sent.ephemeral();
  expect(note.content).toContain('**How many**: Please write a whole number.');
  const reopened = server.acts.click(ann, note, 'Fix it');
  expect(JSON.stringify(await reopened.modal())).toContain('"value":"many"');
  const fixed = await server.acts.submit(reopened, { 't.count': '5' });
  expect((await fixed.ephemeral()).content).toBe('Good.');
  const events = host.events.filter((one) => one.type === 'form');
  expect([...(events.at(-1)?.values ?? [])]).toEqual([
    ['count', '5'],
    ['why', 'because'],
  ]);
});

test('seven fields take two steps, and come in together', async () => {
  const { host, server, ann, channel } = await scene({ publish: true });
  const seven = form(Array.from({ length: 7 }, (_, at) => field(`f${at}`)));
  host.answer = (event) => (event.type === 'command' ? { do: 'form', form: seven } : say('Done.'));
  const first = await server.acts.submit(server.acts.run(ann, channel, 'status'), { 't.f0': 'zero', 't.f4': 'four' });
  const note = await first.ephemeral();
  expect(note.content).toContain('Step 1 of 2');
  const second = await server.acts.submit(server.acts.click(ann, note, 'Continue'), { 't.f6': 'six' });
  expect((await second.ephemeral()).content).toBe('Done.');
  const { values } = await host.event('form');
  expect([values.get('f0'), values.get('f4'), values.get('f6')]).toEqual(['zero', 'four', 'six']);
});

test('a form that is sent in after a restart still says which it is and what it holds', async () => {
  const { adapter, host, server, ann, channel } = await scene({ publish: true });
  host.answer = () => ({ do: 'form', form: form([field('text'), field('sure', { type: 'toggle' })]) });
  const asked = server.acts.run(ann, channel, 'status');
  await asked.modal();
  await adapter.stop();
  const second = noted();
  await adapterFor(server).start(second, new AbortController().signal);
  await server.acts.submit(asked, { 't.text': 'typed', 'b.sure': true });
  expect(await second.event('form')).toMatchObject({ form: 'F1', trigger: { private: true } });
  expect([...(await second.event('form')).values]).toEqual([
    ['text', 'typed'],
    ['sure', true],
  ]);
});

test('the context menu hands over the whole message', async () => {
  const { host, server, ann, bob, channel } = await scene({ publish: true });
  const target = server.people.say(bob, channel, 'a long story', { files: [{ name: 'a.txt', bytes: 'x' }] });
  server.acts.menu(ann, target, 'Ask about this');
  expect(await host.event('command')).toMatchObject({
    name: 'ask',
    target: { text: 'a long story', author: { name: 'Bob' }, files: [{ name: 'a.txt' }] },
  });
});

test('a private command works for people who installed the app, where it is no member', async () => {
  const { host, server, ann, bob } = await scene({ publish: true });
  const elsewhere = server.people.guild('Elsewhere', bob);
  server.people.join(elsewhere, ann);
  const channel = server.people.channel(elsewhere, 'far-away');
  host.answer = () => say('Even here.');
  const asked = server.acts.run(ann, channel, 'status');
  expect(asked.interaction.userInstalled).toBe(true);
  expect((await asked.ephemeral()).content).toBe('Even here.');
  const private_ = server.people.private(ann, bob);
  expect((await server.acts.run(ann, private_, 'status').ephemeral()).content).toBe('Even here.');
  expect(() => server.acts.run(ann, channel, 'ask', { text: 'x' })).toThrow('cannot be installed');
});

test('words that are too long for one message come in several', async () => {
  const { host, server, ann, channel } = await scene({ publish: true });
  host.answer = () => say(Array.from({ length: 120 }, (_, at) => `- line ${at} of a long list of things`).join('\n'));
  const asked = server.acts.run(ann, channel, 'status');
  await server.until('all of it', () => asked.messages().some((one) => one.content.includes('line 119')));
  expect(asked.messages().every((one) => one.content.length <= 2_000 && one.ephemeralFor === ann.id)).toBe(true);
  expect(
    asked
      .messages()
      .map((one) => one.content)
      .join('\n'),
  ).toContain('line 60 of');
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
