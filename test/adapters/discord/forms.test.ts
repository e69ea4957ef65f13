import { expect, test } from 'vitest';
import { type Field, type Form, field as fieldOf } from '../../../src/chat/forms.ts';
import { Secret } from '../../../src/chat/secret.ts';
import { adapterFor, choices, noted, say, scene } from './stage.ts';

function field(name: string, more: Partial<Field> = {}): Field {
  return fieldOf({ name, type: 'text', label: name, ...more });
}

function form(fields: readonly Field[], more: Partial<Form> = {}): Form {
  return { id: 'F1', title: 'A form', intro: null, submit: 'Send', fields, errors: {}, ...more };
}

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
