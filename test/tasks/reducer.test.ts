import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Problem, ProblemKind, Retry } from '../../src/chat/errors.ts';
import { reduceTask } from '../../src/tasks/reducer.ts';
import { newTask, type Seen, type TaskEffect, type TaskEvent, type TaskState } from '../../src/tasks/state.ts';
import { THREAD } from '../flow/world.ts';

const NOW = 1_000_000;
const order = { chain: null, goOn: false, hint: null };
const fresh = () => newTask('J', 1, order, NOW);
const seen = (more: Partial<Seen> = {}): Seen => ({
  ...{ api: 'taskprocessing', id: 7, status: 'waiting', progress: null, expectedAt: null },
  ...more,
});
const at = NOW;
const placed: TaskEvent = { type: 'placed', place: THREAD, at };
const see = (more: Partial<Seen> = {}, reason: string | null = null, when = at): TaskEvent => ({
  ...{ type: 'seen', task: seen(more), reason, at: when },
});
const away: Problem = {
  kind: 'unreachable',
  retry: { when: 'later' },
  say: 'I cannot reach Nextcloud right now. Please try again.',
  detail: '',
};
const unseen = (problem: Problem = away, when = at): TaskEvent => ({ type: 'unseen', problem, at: when });

/** Plays events and gives the last state with all effects, in order. */
function play(events: readonly TaskEvent[], from: TaskState = fresh()) {
  let state = from;
  const effects: TaskEffect[] = [];
  for (const event of events) {
    const [next, done] = reduceTask(state, event);
    state = next;
    effects.push(...done);
  }
  return { state, effects, did: effects.map((effect) => effect.do) };
}

const waiting = () => play([{ type: 'begin' }, placed, { type: 'prepared' }, { type: 'ordering', at }, see()]).state;
const last = (effects: readonly TaskEffect[]) =>
  effects.findLast((effect) => effect.do === 'finish' || effect.do === 'show');

describe('the course of a task', () => {
  it('goes from its place to its end, leaving its state before each step that cannot be done twice', () => {
    const done = see({ status: 'done' });
    const result = { text: 'Hello.', bare: 'Hello.', files: [] };
    const { did, state } = play([
      ...[
        { type: 'begin' } as const,
        placed,
        { type: 'prepared' } as const,
        { type: 'ordering', at } as const,
        see(),
        done,
      ],
      ...[{ type: 'fetched', result } as const, { type: 'delivered' } as const],
    ]);
    expect(did.filter((one) => one !== 'show')).toEqual(
      [
        'place',
        'checkpoint',
        'prepare',
        'checkpoint',
        'order',
        'checkpoint',
        'checkpoint',
        'later',
        'checkpoint',
        'fetch',
      ].concat(['checkpoint', 'finish', 'end']),
    );
    expect(state.phase).toBe('over');
  });

  it('posts files after the text, each once', () => {
    const result = {
      text: 'Two.',
      bare: '',
      files: [
        { id: 1, kind: 'image' as const },
        { id: 2, kind: 'image' as const },
      ],
    };
    const fetched = play([see({ status: 'done' }), { type: 'fetched', result }, { type: 'delivered' }], waiting());
    expect(fetched.did.at(-1)).toBe('post');
    const half = play([{ type: 'posted', count: 1 }], fetched.state).state;
    expect(play([{ type: 'begin' }], half).did).toEqual(['post']);
    expect(play([{ type: 'posted', count: 2 }, { type: 'settled' }], half).did.at(-1)).toBe('end');
  });

  it('goes on from where it stood after a crash, wherever that was', () => {
    const phases: readonly (readonly [TaskState['phase'], TaskEffect['do']])[] = [
      ['placing', 'place'],
      ['preparing', 'prepare'],
      ['ordering', 'order'],
      ['waiting', 'later'],
      ['cancelling', 'cancel'],
      ['fetching', 'fetch'],
      ['finishing', 'finish'],
      ['posting', 'post'],
      ['over', 'end'],
    ];
    for (const [phase, effect] of phases)
      expect(reduceTask({ ...fresh(), phase }, { type: 'begin' })[1][0]?.do).toBe(effect);
  });
});

