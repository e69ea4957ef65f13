import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ParleyLimits } from '../../src/parley.ts';
import { person } from '../person.ts';
import { answer, says, silence } from '../servers/openwebui/script.ts';
import { formIn, pressIn, send, wordsIn } from './prompt-world.ts';
import { CHANNEL, DIRECT, openWorld, THREAD, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

const open = (limits: Partial<ParleyLimits>) =>
  openWorld({
    access: { allow: [{ kind: 'bot', id: 'robot' }], deny: [], directMessages: true, guests: false, strangers: false },
    limits: {
      person: null,
      channel: null,
      atOnce: null,
      tasksAtOnce: null,
      questionUnits: 1_000,
      answerUnits: 100_000,
      ...limits,
    },
  });
const ONE = { person: { count: 1, ms: 300_000 } };
const WAIT =
  'You have asked a question in 5 minutes. I have not taken this one. Please wait 5 minutes, then send it again.';
const LABELS = ['Regenerate', 'Retry'];

/** Asks in a thread, and waits for the whole answer. */
async function asked(text = 'Why?', by = 'Ann'): Promise<void> {
  const count = world.plain.standing().length;
  await world.host.accept(world.message(text, { by }));
  await vi.waitFor(() => expect(world.plain.standing().length).toBeGreaterThan(count));
  await vi.waitFor(() => expect(world.buttons().some((label) => LABELS.includes(label))).toBe(true));
}

describe('whoever has asked enough', () => {
  it('is told so in private by every way of asking, and nothing is asked', async () => {
    world = await open(ONE);
    world.openWebUI.next(says('So.'));
    await asked();
    const said = [
      await world.host.accept(world.message('And why?')),
      await world.host.accept(world.message('And why?', { place: DIRECT, addressed: 'direct' })),
      await world.host.accept(world.message('/ask And why?')),
      await world.press('Regenerate'),
    ];
    for (const answer of said)
      expect([wordsIn(answer), answer]).toEqual([WAIT, expect.objectContaining({ private: true })]);
    expect(await world.host.accept(world.message('And I?', { by: 'Bob' }))).toMatchObject({ do: 'work' });
    await vi.waitFor(() => expect(world.openWebUI.asked).toHaveLength(2));
  });

  it('gets back what they typed into a command', async () => {
    world = await open(ONE);
    await asked();
    const refused = await world.host.accept(world.command('ask', 'Why is\nthe sky blue?'));
    expect(wordsIn(refused)).toBe(`${WAIT}\n\nYou wrote:\n\n> Why is\n> the sky blue?`);
  });

  it('finds what they filled in a form still there when they try again', async () => {
    world = await open(ONE);
    await asked();
    const form = formIn(await world.host.accept(world.command('ask')));
    const refused = await send(world, form, { Text: 'All that I typed' });
    expect(wordsIn(refused)).toBe(`${WAIT} What you typed is kept for an hour.`);
    const again = formIn(await pressIn(world, refused, 'Send it again'));
    expect(again.fields.find((field) => field.label === 'Text')?.initial).toBe('All that I typed');
  });

  it('may still stop, look and list', async () => {
    world = await open(ONE);
    world.openWebUI.next(answer(['Slowly', silence]));
    await world.host.accept(world.message('Why?'));
    await vi.waitFor(() => expect(world.buttons()).toContain('Stop'));
    expect(wordsIn(await world.host.accept(world.command('help')))).toContain('/ask');
    expect(await world.press('Stop')).toEqual({ do: 'none' });
  });
});

describe('questions that come at the same moment', () => {
  it('of one person never run or wait in greater number than is set', async () => {
    world = await open({ atOnce: 3 });
    const answers = await Promise.all(
      Array.from({ length: 9 }, (_, index) =>
        world.host.accept(world.message(`${index}`, { place: { ...CHANNEL, thread: `H${index}` } })),
      ),
    );
    expect(answers.filter((answer) => answer.do === 'work')).toHaveLength(3);
    const refused = answers.filter((answer) => answer.do === 'say').map(wordsIn);
    expect(new Set(refused)).toEqual(
      new Set(['I am still at 3 questions of yours. I have not taken this one. Wait for an answer, or stop one.']),
    );
    await vi.waitFor(() => expect(world.openWebUI.asked).toHaveLength(3));
    await vi.waitFor(async () => expect(await world.host.accept(world.message('now?'))).toMatchObject({ do: 'work' }));
  });

  it('in one channel are counted together', async () => {
    world = await open({ channel: { count: 4, ms: 60_000 } });
    const people = ['Ann', 'Bob', 'Cy', 'Di', 'Eli', 'Flo'];
    const answers = await Promise.all(people.map((by) => world.host.accept(world.message('why?', { by }))));
    expect(answers.filter((answer) => answer.do === 'work')).toHaveLength(4);
    await vi.waitFor(() => expect(world.openWebUI.asked).toHaveLength(4));
  });
});

describe('a program in a loop', () => {
  it('ends at the channel’s limit, without a word', async () => {
    world = await open({ channel: { count: 3, ms: 60_000 } });
    const robot = person('Robot', { bot: true });
    const answers = [];
    for (let turn = 0; turn < 6; turn += 1)
      answers.push((await world.host.accept(world.message(`/stop ${turn}`, { author: robot }))).do);
    expect(answers).toEqual(['work', 'work', 'work', 'none', 'none', 'none']);
    await vi.waitFor(() => expect(world.openWebUI.asked).toHaveLength(3));
    expect(world.plain.told).toEqual([]);
  });

  it('is not talked with: what it writes without naming Parley is left alone', async () => {
    world = await open({});
    const robot = person('Robot', { bot: true });
    await world.host.accept(world.message('hello', { author: robot }));
    await vi.waitFor(() => expect(world.openWebUI.asked).toHaveLength(1));
    await vi.waitFor(() => expect(world.buttons()).toContain('Regenerate'));
    expect(await world.host.accept(world.message('and?', { author: robot, addressed: 'ambient' }))).toEqual({
      do: 'none',
    });
    expect(world.openWebUI.asked).toHaveLength(1);
  });
});

describe('what is too long', () => {
  it('is not taken as a question, with what to do', async () => {
    world = await open({});
    for (const answer of [
      await world.host.accept(world.message('x'.repeat(1_001))),
      await world.host.accept(world.command('ask', 'x'.repeat(1_001))),
    ])
      expect(wordsIn(answer)).toBe(
        'That is 1,001 characters; I can take 1,000. Send it as a file, and I read it from there.',
      );
    expect(world.openWebUI.asked).toHaveLength(0);
  });

  it('ends as an answer, with Retry; its beginning is known when they ask to go on', async () => {
    world = await open({ answerUnits: 500 });
    world.openWebUI.next(says(`${'long '.repeat(99)}end😀 and more and more`, { units: 11 }));
    await asked('Tell me all');
    const text = world.last()?.text ?? '';
    expect(text).toBe(
      `${'long '.repeat(99)}end😀\n\n*I ended the answer here, at 500 characters. Ask me to continue, or press Retry for another one.*`,
    );
    expect(world.buttons()).toContain('Retry');
    world.openWebUI.next(says('The rest.'));
    await asked('Continue');
    expect(JSON.stringify(world.openWebUI.asked.at(-1)?.messages)).toContain('long long');
  });
});

describe('a button or form of another person’s', () => {
  it('is answered with a private word and does nothing, however it is sent', async () => {
    world = await open({});
    await asked('Why?', 'Ann');
    const form = formIn(await world.host.accept(world.command('ask', '', { author: person('Ann') })));
    const sent = await send(world, form, { Text: 'not mine' }, 'Bob');
    expect([wordsIn(sent), sent]).toEqual([
      expect.stringContaining('Only Ann, who opened that form'),
      expect.objectContaining({ private: true }),
    ]);
    expect(wordsIn(await world.press('Regenerate', 'Bob'))).toContain('Only Ann, who asked');
    expect(world.openWebUI.asked).toHaveLength(1);
  });

  it('of a conversation elsewhere does nothing: an answer is judged where it stands', async () => {
    world = await open({});
    await asked('Why?', 'Ann');
    const good = world.last()?.controls?.buttons.find((button) => button.label === 'Good answer');
    const author = person('Bob');
    const place = { ...THREAD, channel: 'C2' };
    const { trigger } = world.command('x', '', { author, place });
    const on = { place, id: 'B' };
    const event = {
      type: 'button',
      key: trigger.id,
      trigger,
      author,
      place,
      control: good?.id ?? '',
      value: null,
      on,
    } as const;
    expect(wordsIn(await world.host.accept(event))).toContain('That button belongs to another conversation.');
    expect(world.openWebUI.seen({ method: 'POST', path: /feedback/ })).toHaveLength(0);
  });

  it('that was pressed once does nothing when it is told again', async () => {
    world = await open({});
    world.openWebUI.next(says('Once.'));
    await asked();
    const button = world.last()?.controls?.buttons.find((one) => one.label === 'Regenerate');
    const { trigger, author, place } = world.command('x');
    const on = { place, id: 'B' };
    const event = {
      type: 'button',
      key: 'same',
      trigger,
      author,
      place,
      control: button?.id ?? '',
      value: null,
      on,
    } as const;
    world.openWebUI.next(says('Twice.'));
    await world.host.accept(event);
    await vi.waitFor(() => expect(world.openWebUI.asked).toHaveLength(2));
    expect(await world.host.accept(event)).toEqual({ do: 'none' });
    expect(wordsIn(await world.host.accept({ ...event, key: 'replayed' }))).toMatch(
      /no longer the newest|still answering/,
    );
    expect(world.openWebUI.asked).toHaveLength(2);
  });

  it.each(['__proto__:x:0', 'stop:__proto__:0', 'follow:constructor:0', `good:${'A'.repeat(22)}:0`, 'stop', ''])(
    'made up as %j is met with a private word',
    async (control) => {
      world = await open({});
      const { trigger, author, place } = world.command('x');
      const on = { place, id: 'B' };
      const answer = await world.host.accept({
        type: 'button',
        key: trigger.id,
        trigger,
        author,
        place,
        control,
        value: null,
        on,
      });
      expect(answer).toMatchObject({ do: 'say', private: true });
      expect(world.openWebUI.asked).toHaveLength(0);
    },
  );
});
