import { afterEach, describe, expect, it, vi } from 'vitest';
import { createVault } from '../../src/store/vault.ts';
import { createTestClock } from '../clock.ts';
import { person } from '../person.ts';
import { type CloudWorld, openCloudWorld } from './nextcloud-world.ts';
import { pressIn, wordsIn } from './prompt-world.ts';

let world: CloudWorld;
afterEach(() => world?.close());

const soon = { timeout: 12_000, interval: 20 };
const run = (line: string, by = 'Ann') => world.host.accept(world.command('nextcloud', line, { author: person(by) }));
const told = () => world.plain.told.map(({ body }) => body.markdown);

/** Ann begins to connect an account: the words with the link, and the link. */
async function begun(): Promise<{ words: string; link: string }> {
  const words = wordsIn(await run('connect'));
  const link = /\((http[^)]+)\)/.exec(words)?.[1];
  if (!link) throw new Error('no link');
  return { words, link };
}

/** Ann connects bob's account of the server, as far as the question whether it is hers. */
async function granted(): Promise<void> {
  const { words, link } = await begun();
  expect(words).toContain('grant access to “Parley for Ann”');
  expect(world.cloud.seen({ path: /login\/v2$/ })[0]?.headers['user-agent']).toBe('Parley for Ann (Plain)');
  world.cloud.grant(link, 'bob');
  await vi.waitFor(() => expect(told().at(-1)).toMatch(/\*\*Bob\*\* \(bob\).*Is that you\?/), soon);
}

async function answer(label: string): Promise<string> {
  const body = world.plain.told.at(-1)?.body;
  if (!body) throw new Error('nothing was asked');
  return wordsIn(await pressIn(world, { do: 'say', body, private: true }, label));
}

const owners = () => world.cloud.world.book.all().map((task) => task.userId);
const quick = { server: { held: false, pace: 'instant' } } as const;

