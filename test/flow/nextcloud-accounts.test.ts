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

/** Ann connects bob's account of the server, as far as the question whether it is hers. */
async function granted(): Promise<void> {
  const words = wordsIn(await run('connect'));
  const link = /\((http[^)]+)\)/.exec(words)?.[1];
  if (!link) throw new Error('no link');
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
    const second = /\((http[^)]+)\)/.exec(wordsIn(await run('connect')))?.[1] ?? '';
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
    const link = /\((http[^)]+)\)/.exec(wordsIn(await run('connect')))?.[1] ?? '';
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
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await vi.waitFor(() => expect(told().at(-1)).toMatch(/within 20 minutes/), soon);
  });

  it('needs a secret key', async () => {
    world = await openCloudWorld({ ...quick, vault: createVault(null) });
    expect(wordsIn(await run('connect'))).toMatch(/PARLEY_SECRET_KEY/);
  });
});