describe('what is said of a task', () => {
  it('that failed: the reason, or that there is none, with a hint where there is one', () => {
    const say = (reason: string | null, hint: string | null = null) => {
      const { effects } = play([see({ status: 'failed' }, reason)], { ...waiting(), hint });
      const end = last(effects);
      return end?.do === 'finish' ? end.view.markdown : '';
    };
    expect(say('No  quota\nleft')).toBe('Nextcloud could not do this: No quota left.');
    expect(say(null)).toMatch(/did not say why/);
    expect(say(null, 'Try a shorter one.')).toMatch(/does\. Try a shorter one\.$/);
  });

  it('that is gone in mid-life, with Retry', () => {
    const missing: Problem = { kind: 'missing', retry: { when: 'never' }, say: 'Not there.', detail: '' };
    const end = last(play([unseen(missing)], waiting()).effects);
    expect(end?.do === 'finish' && [end.view.markdown, end.view.controls?.buttons.map((one) => one.label)]).toEqual([
      expect.stringMatching(/no longer has this task/),
      ['Retry'],
    ]);
  });

  it('that is gone when its result is to be read, with Retry; when it is to be called off, as called off', () => {
    const missing: Problem = { kind: 'missing', retry: { when: 'never' }, say: 'Not there.', detail: '' };
    const fetching = play([see({ status: 'done' })], waiting()).state;
    const gone = play([unseen(missing)], fetching);
    expect(last(gone.effects)).toMatchObject({ view: { markdown: expect.stringMatching(/no longer has this task/) } });
    const cancelling = play([{ type: 'cancel', at }], waiting()).state;
    expect(last(play([unseen(missing)], cancelling).effects)).toMatchObject({ view: { markdown: '*Cancelled.*' } });
  });

  it('that can never work, without Retry', () => {
    const wrong: Problem = { kind: 'invalid', retry: { when: 'never' }, say: 'Too long.', detail: '' };
    const { state } = play([{ type: 'begin' }, placed, { type: 'prepared' }, { type: 'ordering', at }]);
    const end = last(play([unseen(wrong)], state).effects);
    expect(end?.do === 'finish' && [end.view.markdown, end.view.controls]).toEqual(['Too long.', null]);
  });
});

describe('a server that is away', () => {
  it('is waited for ever more patiently, and for days while it has the task', () => {
    let state = waiting();
    const waits: number[] = [];
    for (let when = at; when < at + 86_400_000; when += 3_600_000) {
      const [next, effects] = reduceTask(state, unseen(away, when));
      state = next;
      const wait = effects.find((effect) => effect.do === 'later');
      if (wait?.do === 'later') waits.push(wait.ms);
    }
    expect(waits.slice(0, 7)).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    expect(state.phase).toBe('waiting');
  });

  it('is given up after ten minutes where it has nothing yet: the person may try again', () => {
    const { state } = play([{ type: 'begin' }, placed, { type: 'prepared' }]);
    const first = play([unseen(away, at)], state);
    expect(first.state.phase).toBe('ordering');
    expect(play([unseen(away, at + 599_000)], first.state).state.phase).toBe('ordering');
    expect(play([unseen(away, at + 601_000)], first.state).state).toMatchObject({ phase: 'finishing', problem: away });
  });

  it('that has locked everybody out is not waited for', () => {
    const locked: Problem = { kind: 'busy', retry: { when: 'after', ms: 1_800_000 }, say: 'Locked out.', detail: '' };
    const { state } = play([{ type: 'begin' }, placed, { type: 'prepared' }]);
    expect(play([unseen(locked)], state).state.phase).toBe('finishing');
  });
});

