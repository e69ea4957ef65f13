import { describe, expect, it } from 'vitest';
import type { Problem } from '../../src/chat/errors.ts';
import type { Place } from '../../src/chat/places.ts';
import { reduce } from '../../src/turn/reducer.ts';
import { type Effect, newTurn, type TurnEvent, type TurnState } from '../../src/turn/state.ts';

const place: Place = { platform: 'test', team: 'T', channel: 'C', thread: '1', kind: 'public' };
const ids = { chatId: 'chat', questionId: 'q', answerId: 'a', model: 'm', modelName: 'M', owner: null, asker: null };
const down: Problem = {
  kind: 'unreachable',
  retry: { when: 'later' },
  say: 'It is down. Try again.',
  detail: 'ECONNREFUSED',
};

function play(
  events: readonly TurnEvent[],
  from: TurnState = newTurn('job', 1, 0),
): { state: TurnState; effects: Effect[] } {
  let state = from;
  const effects: Effect[] = [];
  for (const event of events) {
    const [next, wanted] = reduce(state, event);
    state = next;
    effects.push(...wanted);
  }
  return { state, effects };
}

const begun: readonly TurnEvent[] = [
  { type: 'begin' },
  { type: 'located', place },
  { type: 'gathered', ids, asked: 'Q', notices: [], armed: false },
];
const text = (words: string, at = 1): TurnEvent => ({ type: 'text', text: words, at });

describe('a turn', () => {
  it('finds its place, gathers, asks, shows the text as it grows, and finishes', () => {
    const { state, effects } = play([...begun, text('Hel'), text('lo'), { type: 'answered' }, { type: 'delivered' }]);
    expect(effects.map((effect) => effect.do)).toEqual([
      'locate',
      'checkpoint',
      'gather',
      'checkpoint',
      'askModel',
      'show',
      'show',
      'checkpoint',
      'finish',
      'end',
    ]);
    expect(state).toMatchObject({ phase: 'over', text: 'Hello', problem: null });
  });

  it('tells which tool is at work until there is text', () => {
    const working: TurnEvent = { type: 'working', tool: 'get weather' };
    const { state } = play([...begun, working]);
    expect(state.status).toBe('Using get weather…');
    expect(play([working], play([text('Sunny')], state).state).state.status).toBeNull();
  });

  it('leaves the names of its answer in the store before it asks', () => {
    const { effects } = play(begun);
    const kinds = effects.map((effect) => effect.do);
    expect(kinds.lastIndexOf('checkpoint')).toBeLessThan(kinds.indexOf('askModel'));
  });

  it('keeps the partial text when it is stopped, and aborts the model', () => {
    const { state, effects } = play([...begun, text('Half an'), { type: 'stop' }]);
    expect(effects.map((effect) => effect.do)).toContain('abortModel');
    const finish = effects.find((effect) => effect.do === 'finish');
    expect(finish).toMatchObject({ view: { markdown: 'Half an\n\n*Stopped.*', final: true } });
    expect(state.stopped).toBe(true);
  });

  it('stopped in the middle of code, it says so below the code', () => {
    const { effects } = play([...begun, text('```py\nx = '), { type: 'stop' }]);
    const finish = effects.find((effect) => effect.do === 'finish');
    expect(finish).toMatchObject({ view: { markdown: '```py\nx = \n```\n\n*Stopped.*' } });
  });

  it('stopped before its place is known says so there, and asks nothing', () => {
    const { effects } = play([{ type: 'begin' }, { type: 'stop' }, { type: 'located', place }]);
    expect(effects.map((effect) => effect.do)).toEqual(['locate', 'checkpoint', 'finish']);
    expect(effects.at(-1)).toMatchObject({ view: { markdown: '*Stopped.*', final: true } });
  });

  it('ends an answer that would not end by itself, keeping what is there', () => {
    const { state, effects } = play([...begun, text('x'.repeat(60_000)), text('y'.repeat(60_000))]);
    expect(effects.slice(-3).map((effect) => effect.do)).toEqual(['abortModel', 'checkpoint', 'finish']);
    expect(state).toMatchObject({ phase: 'finishing', problem: { kind: 'too-large' } });
    expect(state.text).toBe(`${'x'.repeat(60_000)}${'y'.repeat(40_000)}`);
  });

  it('does nothing about frames that come after the end', () => {
    const stopped = play([...begun, text('Half'), { type: 'stop' }]).state;
    const late: TurnEvent[] = [
      text(' more'),
      { type: 'answered' },
      { type: 'failed', problem: down },
      { type: 'stop' },
      { type: 'quiet' },
    ];
    expect(play(late, stopped)).toEqual({ state: stopped, effects: [] });
  });

  it('shows a failure as a sentence below what was written, with Retry', () => {
    const { effects } = play([...begun, text('Half an'), { type: 'failed', problem: down }]);
    const finish = effects.find((effect) => effect.do === 'finish');
    expect(finish).toMatchObject({
      view: {
        markdown: 'Half an\n\n*It is down. Try again.*',
        controls: { buttons: [{ role: 'retry', label: 'Retry' }] },
      },
    });
  });

  it('says so when the model sends nothing', () => {
    const { state } = play([...begun, text('  \n'), { type: 'answered' }]);
    expect(state.problem?.say).toMatch(/empty answer/);
  });

  it('says so when the model wanted a tool and wrote nothing', () => {
    const { state } = play([...begun, { type: 'tool', name: 'search' }, { type: 'answered' }]);
    expect(state.problem?.say).toMatch(/tool/);
  });

  it('shows one status line with Stop after ten quiet seconds, and only then', () => {
    const { effects } = play([...begun, { type: 'quiet' }, { type: 'quiet' }]);
    const shown = effects.filter((effect) => effect.do === 'show');
    expect(shown).toHaveLength(1);
    expect(shown[0]).toMatchObject({
      view: { markdown: '', status: 'Still working on it…', controls: { buttons: [{ role: 'stop' }] } },
    });
  });

  it('shows no status line once there is text', () => {
    const { effects } = play([...begun, text('Hello'), { type: 'quiet' }]);
    expect(effects.filter((effect) => effect.do === 'show')).toHaveLength(1);
  });

  it('keeps thinking out of the answer and tells how long it took', () => {
    const thought: TurnEvent[] = [{ type: 'reasoning', text: 'Hmm.', at: 1_000 }, text('Yes.', 6_000)];
    const { effects } = play([...begun, ...thought]);
    expect(effects.at(-1)).toMatchObject({
      view: { markdown: 'Yes.', note: { title: 'Thought for 5 s', markdown: 'Hmm.' } },
    });
  });

  it('gives sources only with the final text', () => {
    const sources = [{ number: 1, name: 'Manual', url: 'https://example.org' }];
    const { effects } = play([
      ...begun,
      { type: 'sources', sources, citations: [] },
      text('See [1].'),
      { type: 'answered' },
    ]);
    expect(effects.find((effect) => effect.do === 'show')).toMatchObject({ view: { sources: [] } });
    expect(effects.find((effect) => effect.do === 'finish')).toMatchObject({ view: { sources } });
  });

  it('says first what was left out', () => {
    const gathered: TurnEvent = {
      type: 'gathered',
      ids,
      asked: 'Q',
      notices: ['I left out “x.png”: it is empty.'],
      armed: false,
    };
    const { effects } = play([{ type: 'begin' }, { type: 'located', place }, gathered, text('Hi')]);
    expect(effects.at(-1)).toMatchObject({ view: { markdown: '> I left out “x.png”: it is empty.\n\nHi' } });
  });
});

