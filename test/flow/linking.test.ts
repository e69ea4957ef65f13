import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { Answer } from '../../src/chat/adapter.ts';
import type { Person } from '../../src/chat/messages.ts';
import { Secret } from '../../src/chat/secret.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createVault } from '../../src/store/vault.ts';
import { closeAfter } from '../close-after.ts';
import { person } from '../person.ts';
import { type ScriptedOpenWebUI, startScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import { formIn, makePrompt, narrow, pressIn, send, wordsIn } from './prompt-world.ts';
import { CHANNEL, DIRECT, openWorld, THREAD, type World } from './world.ts';

let world: World;
const newVault = () => createVault(new Secret(randomBytes(32).toString('base64')));

async function open(given: Parameters<typeof openWorld>[0] = {}): Promise<World> {
  world = await openWorld({ vault: newVault(), ...given });
  closeAfter(() => world.close());
  return world;
}

/** The key of somebody with an account on the server. */
function keyOf(name: string, { openWebUI }: { openWebUI: ScriptedOpenWebUI } = world): string {
  const key = `sk-${randomBytes(16).toString('hex')}`;
  openWebUI.world.users.put({
    id: `account-of-${name}`,
    name,
    email: `${name.toLowerCase()}@example.test`,
    role: 'user',
    prompts: true,
    created_at: 1,
    api_key: key,
  });
  return key;
}

const slash = (name: string, text = '', by = 'Ann') =>
  world.host.accept(world.command(name, text, { author: person(by) }));

async function link(by: string, key: string): Promise<Answer> {
  return send(world, formIn(await slash('link', '', by)), { 'API key': new Secret(key) }, by);
}

const askedOf = (key: string) =>
  world.openWebUI.seen({ path: '/api/chat/completions' }).filter((one) => one.headers.authorization === `Bearer ${key}`)
    .length;

describe('/link', () => {
  it('asks for a key in a secret field, says whose it is, and asks with it from then on', async () => {
    await open();
    const key = keyOf('Ann');
    const form = formIn(await slash('link'));
    expect(form.fields).toMatchObject([{ type: 'secret', required: true, initial: null }]);
    expect(form.intro).toMatch(/Settings → Account → API keys.*“API Keys” in the settings.*permission “API Keys”/);
    const answer = await send(world, form, { 'API key': new Secret(` ${key}\n`) });
    expect(answer).toMatchObject({ do: 'say', private: true });
    expect(wordsIn(answer)).toContain('You are linked as Ann (ann@example.test).');
    await world.host.accept(world.message('Hello?'));
    await vi.waitFor(() => expect(askedOf(key)).toBe(1));
  });

  it('opens by a button where it was typed in a message', async () => {
    await open();
    const said = await world.host.accept(world.message('/link', { place: CHANNEL }));
    expect(said).toMatchObject({ do: 'say', private: true });
    const form = formIn(await pressIn(world, said, 'Fill it in'));
    expect(wordsIn(await send(world, form, { 'API key': new Secret(keyOf('Ann')) }))).toContain('linked as Ann');
  });

  it('says at the field what is wrong with a key, and asks for it again', async () => {
    await open();
    const form = formIn(await slash('link'));
    const wrong = await send(world, form, { 'API key': new Secret(`sk-${'0'.repeat(32)}`) });
    expect(wrong).toMatchObject({ do: 'errors', fields: { key: expect.stringMatching(/does not know that key/) } });
    expect(wordsIn(await send(world, form, { 'API key': new Secret(keyOf('Ann')) }))).toContain('linked as Ann');
  });

  it('asks anew, with an empty field, where a platform shows no complaint in a form', async () => {
    await open({ wrap: narrow });
    const form = formIn(await slash('link'));
    const wrong = await send(world, form, { 'API key': new Secret(`sk-${'0'.repeat(32)}`) });
    expect(JSON.stringify(wrong)).not.toContain('0000');
    const again = formIn(await pressIn(world, wrong, 'Fix it'));
    expect(again.fields).toMatchObject([{ initial: null }]);
    expect(wordsIn(await send(world, again, { 'API key': new Secret(keyOf('Ann')) }))).toContain('linked as Ann');
  });

  it('is off without a secret key, and says what must be set', async () => {
    await open({ vault: createVault(null) });
    expect(wordsIn(await slash('link'))).toContain('PARLEY_SECRET_KEY');
  });

  it('can be undone, and what stays is said', async () => {
    await open();
    await link('Ann', keyOf('Ann'));
    expect(wordsIn(await slash('unlink'))).toMatch(/deleted here.*chats stay.*team’s account asks/s);
    expect(wordsIn(await slash('unlink'))).toContain('not linked');
    await world.host.accept(world.message('Hello?'));
    await vi.waitFor(() => expect(askedOf(world.openWebUI.key)).toBe(1));
  });

  it('leaves the key in no row and no line of the log', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parley-'));
    closeAfter(() => rm(folder, { recursive: true }));
    const vault = newVault();
    const store = openSqlite(join(folder, 'parley.db'), { vault });
    closeAfter(() => store.close());
    await open({ store, vault });
    const [key, bad] = [keyOf('Ann'), `sk-${randomBytes(16).toString('hex')}`];
    await link('Ann', bad);
    await link('Ann', key);
    await slash('link', key);
    await world.host.accept(world.message(`my key is ${key}`, { place: DIRECT, addressed: 'direct' }));
    await world.host.accept(world.message('Hello?'));
    await vi.waitFor(() => expect(askedOf(key)).toBe(1));
    const files = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'latin1')));
    const everything = files.join('') + world.logged.join('') + JSON.stringify(world.plain.messages);
    expect(everything.length).toBeGreaterThan(1_000);
    for (const secret of [key, bad, key.slice(3)]) expect(everything).not.toContain(secret);
  });
});

