import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { answer, midError, reasons, refuses, says, sources, toolCall } from '../servers/openwebui/script.ts';
import { DIRECT, openWorld, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

/** The answer once it stands whole: what offers anything but Stop. */
async function answered(): Promise<string> {
  await vi.waitFor(() => expect(world.buttons()).toContainEqual(expect.stringMatching(/^Re/)), { timeout: 5_000 });
  return world.last()?.text ?? '';
}

/** The messages of the only chat's shown branch. */
function branch() {
  const chat = world.openWebUI.chats()[0]?.chat;
  const parsed: unknown = chat;
  return parsed;
}

describe('a question', () => {
  it('is answered, and stands with its answer in Open WebUI', async () => {
    world.openWebUI.next(says('The answer is 42.'));
    expect(await world.host.accept(world.message('What is the answer?'))).toEqual({ do: 'work', private: false });
    expect(await answered()).toBe('The answer is 42.');
    await vi.waitFor(() => {
      const text = JSON.stringify(branch());
      expect(text).toContain('Ann: What is the answer?');
      expect(text).toContain('The answer is 42.');
      expect(text).toContain('"done":true');
    });
  });

  it('told twice is answered once', async () => {
    const event = world.message('Hello?');
    await Promise.all([world.host.accept(event), world.host.accept(event), world.host.accept(event)]);
    await answered();
    expect(world.openWebUI.asked).toHaveLength(1);
    expect(world.plain.standing()).toHaveLength(1);
  });

  it('of an ambient message in a place Parley has not joined is left alone', async () => {
    const event = world.message('Just talking', { addressed: 'ambient' });
    expect(await world.host.accept(event)).toEqual({ do: 'none' });
    expect(world.openWebUI.asked).toHaveLength(0);
  });

  it('carries what was asked and answered before', async () => {
    world.openWebUI.next(says('Blue.'));
    await world.host.accept(world.message('Which colour?', { place: DIRECT, addressed: 'direct' }));
    await answered();
    world.openWebUI.next(says('Because of the sky.'));
    await world.host.accept(world.message('Why?', { place: DIRECT, addressed: 'direct' }));
    await vi.waitFor(() => expect(world.plain.standing().at(-1)).toBe('Because of the sky.'));
    expect(world.openWebUI.asked[1]?.messages.map(({ role, text }) => `${role}: ${text}`)).toEqual([
      'user: Which colour?',
      'assistant: Blue.',
      'user: Why?',
    ]);
  });

  it('waits for the one before it in the same conversation', async () => {
    world.openWebUI.next(says('First.', { everyMs: 5 }));
    world.openWebUI.next(says('Second.'));
    await Promise.all([world.host.accept(world.message('1')), world.host.accept(world.message('2'))]);
    await vi.waitFor(() => expect(world.plain.standing()).toEqual(['First.', 'Second.']), { timeout: 5_000 });
  });

  it('without text is met with a hint', async () => {
    const place = { ...DIRECT, kind: 'public' } as const;
    const event = { ...world.message(' \u0000 ', { place }), conversation: { ...place, thread: 'Q9' } };
    expect(await world.host.accept(event)).toMatchObject({
      do: 'say',
      body: { markdown: expect.stringMatching(/^Hello!/) },
    });
  });

  it('of 100,000 characters is taken; one more is refused with what to do', async () => {
    expect(await world.host.accept(world.message('x'.repeat(100_000)))).toEqual({ do: 'work', private: false });
    const refused = await world.host.accept(world.message('x'.repeat(100_001)));
    expect(refused).toMatchObject({ do: 'say', body: { markdown: expect.stringMatching(/100,001 characters.*file/) } });
  });

  it('by a bot, a guest or a stranger is not asked', async () => {
    const message = world.message('Hi');
    const as = (flag: object) => ({
      ...message,
      key: Math.random().toString(),
      message: { ...message.message, author: { ...message.message.author, ...flag } },
    });
    expect(await world.host.accept(as({ bot: true }))).toEqual({ do: 'none' });
    expect(await world.host.accept(as({ guest: true }))).toEqual({ do: 'none' });
    expect(await world.host.accept(as({ stranger: true }))).toEqual({ do: 'none' });
    await vi.waitFor(() => expect(world.plain.told).toHaveLength(2));
    expect(world.plain.told.map((one) => one.body.markdown)).toEqual([
      expect.stringContaining('I do not answer guests here.'),
      expect.stringContaining('I only answer members of this team.'),
    ]);
    expect(world.openWebUI.asked).toHaveLength(0);
  });
});

describe('what a model sends', () => {
  it('thinking stays out of the answer', async () => {
    world.openWebUI.next(answer([...reasons('Let me see. '), 'Yes.']));
    await world.host.accept(world.message('Is it?'));
    expect(await answered()).toBe('Yes.');
    expect(world.last()?.part.note?.markdown).toBe('Let me see. ');
  });

  it('sources become numbered links', async () => {
    world.openWebUI.next(answer([sources({ name: 'Manual', url: 'https://example.org/m' }), 'See [1].']));
    await world.host.accept(world.message('Where?'));
    await answered();
    expect(world.last()?.part.sources).toEqual([{ number: 1, name: 'Manual', url: 'https://example.org/m' }]);
  });

  it('nothing at all is said in words, with Retry', async () => {
    world.openWebUI.next(answer([]));
    await world.host.accept(world.message('Hello?'));
    expect(await answered()).toMatch(/empty answer/);
    expect(world.buttons()).toEqual(['Retry']);
  });

  it('a tool in place of an answer lets the server answer by itself', async () => {
    world.openWebUI.next(answer([toolCall('search', {})]));
    world.openWebUI.next(says('Found.'));
    await world.host.accept(world.message('Search!'));
    expect(await answered()).toBe('Found.');
    expect(world.openWebUI.asked.map(({ body }) => 'session_id' in body)).toEqual([false, true]);
  });

  it('a stream cut in mid-word keeps the text and says so', async () => {
    world.openWebUI.next(answer(['The answ', { cut: true }], { end: 'none' }));
    await world.host.accept(world.message('What?'));
    expect(await answered()).toMatch(/^The answ\n\n\*.+\*$/);
    expect(world.buttons()).toEqual(['Retry']);
  });

  it('an error frame keeps the text and says so', async () => {
    world.openWebUI.next(answer(['Half', midError.provider('secret provider words')]));
    await world.host.accept(world.message('What?'));
    expect(await answered()).toMatch(/^Half\n\n\*.+\*$/);
    expect(world.last()?.text).not.toContain('secret provider words');
  });

  it('JSON in place of a stream is an answer too', async () => {
    world.openWebUI.next(says('Plain.', { whole: true }));
    await world.host.accept(world.message('What?'));
    expect(await answered()).toBe('Plain.');
  });

  it('a refusal of the provider is one kind sentence with Retry', async () => {
    world.openWebUI.next(refuses(429, { error: { message: 'Rate limit reached' } }));
    await world.host.accept(world.message('What?'));
    expect(await answered()).not.toMatch(/429|Rate limit reached/);
    expect(world.buttons()).toEqual(['Retry']);
  });
});

describe('buttons', () => {
  it('Stop keeps the partial text and closes the stream', async () => {
    world.openWebUI.next(answer(['Once upon a time', { hold: true }]));
    await world.host.accept(world.message('Tell me a story'));
    await vi.waitFor(() => expect(world.buttons()).toEqual(['Stop']));
    expect(await world.press('Stop')).toEqual({ do: 'none' });
    expect(await answered()).toBe('Once upon a time\n\n*Stopped.*');
    await world.openWebUI.until(() => world.openWebUI.streams.aborted === 1);
  });

  it('Stop is for the asker and admins only', async () => {
    world.openWebUI.next(answer(['Once', { hold: true }]));
    await world.host.accept(world.message('Tell me a story'));
    await vi.waitFor(() => expect(world.buttons()).toEqual(['Stop']));
    expect(await world.press('Stop', 'Ben')).toMatchObject({
      do: 'say',
      private: true,
      body: { markdown: expect.stringContaining('Only Ann') },
    });
    expect(await world.press('Stop', 'Admin')).toEqual({ do: 'none' });
    await answered();
  });

  it('Regenerate makes a sibling answer in the tree, in the same message', async () => {
    world.openWebUI.next(says('First try.'));
    await world.host.accept(world.message('Write'));
    await answered();
    await vi.waitFor(() => expect(JSON.stringify(branch())).toContain('First try.'));
    world.openWebUI.next(says('Second try.'));
    expect(await world.press('Regenerate')).toEqual({ do: 'none' });
    await vi.waitFor(() => expect(world.plain.standing()).toEqual(['Second try.']));
    await vi.waitFor(() => expect(JSON.stringify(branch())).toContain('Second try.'));
    expect(JSON.stringify(branch())).toContain('First try.');
    expect(world.openWebUI.asked[1]?.messages).toEqual(world.openWebUI.asked[0]?.messages);
  });

  it('stand only under the newest answer', async () => {
    world.openWebUI.next(says('One.'));
    await world.host.accept(world.message('1'));
    await answered();
    world.openWebUI.next(says('Two.'));
    await world.host.accept(world.message('2'));
    await vi.waitFor(() => expect(world.plain.standing()).toEqual(['One.', 'Two.']));
    await vi.waitFor(() => expect(world.plain.messages[0]?.controls).toBeNull());
    await vi.waitFor(() => expect(world.buttons()).toEqual(['Regenerate', 'Good answer', 'Bad answer']));
  });

  it('with an id nobody made are answered with a sentence', async () => {
    const event = {
      ...world.command('x'),
      type: 'button',
      control: 'explode:1:2',
      value: null,
      on: { place: DIRECT, id: '1' },
    } as const;
    expect(await world.host.accept(event)).toMatchObject({ do: 'say', private: true });
  });
});

describe('deleting the question', () => {
  it('stops its answer at once', async () => {
    world.openWebUI.next(answer(['Once', { hold: true }]));
    const event = world.message('Tell me a story');
    await world.host.accept(event);
    await vi.waitFor(() => expect(world.last()?.text).toBe('Once'));
    await world.host.accept({ type: 'deleted', key: 'd1', ref: event.message.ref });
    expect(await answered()).toBe('Once\n\n*Stopped.*');
  });
});

describe('Open WebUI down', () => {
  it('is said in one sentence, and Retry asks again once it is back', async () => {
    await world.openWebUI.down();
    await world.host.accept(world.message('Are you there?'));
    expect(await answered()).toMatch(/Open WebUI/);
    expect(world.buttons()).toEqual(['Retry']);
    await world.openWebUI.up();
    world.openWebUI.next(says('Here I am.'));
    await world.press('Retry');
    await vi.waitFor(() => expect(world.plain.standing()).toEqual(['Here I am.']), { timeout: 5_000 });
  });

  it('a chat that could not be saved is saved before the next question', async () => {
    world.openWebUI.next(says('First.'));
    const back = world.openWebUI.fault(
      { method: 'POST', path: /^\/api\/v1\/chats\/(?!new)[^/]+$/ },
      { status: 503, body: 'down' },
      3,
    );
    await world.host.accept(world.message('1', { place: DIRECT, addressed: 'direct' }));
    await answered();
    back();
    world.openWebUI.next(says('Second.'));
    await world.host.accept(world.message('2', { place: DIRECT, addressed: 'direct' }));
    await vi.waitFor(() => expect(world.plain.standing().at(-1)).toBe('Second.'));
    expect(world.openWebUI.asked[1]?.messages.map((one) => one.text)).toEqual(['1', 'First.', '2']);
  });

  it('a chat deleted there begins anew, and says so', async () => {
    world.openWebUI.next(says('First.'));
    await world.host.accept(world.message('1', { place: DIRECT, addressed: 'direct' }));
    await answered();
    await vi.waitFor(() => expect(JSON.stringify(branch())).toContain('First.'));
    const id = world.openWebUI.chats()[0]?.id ?? '';
    await fetch(`${world.openWebUI.url}/api/v1/chats/${id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${world.openWebUI.key}` },
    });
    world.openWebUI.next(says('Second.'));
    await world.host.accept(world.message('2', { place: DIRECT, addressed: 'direct' }));
    await vi.waitFor(() => expect(world.plain.standing().at(-1)).toMatch(/deleted.*\n\nSecond\.$/));
  });
});

describe('what is logged', () => {
  it('never holds what people wrote, what a model said, or a key', async () => {
    world.openWebUI.next(says('A private answer.'));
    await world.host.accept(world.message('A private question?'));
    await answered();
    await vi.waitFor(() => expect(world.logged.join('')).toContain('turn over'));
    const text = world.logged.join('');
    expect(text).not.toMatch(/private question|private answer/);
    expect(text).not.toContain(world.openWebUI.key);
  });

  it('says at the end how fast answers appeared', async () => {
    world.openWebUI.next(says('An answer.'));
    await world.host.accept(world.message('A question?'));
    await answered();
    await world.parley.stop(5_000);
    const told = world.logged.find((line) => line.includes('answers shown so far'));
    expect(JSON.parse(told ?? '{}')).toMatchObject({
      D: expect.any(Number),
      TTFV: { count: 1 },
      lag: { count: 1 },
      replies: { live: 0, done: 1, failed: 0 },
      calls: { 'plain post': { refused: 0 } },
    });
  });
});