describe('calling off', () => {
  const cancel: TaskEvent = { type: 'cancel', at };

  it('before Nextcloud has it ends it at once', () => {
    expect(play([{ type: 'begin' }, placed, cancel]).did.at(-1)).toBe('finish');
    expect(play([{ type: 'begin' }, cancel, placed]).did.at(-1)).toBe('finish');
  });

  it('while it is on its way waits for its number', () => {
    const ordered = play([{ type: 'begin' }, placed, { type: 'prepared' }, { type: 'ordering', at }, cancel]);
    expect(ordered.state).toMatchObject({ phase: 'ordering', cancelled: true });
    const [next, effects] = reduceTask(ordered.state, see());
    expect(next.phase).toBe('cancelling');
    expect(effects.map((one) => one.do)).toContain('cancel');
    expect(play([see({ status: 'cancelled' })], next).state.phase).toBe('finishing');
  });

  it('is not over because of a look that was under way: the server is still to hear of it', () => {
    const { state, did } = play([cancel, see(), see({ status: 'running' })], waiting());
    expect([state.phase, did.includes('finish')]).toEqual(['cancelling', false]);
    const tried = play([unseen()], state);
    expect(tried.effects.at(-1)).toMatchObject({ do: 'later', what: 'cancel' });
    expect(play([see({ status: 'cancelled' })], tried.state).did.at(-1)).toBe('finish');
  });

  it('too late shows the result', () => {
    const { state } = play([cancel, see({ status: 'done' })], waiting());
    expect(state).toMatchObject({ phase: 'fetching', cancelled: false });
  });

  it('is told at once, also while the task is on its way', () => {
    const ordered = play([{ type: 'begin' }, placed, { type: 'prepared' }, { type: 'ordering', at }]);
    const minute: TaskEvent = { type: 'tick', at: at + 60_000 };
    expect(play([minute], ordered.state).effects).toMatchObject([{ view: { status: 'Handed to Nextcloud · 1 min' } }]);
    expect(play([cancel], ordered.state).effects).toMatchObject([
      { view: { status: 'Cancelling…', controls: null } },
      { do: 'checkpoint' },
    ]);
  });

  it('twice, or when it is over, changes nothing', () => {
    const once = play([cancel], waiting()).state;
    expect(reduceTask(once, cancel)).toEqual([once, []]);
  });
});

describe('whatever happens', () => {
  const problem = fc.record({
    kind: fc.constantFrom<ProblemKind[]>('unreachable', 'busy', 'missing', 'unauthorized', 'invalid', 'bug'),
    retry: fc.constantFrom<Retry[]>({ when: 'never' }, { when: 'later' }, { when: 'after', ms: 60_000 }),
    say: fc.constant('Words.'),
    detail: fc.constant(''),
  });
  const event = fc.oneof(
    fc.constantFrom<TaskEvent[]>(
      placed,
      { type: 'prepared' },
      { type: 'ordering', at },
      { type: 'cancel', at },
      { type: 'tick', at },
      { type: 'delivered' },
      { type: 'undelivered' },
      { type: 'settled' },
      { type: 'posted', count: 1 },
      { type: 'fetched', result: { text: 'x', bare: 'x', files: [{ id: 1, kind: 'file' }] } },
    ),
    fc
      .constantFrom<Seen['status'][]>('waiting', 'running', 'done', 'failed', 'cancelled', 'unknown')
      .map((status) => see({ status })),
    problem.map((one) => unseen(one)),
  );

  it('it finishes once, ends once, and never looks again after that', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const { did } = play([{ type: 'begin' }, ...events]);
        expect(did.filter((one) => one === 'finish').length).toBeLessThanOrEqual(1);
        expect(did.filter((one) => one === 'end').length).toBeLessThanOrEqual(1);
        const end = did.indexOf('finish');
        if (end >= 0)
          expect(did.slice(end + 1).filter((one) => !['checkpoint', 'post', 'end'].includes(one))).toEqual([]);
      }),
    );
  });

  it('its state can be left in the store and read back', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), (events) => {
        const { state } = play([{ type: 'begin' }, ...events]);
        expect(JSON.parse(JSON.stringify(state))).toEqual(state);
      }),
    );
  });
});