describe('/whoami', () => {
  it('says whose account asks, the model, and whether one is an admin', async () => {
    await open();
    expect(wordsIn(await slash('whoami'))).toMatch(/team’s account asks for you.*not an admin.*`plain:ann`/s);
    await link('Ann', keyOf('Ann'));
    expect(wordsIn(await slash('whoami'))).toContain('Your own account asks for you: Ann (ann@example.test).');
    expect(wordsIn(await slash('whoami', '', 'Admin'))).toContain('You are an admin of Parley.');
  });
});

describe('where an account is required', () => {
  it('a question waits for it and is answered then', async () => {
    await open({ unlinked: 'require' });
    const key = keyOf('Ann');
    const told = await world.host.accept(world.message('What is the answer?'));
    expect(told).toMatchObject({ do: 'say', private: true });
    expect(wordsIn(told)).toMatch(/linked your own Open WebUI account.*keep your question for an hour/);
    const form = formIn(await pressIn(world, told, 'Link my account'));
    const linked = await send(world, form, { 'API key': new Secret(key) });
    expect(wordsIn(linked)).toContain('I answer your question now.');
    await vi.waitFor(() => expect(world.openWebUI.asked).toHaveLength(1));
    expect(world.openWebUI.asked[0]?.messages.at(-1)?.text).toContain('What is the answer?');
    expect(askedOf(key)).toBe(1);
    expect(askedOf(world.openWebUI.key)).toBe(0);
  });

  it('also after a restart, and by whichever way the account was linked', async () => {
    const openWebUI = await startScriptedOpenWebUI();
    closeAfter(() => openWebUI.close());
    const vault = newVault();
    const store = openSqlite(':memory:', { vault });
    closeAfter(() => store.close());
    const first = await openWorld({ openWebUI, store, vault, unlinked: 'require' });
    await first.host.accept(first.message('What is the answer?', { id: 'before' }));
    await first.close();
    await open({ openWebUI, store, vault, unlinked: 'require' });
    await link('Ann', keyOf('Ann'));
    await vi.waitFor(() => expect(openWebUI.asked).toHaveLength(1));
    await link('Ann', keyOf('Ann'));
    await slash('unlink');
    expect(openWebUI.asked).toHaveLength(1);
  });

  it('a question by a command waits, too, and others see it asked once it is answered', async () => {
    await open({ unlinked: 'require' });
    const told = await slash('ask', 'What is the answer?');
    expect(told).toMatchObject({ do: 'say', private: true });
    expect(world.plain.messages).toHaveLength(0);
    const form = formIn(await pressIn(world, told, 'Link my account'));
    await send(world, form, { 'API key': new Secret(keyOf('Ann')) });
    await vi.waitFor(() => expect(world.openWebUI.asked).toHaveLength(1));
  });

  it('a question that was deleted meanwhile is not asked', async () => {
    await open({ unlinked: 'require' });
    const question = world.message('Never mind?');
    await world.host.accept(question);
    await world.host.accept({ type: 'deleted', key: 'gone', ref: question.message.ref });
    expect(wordsIn(await link('Ann', keyOf('Ann')))).not.toContain('your question');
    expect(world.openWebUI.asked).toHaveLength(0);
  });

  it('a question that was edited meanwhile is asked as it reads then', async () => {
    await open({ unlinked: 'require' });
    const question = world.message('What is teh answer?');
    await world.host.accept(question);
    const message = { ...question.message, text: 'What is the answer?' };
    await world.host.accept({ type: 'edited', key: 'edit', message });
    await link('Ann', keyOf('Ann'));
    await vi.waitFor(() => expect(world.openWebUI.asked).toHaveLength(1));
    expect(world.openWebUI.asked[0]?.messages.at(-1)?.text).toContain('What is the answer?');
  });

  it('five questions wait, and the oldest of more is let go', async () => {
    await open({ unlinked: 'require' });
    const told: string[] = [];
    for (let at = 1; at <= 7; at += 1) {
      const question = world.message(`Question ${at}?`, { place: { ...CHANNEL, thread: `H${at}` } });
      told.push(wordsIn(await world.host.accept(question)));
    }
    expect(told[4]).toContain('I keep your question for an hour');
    expect(told[5]).toContain('I keep your 5 newest questions for an hour');
    await link('Ann', keyOf('Ann'));
    await vi.waitFor(() => expect(world.openWebUI.asked).toHaveLength(5));
    const texts = world.openWebUI.asked.map((ask) => ask.messages.at(-1)?.text).join();
    for (const at of [3, 4, 5, 6, 7]) expect(texts).toContain(`Question ${at}?`);
  });

  it('other people’s questions are not asked by it', async () => {
    await open({ unlinked: 'require' });
    await world.host.accept(world.message('Ben asks', { by: 'Ben' }));
    expect(wordsIn(await link('Ann', keyOf('Ann')))).not.toContain('your question');
    expect(world.openWebUI.asked).toHaveLength(0);
  });

  it('a command that needs an account offers the link', async () => {
    await open({ unlinked: 'require' });
    const told = await slash('prompt', 'greet');
    expect(formIn(await pressIn(world, told, 'Link my account')).title).toBe('Link your account');
  });
});