describe('an account of one’s own', () => {
  it('is connected in the browser, confirmed, used for one’s tasks only, and taken away on the server too', async () => {
    world = await openCloudWorld(quick);
    await granted();
    await run('summarize Before.');
    await vi.waitFor(() => expect(owners()).toEqual(['alice']), soon);
    expect(await answer('Yes, that is me')).toMatch(/now run as \*\*Bob\*\*/);
    await run('summarize Mine.');
    await vi.waitFor(() => expect(owners()).toEqual(['alice', 'bob']), soon);
    await run('summarize Yours.', 'Ben');
    await vi.waitFor(() => expect(owners()).toEqual(['alice', 'bob', 'alice']), soon);
    const bob = world.cloud.person('bob');
    const many = bob.appPasswords.size;
    expect(wordsIn(await run('disconnect'))).toMatch(/disconnected, and its app password is deleted/);
    expect(bob.appPasswords.size).toBe(many - 1);
    await run('summarize After.');
    await vi.waitFor(() => expect(owners().at(-1)).toBe('alice'), soon);
    expect(wordsIn(await run('disconnect'))).toMatch(/not connected an account of your own/);
    expect(world.logged.join('')).not.toMatch(/Mine\.|Before\./);
  });

  it('that is somebody else’s is let go of', async () => {
    world = await openCloudWorld(quick);
    const bob = world.cloud.person('bob');
    const many = bob.appPasswords.size;
    await granted();
    expect(bob.appPasswords.size).toBe(many + 1);
    expect(await answer('No')).toMatch(/let go of that account and deleted its app password/);
    expect(bob.appPasswords.size).toBe(many);
    await run('summarize Hello.');
    await vi.waitFor(() => expect(owners()).toEqual(['alice']), soon);
  });

  it('is not confirmed by the answer to the question about another one', async () => {
    world = await openCloudWorld(quick);
    await granted();
    const asked = world.plain.told.at(-1)?.body;
    const { link: second } = await begun();
    // Somebody else got hold of the link.
    world.cloud.grant(second, 'admin');
    await vi.waitFor(() => expect(told().at(-1)).toMatch(/\(admin\)|\*\*admin\*\*/), soon);
    if (!asked) throw new Error('nothing was asked');
    for (const label of ['Yes, that is me', 'No'])
      expect(wordsIn(await pressIn(world, { do: 'say', body: asked, private: true }, label))).toMatch(
        /another account/,
      );
    await run('summarize Hello.');
    await vi.waitFor(() => expect(owners()).toEqual(['alice']), soon);
    expect(await answer('No')).toMatch(/let go of that account/);
  });

  it('is not confirmed by the answer to an earlier question about the very same one', async () => {
    world = await openCloudWorld(quick);
    await granted();
    const asked = world.plain.told.at(-1)?.body;
    const { link } = await begun();
    world.cloud.grant(link, 'bob');
    await vi.waitFor(() => expect(told().filter((words) => words.includes('Is that you?'))).toHaveLength(2));
    if (!asked) throw new Error('nothing was asked');
    expect(wordsIn(await pressIn(world, { do: 'say', body: asked, private: true }, 'Yes, that is me'))).toMatch(
      /another account/,
    );
    expect(await answer('Yes, that is me')).toMatch(/now run as \*\*Bob\*\*/);
  });

  it('that is granted late, with an older link, is let go of, and the one of the newest link stays', async () => {
    world = await openCloudWorld(quick);
    const admin = world.cloud.person('admin');
    const many = admin.appPasswords.size;
    const [one, two, three] = [await begun(), await begun(), await begun()];
    expect(three.words).toContain('only the newest one counts');
    // Somebody else got hold of an older link, before the newest is used and after it.
    world.cloud.grant(one.link, 'admin');
    await vi.waitFor(() => expect(told().at(-1)).toMatch(/an older link of yours.*deleted its app password/));
    world.cloud.grant(three.link, 'bob');
    await vi.waitFor(() => expect(told().at(-1)).toMatch(/\(bob\).*Is that you\?/));
    expect(await answer('Yes, that is me')).toMatch(/now run as \*\*Bob\*\*/);
    world.cloud.grant(two.link, 'admin');
    await vi.waitFor(() => expect(told().filter((words) => words.includes('an older link'))).toHaveLength(2));
    expect(told().filter((words) => words.includes('(admin)'))).toEqual([]);
    expect(admin.appPasswords.size).toBe(many);
    await run('summarize Mine.');
    await vi.waitFor(() => expect(owners()).toEqual(['bob']));
  });

  it('that nobody confirms is let go of after an hour, and not the one that was connected since', async () => {
    const clock = createTestClock();
    world = await openCloudWorld({ clock, ...quick });
    const bob = world.cloud.person('bob');
    const many = bob.appPasswords.size;
    // Slowly, since calls over sockets have deadlines by this clock.
    const slowly = { interval: 200 };
    const asked = (count: number) =>
      vi.waitFor(async () => {
        await clock.advance(500);
        expect(told().filter((words) => words.includes('Is that you?'))).toHaveLength(count);
      }, slowly);
    const { link: first } = await begun();
    world.cloud.grant(first, 'bob');
    await asked(1);
    await clock.advance(50 * 60_000);
    const { link: second } = await begun();
    world.cloud.grant(second, 'bob');
    await asked(2);
    const looks = async () => {
      const jobs = await world.store.jobs.of('plain:T1:ann', 'task', 10);
      return jobs.filter(({ kind }) => kind === 'unconfirmed').map(({ state }) => state);
    };
    const looked = (count: number) =>
      vi.waitFor(async () => {
        if (!(await looks()).includes('running')) await clock.advance(10_000);
        expect((await looks()).filter((state) => state === 'done')).toHaveLength(count);
      });
    await clock.advance(9 * 60_000);
    await looked(1);
    expect(bob.appPasswords.size).toBe(many + 1);
    await clock.advance(48 * 60_000);
    await looked(2);
    expect(bob.appPasswords.size).toBe(many);
  });

  it('is not used again after its first 401, and its person alone is told', async () => {
    world = await openCloudWorld({ server: {} });
    await granted();
    await answer('Yes, that is me');
    await run('summarize Hello.');
    await vi.waitFor(() => expect(owners()).toEqual(['bob']), soon);
    world.cloud.person('bob').disabled = true;
    await vi.waitFor(() => expect(told().at(-1)).toMatch(/no longer accepts the app password of your account/), soon);
    const tried = () =>
      world.cloud.requests.filter((one) =>
        Buffer.from(String(one.headers.authorization).slice(6), 'base64').toString().startsWith('bob:'),
      ).length;
    const before = tried();
    expect(wordsIn(await run('summarize Again.'))).toMatch(/Connect anew with `\/nextcloud connect`/);
    expect(wordsIn(await run('types'))).toMatch(/Connect anew/);
    expect(tried()).toBe(before);
    expect((await world.store.links.list('nextcloud'))[0]?.refusedAt).toEqual(expect.any(Number));
    // Others go on.
    await run('summarize Hello.', 'Ben');
    await vi.waitFor(() => expect(owners()).toEqual(['bob', 'alice']), soon);
  });

  it('is spoken of with the prefix of the commands, also where no command is answered', async () => {
    world = await openCloudWorld({ server: {}, prefix: 'ai-' });
    const { link } = await begun();
    await granted();
    world.cloud.grant(link, 'admin');
    await vi.waitFor(() => expect(told().at(-1)).toMatch(/older link.*`\/ai-nextcloud connect`/));
    const question = world.plain.told.findLast(({ body }) => body.markdown.includes('Is that you?'))?.body;
    if (!question) throw new Error('nothing was asked');
    await pressIn(world, { do: 'say', body: question, private: true }, 'Yes, that is me');
    await run('summarize Hello.');
    await vi.waitFor(() => expect(owners()).toEqual(['bob']), soon);
    world.cloud.person('bob').disabled = true;
    await vi.waitFor(() => expect(told().at(-1)).toMatch(/Connect anew with `\/ai-nextcloud connect`/));
    await vi.waitFor(() => expect(world.results().join()).toContain('`/ai-nextcloud connect`'));
    expect([...told(), ...world.results()].join()).not.toMatch(/`\/nextcloud/);
  });

  it('survives a restart, sealed', async () => {
    world = await openCloudWorld(quick);
    await granted();
    await answer('Yes, that is me');
    const [link] = await world.store.links.list('nextcloud');
    expect(JSON.stringify(link)).not.toContain([...world.cloud.person('bob').appPasswords].at(-1) ?? 'nothing');
    const first = world;
    const { store, plain, cloud, openWebUI, vault } = first;
    await first.parley.stop(0);
    world = await openCloudWorld({ store, plain, cloud, openWebUI, vault });
    await run('summarize Mine.');
    await vi.waitFor(() => expect(owners()).toEqual(['bob']), soon);
    await world.close();
    world = first;
  });

  it('is granted also when Parley was restarted between the link and the grant', async () => {
    world = await openCloudWorld(quick);
    const { link } = await begun();
    const first = world;
    const { store, plain, cloud, openWebUI, vault } = first;
    await first.parley.stop(0);
    cloud.grant(link, 'bob');
    world = await openCloudWorld({ store, plain, cloud, openWebUI, vault });
    await vi.waitFor(() => expect(told().at(-1)).toMatch(/Is that you\?/), soon);
    await world.close();
    world = first;
  });

  it('that nobody grants is given up after twenty minutes', async () => {
    const clock = createTestClock();
    world = await openCloudWorld({ clock, ...quick });
    await run('connect');
    for (let minutes = 0; minutes < 22; minutes += 0.5) {
      await clock.advance(30_000);
      await vi.waitFor(() => expect(world.cloud.unanswered()).toBe(0), { interval: 5 });
    }
    await vi.waitFor(() => expect(told().at(-1)).toMatch(/within 20 minutes/), soon);
  });

  it('needs a secret key', async () => {
    world = await openCloudWorld({ ...quick, vault: createVault(null) });
    expect(wordsIn(await run('connect'))).toMatch(/PARLEY_SECRET_KEY/);
  });
});