describe('a turn after a crash', () => {
  it('asks again from the start, once', () => {
    const crashed = play([...begun, text('Half')]).state;
    const again = play([{ type: 'begin' }], { ...crashed, attempt: 2 });
    expect(again.effects).toEqual([{ do: 'locate' }]);
    expect(again.state).toMatchObject({ phase: 'gathering', ids });
    const { state } = play(begun.slice(1), again.state);
    expect(state).toMatchObject({ phase: 'asking', text: '' });
  });

  it('keeps what was written when it is stopped before it asks again', () => {
    const crashed = play([...begun, text('Half')]).state;
    const { effects } = play([{ type: 'begin' }, { type: 'stop' }], { ...crashed, attempt: 2 });
    expect(effects.at(-1)).toMatchObject({ do: 'finish', view: { markdown: 'Half\n\n*Stopped.*' } });
  });

  it('does not ask a second time when the model had tools that may have acted: it offers Retry', () => {
    const armed: TurnEvent = { type: 'gathered', ids, asked: 'Q', notices: [], armed: true };
    const crashed = play([{ type: 'begin' }, { type: 'located', place }, armed]).state;
    const { effects } = play([{ type: 'begin' }], { ...crashed, attempt: 2 });
    expect(effects.map((effect) => effect.do)).toEqual(['checkpoint', 'finish']);
    expect(effects.at(-1)).toMatchObject({ view: { controls: { buttons: [{ role: 'retry' }] } } });
  });

  it('only puts the text again when it was whole', () => {
    const crashed = play([...begun, text('Whole.'), { type: 'answered' }]).state;
    const { effects } = play([{ type: 'begin' }, { type: 'delivered' }], { ...crashed, attempt: 2 });
    expect(effects.map((effect) => effect.do)).toEqual(['finish', 'end']);
    expect(effects[0]).toMatchObject({ view: { markdown: 'Whole.', final: true } });
  });

  it('goes on looking at an answer that the server makes by itself, tools or not, time and again', () => {
    const armed: TurnEvent = { type: 'gathered', ids, asked: 'Q', notices: [], armed: true };
    const events: TurnEvent[] = [{ type: 'begin' }, { type: 'located', place }, armed, { type: 'background' }];
    const crashed = play([...events, text('Half')]);
    expect(crashed.effects.slice(-2).map((effect) => effect.do)).toEqual(['checkpoint', 'show']);
    for (const attempt of [2, 3, 10]) {
      const { effects } = play([{ type: 'begin' }], { ...crashed.state, attempt });
      expect(effects.map((effect) => effect.do)).toEqual(['locate']);
    }
    const { state } = play([{ type: 'begin' }], { ...crashed.state, attempt: 11 });
    expect(state.problem?.kind).toBe('cut');
  });

  it('shows what it has and offers Retry after the second crash', () => {
    const crashed = play([...begun, text('Half')]).state;
    const { effects } = play([{ type: 'begin' }], { ...crashed, attempt: 3 });
    expect(effects.find((effect) => effect.do === 'finish')).toMatchObject({
      view: {
        markdown: expect.stringMatching(/^Half\n\n\*I was interrupted/),
        controls: { buttons: [{ role: 'retry' }] },
      },
    });
  });
});