describe('a key that the server no longer takes', () => {
  it('fails once, is not used again, and the next question waits for a new one', async () => {
    await open();
    const old = keyOf('Ann');
    await link('Ann', old);
    await vi.waitFor(() => expect(world.openWebUI.seen({ path: '/api/models' }).length).toBeGreaterThan(1));
    const renewed = keyOf('Ann');
    await world.host.accept(world.message('First?', { place: DIRECT, addressed: 'direct' }));
    await vi.waitFor(() => expect(world.last()?.text).toMatch(/link it again with/));
    const used = () => world.openWebUI.requests.filter((one) => one.headers.authorization === `Bearer ${old}`).length;
    const before = used();
    const told = await world.host.accept(world.message('Second?', { place: DIRECT, addressed: 'direct' }));
    expect(wordsIn(told)).toMatch(/no longer takes the API key.*keep your question/);
    expect(used()).toBe(before);
    const form = formIn(await pressIn(world, told, 'Link my account'));
    await send(world, form, { 'API key': new Secret(renewed) });
    await vi.waitFor(() => expect(askedOf(renewed)).toBe(1));
  });

  it('keeps what was typed into a form until the link is made anew', async () => {
    await open();
    const old = keyOf('Ann');
    await makePrompt(world, { command: 'greet', content: 'Hello {{who | text:required}}' }, old);
    await link('Ann', old);
    const form = formIn(await slash('prompt', 'greet'));
    const renewed = keyOf('Ann');
    await slash('prompts', 'list');
    const label = form.fields[0]?.label ?? '';
    const told = await send(world, form, { [label]: 'Zoe' });
    expect(wordsIn(told)).toMatch(/no longer takes the API key.*kept for an hour/s);
    const linking = formIn(await pressIn(world, told, 'Link my account'));
    await send(world, linking, { 'API key': new Secret(renewed) });
    const again = formIn(await pressIn(world, told, 'Try again'));
    expect(again.fields[0]?.initial).toBe('Zoe');
    await send(world, again, {});
    await vi.waitFor(() => expect(askedOf(renewed)).toBe(1));
  });

  it('of the team’s is told in words that hold for it, too', async () => {
    await open();
    const team = world.openWebUI.world.users.all().find((user) => user.api_key === world.openWebUI.key);
    if (team) world.openWebUI.world.users.put({ ...team, api_key: `sk-${'7'.repeat(32)}` });
    await world.host.accept(world.message('Hello?'));
    await vi.waitFor(() => expect(world.last()?.text).toMatch(/tell whoever runs me/));
  });
});

