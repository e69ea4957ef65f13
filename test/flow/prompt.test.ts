import { afterEach, describe, expect, it, vi } from 'vitest';
import { Secret } from '../../src/chat/secret.ts';
import { connect, disconnect, type OpenWebUI } from '../../src/openwebui/connection.ts';
import { deletePrompt, togglePrompt, updatePrompt } from '../../src/openwebui/prompts.ts';
import { person } from '../person.ts';
import { formIn, makePrompt, narrow, pressIn, send, wordsIn } from './prompt-world.ts';
import { CHANNEL, DIRECT, openWorld, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

const SUM =
  'Summarise as {{form | select:options=["a list","one sentence"]:required}} for {{reader | text:default="all"}}:\n{{text | textarea:required}}';

/** The text of the newest question that reached the model. */
async function asked(count = 1): Promise<string> {
  await vi.waitFor(() => expect(world.openWebUI.asked).toHaveLength(count), { timeout: 5_000 });
  return world.openWebUI.asked.at(-1)?.messages.at(-1)?.text ?? '';
}

const prompt = (line: string, more = {}) => world.host.accept(world.command('prompt', line, more));

async function onServer<Result>(act: (server: OpenWebUI) => Promise<Result>): Promise<Result> {
  const server = connect({ url: world.openWebUI.url, key: new Secret(world.openWebUI.key) });
  try {
    return await act(server);
  } finally {
    await disconnect(server);
  }
}

describe('a prompt', () => {
  it('asks in a form for what is missing, and is answered', async () => {
    world = await openWorld();
    await makePrompt(world, { command: 'sum', content: SUM });
    const form = formIn(await prompt('sum'));
    expect(form.fields.map(({ label, type, required, initial }) => ({ label, type, required, initial }))).toEqual([
      { label: 'form', type: 'choice', required: true, initial: null },
      { label: 'reader', type: 'text', required: false, initial: 'all' },
      { label: 'text', type: 'longText', required: true, initial: null },
    ]);
    expect(form.errors).toEqual({});
    expect(await send(world, form, { form: 'a list', text: 'Once upon' })).toEqual({ do: 'work', private: false });
    expect(await asked()).toBe('Ann: Summarise as a list for all:\nOnce upon');
    await vi.waitFor(() =>
      expect(world.plain.standing()[0]).toBe('Ann ran sum (form: a list, reader: all, text: Once upon)'),
    );
    await vi.waitFor(() => expect(JSON.stringify(world.openWebUI.chats()[0]?.chat)).toContain('Once upon'));
  });

  it('takes values from the line, before and after the text', async () => {
    world = await openWorld();
    await makePrompt(world, { command: 'sum', content: SUM });
    expect(await prompt('sum form="a list" Tell me  x=1 $& \\n reader="my \\"best\\" team"')).toMatchObject({
      do: 'work',
    });
    expect(await asked()).toBe('Ann: Summarise as a list for my "best" team:\nTell me  x=1 $& \\n');
  });

  it('without variables is followed by what was typed', async () => {
    world = await openWorld();
    await makePrompt(world, { command: 'plain', content: 'Be brief.' });
    await prompt('plain What is a tree?');
    expect(await asked()).toBe('Ann: Be brief.\n\nWhat is a tree?');
  });

  it('knows the person, their zone and the day', async () => {
    world = await openWorld();
    const content = '{{USER_NAME}} {{USER_EMAIL}} {{CURRENT_TIMEZONE}} {{CURRENT_DATE}}';
    await makePrompt(world, { command: 'me', content });
    await prompt('me', { author: person('Bob', { timezone: 'Asia/Tokyo', email: 'bob@example.org' }) });
    expect(await asked()).toMatch(/^Bob: Bob bob@example\.org Asia\/Tokyo \d{4}-\d\d-\d\d$/);
  });

  it('asks for the clipboard and for what is not known of the person', async () => {
    world = await openWorld();
    await makePrompt(world, { command: 'clip', content: '{{CLIPBOARD}} {{USER_EMAIL}}' });
    expect(formIn(await prompt('clip')).fields.map(({ label }) => label)).toEqual(['CLIPBOARD', 'USER_EMAIL']);
  });

  it('shows wrong values in the form, with what was typed', async () => {
    world = await openWorld();
    await makePrompt(world, { command: 'few', content: '{{n | number:min=1:max=3}} {{d | date}}' });
    const form = formIn(await prompt('few n=9 d=2026-01-01'));
    expect(form.fields.map(({ initial }) => initial)).toEqual(['9', '2026-01-01']);
    expect(Object.values(form.errors)).toEqual(['Please write a number from 1 to 3.']);
    expect(await send(world, form, { n: '4' })).toEqual({
      do: 'errors',
      fields: { v0: 'Please write a number from 1 to 3.' },
    });
    await send(world, form, { n: '3' });
    expect(await asked()).toBe('Ann: 3 2026-01-01');
  });

  it('that nobody made offers the names that come near, and gives back what was typed', async () => {
    world = await openWorld();
    await makePrompt(world, { command: 'summarise', content: 'x' });
    const words = wordsIn(await prompt('sumarise the long text'));
    expect(words).toContain('Did you mean `summarise`?');
    expect(words).toContain('> the long text');
  });

  it('that is switched off is not run', async () => {
    world = await openWorld();
    const { id } = await makePrompt(world, { command: 'off', content: 'Hello' });
    await prompt('off');
    await asked();
    await onServer((server) => togglePrompt(server, id));
    expect(wordsIn(await prompt('off'))).toBe('The prompt `off` has been switched off.');
  });

  it('of somebody else that is not shared is not there', async () => {
    world = await openWorld();
    await makePrompt(world, { command: 'theirs', content: 'x' }, world.openWebUI.adminKey);
    expect(wordsIn(await prompt('theirs'))).toContain('There is no prompt called “theirs” that I may use.');
  });

  it('with broken variables is text', async () => {
    world = await openWorld();
    await makePrompt(world, { command: 'broken', content: 'Say {{first name}} {{ }} {{x | }} {{' });
    await prompt('broken');
    expect(await asked()).toBe('Ann: Say {{first name}} {{ }} {{x | }} {{');
  });

  it('with variables named like parts of the language is asked like any other', async () => {
    world = await openWorld();
    await makePrompt(world, { command: 'odd', content: '{{__proto__}} {{constructor}} {{toString}}' });
    const form = formIn(await prompt('odd __proto__=1'));
    await send(world, form, { constructor: '$&', toString: '\\' });
    expect(await asked()).toBe('Ann: 1 $& \\');
  });

  it('of 100 kB is asked whole', async () => {
    world = await openWorld();
    const long = 'word '.repeat(20_000);
    await makePrompt(world, { command: 'long', content: `${long}{{x}}` });
    await prompt('long x=end');
    expect(await asked()).toBe(`Ann: ${long}end`);
  });

  it('that becomes too long can be shortened', async () => {
    world = await openWorld();
    await makePrompt(world, { command: 'twice', content: '{{x}}'.repeat(10) });
    const form = formIn(await prompt('twice'));
    const answer = await send(world, form, { x: 'y'.repeat(60_000) });
    expect(wordsIn(answer)).toContain('600,000 characters');
    const again = formIn(await pressIn(world, answer, 'Change it'));
    await send(world, again, { x: 'short' });
    expect(await asked()).toBe(`Ann: ${'short'.repeat(10)}`);
  });
});

describe('forty variables', () => {
  const content = Array.from({ length: 40 }, (_, at) => `{{v${at} | text:required}}`).join(' ');

  it('stand in one form where there is room', async () => {
    world = await openWorld();
    await makePrompt(world, { command: 'many', content });
    const form = formIn(await prompt('many'));
    expect(form.fields).toHaveLength(40);
    await send(world, form, Object.fromEntries(form.fields.map(({ label }) => [label, `<${label}>`])));
    expect(await asked()).toBe(`Ann: ${form.fields.map(({ label }) => `<${label}>`).join(' ')}`);
  });

  it('are asked in eight steps where five fit, and a wrong one is mended in its step', async () => {
    world = await openWorld({ wrap: narrow });
    await makePrompt(world, { command: 'many', content });
    let form = formIn(await prompt('many'));
    let answer = null;
    for (let step = 0; step < 8; step++) {
      expect(form.title).toBe(`many (${step + 1} of 8)`);
      const typed = Object.fromEntries(form.fields.map(({ label }) => [label, label === 'v7' ? '' : label]));
      answer = await send(world, form, typed);
      if (step < 7) form = formIn(await pressIn(world, answer, 'Continue'));
    }
    if (!answer) throw new Error('nothing was sent');
    expect(wordsIn(answer)).toContain('**v7**: Please fill this in.');
    const fixing = formIn(await pressIn(world, answer, 'Fix it'));
    expect(fixing.fields.map(({ label, initial }) => `${label}=${initial}`)).toEqual([
      'v5=v5',
      'v6=v6',
      'v7=',
      'v8=v8',
      'v9=v9',
    ]);
    await send(world, fixing, { v7: 'seven' });
    expect(await asked()).toContain('v6 seven v8');
  });
});

describe('a form', () => {
  it('sent in after a restart is answered', async () => {
    world = await openWorld();
    await makePrompt(world, { command: 'greet' });
    const form = formIn(await prompt('greet'));
    await world.parley.stop(0);
    const first = world;
    world = await openWorld({ store: first.store, openWebUI: first.openWebUI, plain: first.plain });
    await send(world, form, { who: 'World' });
    expect(await asked()).toBe('Ann: Hello World');
    await world.close();
    world = first;
  });

  it('of a prompt that was deleted meanwhile gives back what was typed', async () => {
    world = await openWorld();
    const { id } = await makePrompt(world, { command: 'greet' });
    const form = formIn(await prompt('greet'));
    await onServer((server) => deletePrompt(server, id));
    const words = wordsIn(await send(world, form, { who: 'my dear World' }));
    expect(words).toContain('is not there any more');
    expect(words).toContain('> my dear World');
    expect(world.openWebUI.asked).toHaveLength(0);
  });

  it('of a prompt that was changed meanwhile is shown anew with what was typed', async () => {
    world = await openWorld();
    const { id } = await makePrompt(world, { command: 'greet' });
    const form = formIn(await prompt('greet'));
    const content = 'Bye {{who}} and {{whom}}';
    await onServer((server) => updatePrompt(server, id, { command: 'greet', name: 'greet', content }));
    const anew = formIn(await send(world, form, { who: 'World' }));
    expect(anew.intro).toContain('changed meanwhile');
    expect(anew.fields.map(({ label, initial }) => `${label}=${initial}`)).toEqual(['who=World', 'whom=null']);
    await send(world, anew, { whom: 'Moon' });
    expect(await asked()).toBe('Ann: Bye World and Moon');
  });

  it('is filled in by the one who opened it; the other gets one of their own', async () => {
    world = await openWorld();
    await makePrompt(world, { command: 'greet' });
    const form = formIn(await prompt('greet'));
    expect(wordsIn(await send(world, form, { who: 'me' }, 'Bob'))).toContain('Only Ann, who opened that form');
    await send(world, form, { who: 'Ann' });
    expect(await asked()).toBe('Ann: Hello Ann');
    const own = formIn(await prompt('greet', { author: person('Bob') }));
    await send(world, own, { who: 'Bob' }, 'Bob');
    expect(await asked(2)).toBe('Bob: Hello Bob');
  });

  it('that is long over gives back what was typed', async () => {
    world = await openWorld();
    await makePrompt(world, { command: 'greet' });
    const form = formIn(await prompt('greet'));
    const words = wordsIn(await send(world, { ...form, id: 'ffffffffffffffffffffffff_0' }, { who: 'my words' }));
    expect(words).toContain('no longer open');
    expect(words).toContain('> my words');
  });
});

describe('while Open WebUI is down', () => {
  it('names are suggested and the form opens; what was typed is kept until it is back', async () => {
    world = await openWorld();
    await makePrompt(world, { command: 'greet' });
    formIn(await prompt('greet'));
    const hung = world.openWebUI.fault({ path: /./ }, { hang: true }, 1_000);
    const { author, place } = world.command('x');
    expect(
      world.host.suggest({ command: 'prompt', option: 'prompt', typed: 'gr', author, place }).map(({ value }) => value),
    ).toEqual(['greet']);
    const form = formIn(await prompt('greet'));
    hung();
    await send(world, form, { who: 'World' });
    expect(await asked()).toBe('Ann: Hello World');
  });
});

describe('typed in a message', () => {
  it('a slash and a prompt’s name runs it', async () => {
    world = await openWorld();
    await makePrompt(world, { command: 'greet' });
    await prompt('greet who=x');
    await asked();
    await world.host.accept(world.message('/greet World', { place: DIRECT, addressed: 'direct' }));
    expect(await asked(2)).toBe('Hello World');
  });

  it('a command of that name wins', async () => {
    world = await openWorld();
    await makePrompt(world, { command: 'help' });
    await prompt('help who=x');
    await asked();
    const words = wordsIn(await world.host.accept(world.message('/help')));
    expect(words).toContain('/prompt');
  });

  it('what is missing is asked by a button that opens the form, and others see what it ran with', async () => {
    world = await openWorld();
    await makePrompt(world, { command: 'greet' });
    const conversation = { ...CHANNEL, thread: 'thread-of-Q' };
    const event = world.message('/prompt greet', { place: CHANNEL, conversation });
    const form = formIn(await pressIn(world, await world.host.accept(event), 'Fill it in'));
    await send(world, form, { who: 'World' });
    expect(await asked()).toBe('Ann: Hello World');
    await vi.waitFor(() => expect(world.plain.standing()).toContain('Ann ran greet (who: World)'));
  });

  it('what it replies to is what the prompt works on', async () => {
    world = await openWorld();
    await makePrompt(world, { command: 'greet' });
    const event = world.message('/prompt greet');
    const replyTo = world.message('the whole world', { by: 'Bob' }).message;
    await world.host.accept({ ...event, replyTo });
    expect(await asked()).toBe('Ann: Hello the whole world');
  });
});

describe('a message', () => {
  it('is worked on by a prompt that is picked in a form', async () => {
    world = await openWorld();
    await makePrompt(world, { command: 'greet' });
    const target = world.message('the sea', { by: 'Bob' }).message;
    const form = formIn(await prompt('', { target }));
    expect(form.fields[0]).toMatchObject({ name: 'prompt', type: 'choice', suggest: 'prompt.prompt', required: true });
    await send(world, form, { Prompt: 'greet' });
    expect(await asked()).toBe('Ann: Hello the sea');
  });
});
