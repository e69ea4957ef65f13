import { describe, expect, it } from 'vitest';
import { formView } from '../../../adapters/slack/forms.ts';
import { localTime, secondsAt } from '../../../adapters/slack/local-time.ts';
import type { Form } from '../../../src/chat/forms.ts';
import { Secret } from '../../../src/chat/secret.ts';
import { viewProblems } from '../../servers/slack/view-schema.ts';
import { field, form, place, type Stage, stage } from './stage.ts';

const choices = [
  { label: 'Red', value: 'r', hint: 'warm' },
  { label: 'Blue', value: 'b', hint: null },
];

/** Opens a form for Ann with a command. */
async function shows(set: Stage, shown: Form) {
  set.core.answer = (one) => (one.type === 'command' ? { do: 'form', form: shown } : { do: 'none' });
  await set.slack.interact.command(set.ann, set.channel, '/ask');
  return set.slack.watch.modal(set.ann);
}

describe('forms', () => {
  it('give back every kind of field', async () => {
    const set = await stage();
    const view = await shows(
      set,
      form([
        field('a'),
        field('b', { type: 'longText' }),
        field('c', { type: 'number', min: 1, max: 9 }),
        field('d', { type: 'range', min: 0, max: 1, step: 0.1 }),
        field('e', { type: 'toggle' }),
        field('f', { type: 'choice', choices }),
        field('g', { type: 'multi', choices }),
        field('h', { type: 'date' }),
        field('i', { type: 'time' }),
        field('j', { type: 'datetime' }),
        field('k', { type: 'month' }),
        field('l', { type: 'url' }),
        field('m', { type: 'email' }),
        field('n', { type: 'color' }),
        field('o', { type: 'user' }),
        field('p', { type: 'secret' }),
        field('__proto__'),
        field('empty'),
      ]),
    );
    const sent = await set.slack.interact.submit(view, {
      '0:a': 'one',
      '1:b': 'two\nlines',
      '2:c': '5',
      '3:d': '0.5',
      '4:e': ['yes'],
      '5:f': 'b',
      '6:g': ['r', 'b'],
      '7:h': '2026-11-21',
      '8:i': '08:30',
      '9:j': Date.parse('2026-07-01T10:00:00Z') / 1000,
      '10:k': '2026-11',
      '11:l': 'https://example.org',
      '12:m': 'ann@example.org',
      '13:n': '#336699',
      '14:o': set.bob,
      '15:p': 'hush',
      '16:__proto__': 'polluted',
    });
    expect(sent.view).toBeNull();
    const { values, form: id, place: where } = await set.event('form');
    expect(id).toBe('form-1');
    expect(where).toEqual(place(set.slack, set.channel));
    const secret = values.get('p');
    expect(secret instanceof Secret && secret.reveal()).toBe('hush');
    const rest = [...values].filter(([name]) => name !== 'p');
    expect(rest).toEqual([
      ['a', 'one'],
      ['b', 'two\nlines'],
      ['c', '5'],
      ['d', '0.5'],
      ['e', true],
      ['f', 'b'],
      ['g', ['r', 'b']],
      ['h', '2026-11-21'],
      ['i', '08:30'],
      ['j', '2026-07-01T12:00'],
      ['k', '2026-11'],
      ['l', 'https://example.org'],
      ['m', 'ann@example.org'],
      ['n', '#336699'],
      ['o', set.bob],
      ['__proto__', 'polluted'],
      ['empty', ''],
    ]);
  });

  it('come filled in', async () => {
    const set = await stage();
    const view = await shows(
      set,
      form([
        field('a', { initial: 'typed before' }),
        field('e', { type: 'toggle', initial: true }),
        field('f', { type: 'choice', choices, initial: 'b' }),
        field('j', { type: 'datetime', initial: '2026-07-01T12:00' }),
        field('s', { type: 'choice', suggest: 'ask.model', initial: 'llama' }),
      ]),
    );
    await set.slack.interact.submit(view, {});
    const { values } = await set.event('form');
    expect([...values]).toEqual([
      ['a', 'typed before'],
      ['e', true],
      ['f', 'b'],
      ['j', '2026-07-01T12:00'],
      ['s', 'llama'],
    ]);
  });

  it('show errors at their fields and stay open', async () => {
    const set = await stage();
    const view = await shows(set, form([field('a'), field('b')]));
    set.core.answer = () => ({ do: 'errors', fields: { b: 'Please write a number.' } });
    const sent = await set.slack.interact.submit(view, { '0:a': 'x' });
    expect(sent.errors).toEqual({ '1:b': 'Please write a number.' });
    expect(sent.view?.open).toBe(true);
  });

  it('go on to a next step in the same modal', async () => {
    const set = await stage();
    const view = await shows(set, form([field('a')]));
    set.core.answer = () => ({ do: 'form', form: form([field('b')], { id: 'form-1:1' }) });
    const sent = await set.slack.interact.submit(view, { '0:a': 'x' });
    expect(sent.view?.view.callback_id).toBe('form:form-1:1');
  });

  it('show a private answer where the form was', async () => {
    const set = await stage();
    const view = await shows(set, form([field('a')]));
    set.core.answer = () => ({ do: 'say', private: true, body: { markdown: '**Saved.**', controls: null } });
    const sent = await set.slack.interact.submit(view, {});
    expect(JSON.stringify(sent.view?.view.blocks)).toContain('*Saved.*');
  });

  it('hold the person in a loading view while the core is slow, then show the errors above the form', async () => {
    const set = await stage();
    const view = await shows(set, form([field('a', { label: 'Amount' })]));
    const late = Promise.withResolvers<void>();
    set.core.answer = async () => {
      await late.promise;
      return { do: 'errors', fields: { a: 'Too much.' } };
    };
    const sent = await set.slack.interact.submit(view, { '0:a': '100' });
    expect(sent.reply).toMatchObject({ ok: true });
    expect(JSON.stringify(sent.view?.view)).toContain('One moment');
    late.resolve();
    const again = await set.slack.watch.modal(set.ann, (one) => JSON.stringify(one.view).includes('Too much'));
    expect(JSON.stringify(again.view)).toContain('100');
  });

  it('ask for suggestions while somebody types', async () => {
    const set = await stage();
    set.core.choices = Array.from({ length: 150 }, (_none, at) => ({
      label: `Model ${at}`,
      value: `m${at}`,
      hint: null,
    }));
    const view = await shows(set, form([field('model', { type: 'choice', suggest: 'ask.model' })]));
    const { reply, options } = await set.slack.interact.type(set.ann, view, 'choice:ask.model', 'lla');
    expect(reply.ok).toBe(true);
    expect(options).toHaveLength(100);
    expect(set.core.asked).toMatchObject([
      { command: '', option: 'ask.model', typed: 'lla', author: { ref: { id: set.ann } } },
    ]);
  });

  it('take a public answer into the conversation', async () => {
    const set = await stage();
    const view = await shows(set, form([field('a')]));
    set.core.answer = () => ({ do: 'say', private: false, body: { markdown: 'Done for all.', controls: null } });
    const sent = await set.slack.interact.submit(view, {});
    expect(sent.view).toBeNull();
    await set.slack.watch.answer(set.channel, (_message, seen) => seen === 'Done for all.');
  });

  it('fit Slack’s sizes whatever they hold', () => {
    const long = 'x'.repeat(5_000);
    const many = Array.from({ length: 450 }, (_none, at) => ({ label: `${at} ${long}`, value: `v${at}`, hint: long }));
    const view = formView(
      form(
        [
          field('long', { label: long, hint: long, placeholder: long, initial: long, maxLength: 9_999 }),
          field('many', { type: 'choice', choices: many, label: '' }),
          field('n'.repeat(400), { type: 'multi', choices: many.slice(0, 3) }),
        ],
        { title: long, submit: long, intro: `${long}\n<!channel>`, errors: { long: 'bad <!here>' } },
      ),
      { place: { platform: 'slack', team: 'T', channel: 'C', thread: null, kind: 'public' }, private: false },
      null,
    );
    expect(viewProblems(view, 'modal')).toEqual([]);
    expect(JSON.stringify(view)).not.toMatch(/<!channel>|<!here>/);
  });
});

describe('local times', () => {
  it.each(['Europe/Berlin', 'America/St_Johns', 'Pacific/Apia', null])('come back as they went, in %s', (zone) => {
    for (const local of ['2026-01-15T08:30', '2026-07-01T23:59', '2026-03-29T12:00', '2028-02-29T00:00']) {
      const seconds = secondsAt(local, zone);
      expect(seconds === null ? null : localTime(seconds, zone)).toBe(local);
    }
  });

  it('are nothing when they are no time, and UTC in a zone that does not exist', () => {
    expect(secondsAt('soon', 'Europe/Berlin')).toBeNull();
    expect(localTime(0, 'Nowhere/Land')).toBe('1970-01-01T00:00');
  });
});