describe('suggestions', () => {
  const typed = (by: Person, option = 'prompt') =>
    world.host
      .suggest({ command: option === 'prompt' ? 'prompt' : 'ask', option, typed: '', author: by, place: THREAD })
      .map(({ value }) => value);

  it('are those of the account that asks for the person who types', async () => {
    const openWebUI = await startScriptedOpenWebUI();
    closeAfter(() => openWebUI.close());
    const key = keyOf('Ann', { openWebUI });
    await makePrompt({ openWebUI }, { command: 'team-only' });
    await makePrompt({ openWebUI }, { command: 'anns-own' }, key);
    await open({ openWebUI });
    await link('Ann', key);
    await vi.waitFor(() => expect(typed(person('Ann'))).toEqual(['anns-own']));
    await vi.waitFor(() => expect(typed(person('Ben'))).toContain('team-only'));
    expect(typed(person('Ben'))).not.toContain('anns-own');
    await slash('unlink');
    expect(typed(person('Ann'))).not.toContain('anns-own');
  });

  it('are not made to people who are not answered, nor to those who must link first', async () => {
    await open({ unlinked: 'require' });
    await makePrompt(world, { command: 'team-only' });
    expect(typed(person('Ann'))).toEqual([]);
    expect(typed(person('Ann'), 'model')).toEqual([]);
    expect(typed(person('Eve', { stranger: true }))).toEqual([]);
  });
});

describe('what looks like a key', () => {
  const key = `sk-${'0a'.repeat(16)}`;

  it('is answered with a warning for its writer alone, and reaches no model and no row', async () => {
    await open();
    for (const said of [
      await world.host.accept(world.message(`What is ${key}?`)),
      await world.host.accept(world.message(`/link ${key}`)),
      await slash('ask', `What is ${key}?`),
      await slash('link', key),
      await world.host.accept(world.command('ask', '', { options: { text: `What is ${key}?` } })),
    ]) {
      expect(said).toMatchObject({ do: 'say', private: true });
      expect(wordsIn(said)).toMatch(/looks like a key.*Delete/s);
      expect(formIn(await pressIn(world, said, 'Link my account')).title).toBe('Link your account');
    }
    expect(world.openWebUI.asked).toHaveLength(0);
    expect(await world.store.jobs.nextAt('turn')).toBeNull();
  });

  it('is not taken in a form’s plain field', async () => {
    await open();
    await makePrompt(world, { command: 'greet', content: 'Hello {{who | text:required}}' });
    const form = formIn(await slash('prompt', 'greet'));
    const [field] = form.fields;
    expect(wordsIn(await send(world, form, { [field?.label ?? '']: key }))).toMatch(/looks like a key/);
    expect(world.openWebUI.asked).toHaveLength(0);
  });

  it('is left alone where nobody asked Parley', async () => {
    await open();
    expect(await world.host.accept(world.message(key, { addressed: 'ambient' }))).toEqual({ do: 'none' });
  });

  it('is taken out of what a question replies to', async () => {
    await open();
    const event = world.message('What did Ben mean?');
    const theirs = world.message(`Use ${key} please`, { by: 'Ben' }).message;
    await world.host.accept({ ...event, replyTo: theirs });
    await vi.waitFor(() => expect(world.openWebUI.asked).toHaveLength(1));
    const text = world.openWebUI.asked[0]?.messages.at(-1)?.text ?? '';
    expect(text).toContain('Use [a key, left out] please');
    expect((await world.store.jobs.byKey(event.key))?.payload).not.toContain(key);
  });
});

describe('people known by their e-mail', () => {
  it('are answered with the team’s account, and prompts know them by their own', async () => {
    await open({ unlinked: 'match' });
    keyOf('Annika');
    const author = person('Ann', { email: 'ANNIKA@example.test' });
    await makePrompt(world, { command: 'me', content: 'I am {{USER_NAME}}, {{USER_EMAIL}}' });
    await world.host.accept(world.command('prompt', 'me', { author }));
    await vi.waitFor(() => expect(world.openWebUI.asked).toHaveLength(1));
    expect(world.openWebUI.asked[0]?.messages.at(-1)?.text).toContain('I am Annika, annika@example.test');
    expect(askedOf(world.openWebUI.key)).toBe(1);
  });

  it('are told privately where nobody has it, and may link instead', async () => {
    await open({ unlinked: 'match' });
    const told = await world.host.accept(
      world.message('Hello?', { author: person('Ann', { email: 'no@example.test' }) }),
    );
    expect(told).toMatchObject({ do: 'say', private: true });
    expect(wordsIn(told)).toMatch(/No account in Open WebUI has your e-mail.*`\/link`.*keep your question/);
    await send(world, formIn(await pressIn(world, told, 'Link my account')), { 'API key': new Secret(keyOf('Ann')) });
    await vi.waitFor(() => expect(world.openWebUI.asked).toHaveLength(1));
  });
});

describe('with an account of one’s own', () => {
  it('prompts know the account’s owner, and are theirs to change', async () => {
    await open();
    const key = keyOf('Annika');
    await makePrompt(world, { command: 'me', content: 'I am {{USER_NAME}}, {{USER_EMAIL}}' }, key);
    await link('Ann', key);
    await slash('prompt', 'me');
    await vi.waitFor(() => expect(world.openWebUI.asked).toHaveLength(1));
    expect(world.openWebUI.asked[0]?.messages.at(-1)?.text).toContain('I am Annika, annika@example.test');
    await slash('prompts', 'meta me name=Mine');
    expect(world.openWebUI.world.prompts.all().map(({ name }) => name)).toContain('Mine');
  });

  it('what one thinks of an answer is one’s own feedback', async () => {
    await open();
    await link('Ann', keyOf('Ann'));
    await world.host.accept(world.message('Hello?', { place: DIRECT, addressed: 'direct' }));
    await vi.waitFor(() => expect(world.logged.some((line) => line.includes('"turn over"'))).toBe(true));
    await world.host.accept(world.command('feedback', 'good', { place: DIRECT }));
    const [feedback] = world.openWebUI.world.feedback.all();
    expect(feedback?.user_id).toBe('account-of-Ann');
  });
});

describe('an admin’s service key', () => {
  it('asks for nobody but those with an account of their own', async () => {
    const openWebUI = await startScriptedOpenWebUI();
    closeAfter(() => openWebUI.close());
    await open({ openWebUI, key: openWebUI.adminKey });
    await world.host.accept(world.message('Hello?', { place: DIRECT, addressed: 'direct' }));
    await vi.waitFor(() => expect(world.last()?.text).toMatch(/administrator’s.*ordinary account’s key/s));
    expect(wordsIn(await slash('model'))).toMatch(/administrator’s/);
    const suggest = { command: 'ask', option: 'model', typed: '', author: person('Ann'), place: THREAD };
    expect(world.host.suggest(suggest)).toEqual([]);
    expect(openWebUI.asked).toHaveLength(0);
    await link('Ann', keyOf('Ann'));
    await world.host.accept(world.message('Hello again?', { place: DIRECT, addressed: 'direct' }));
    await vi.waitFor(() => expect(openWebUI.asked).toHaveLength(1));
  });
});
