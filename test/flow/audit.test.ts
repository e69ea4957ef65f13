import { afterEach, describe, expect, it, vi } from 'vitest';
import { OPEN_TO_MEMBERS } from '../../src/chat/access.ts';
import { AUDITED } from '../../src/chat/audit.ts';
import { person } from '../person.ts';
import { quickClock } from '../quick-clock.ts';
import { answer, says, silence } from '../servers/openwebui/script.ts';
import { lastingVault, link } from './linked.ts';
import { openCloudWorld } from './nextcloud-world.ts';
import { makePrompt, pressIn } from './prompt-world.ts';
import { DIRECT, openWorld, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

async function open(given: Parameters<typeof openWorld>[0] = {}): Promise<void> {
  world = await openWorld({ vault: lastingVault(), ...given });
}

/** The audit lines so far: what, by whom, and how it ended. */
function audits(): string[] {
  return world.logged
    .map((line) => JSON.parse(line))
    .filter((line) => line.audit === true)
    .map(({ level, what, who, result }) => {
      expect(level).toBe('info');
      expect(Object.keys(AUDITED)).toContain(what);
      return `${what}, ${who?.replace('plain:T1:', '') ?? 'nobody'}: ${result}`;
    });
}

const run = (name: string, line: string, by: string) =>
  world.host.accept(world.command(name, line, { author: person(by), place: DIRECT }));

describe('an audit line is written', () => {
  it('when an account is linked and unlinked', async () => {
    await open();
    await link(world, 'Ann');
    await run('unlink', '', 'Ann');
    await run('unlink', '', 'Ann');
    expect(audits()).toEqual(['account linked, ann: done', 'account unlinked, ann: done']);
  });

  it('when prompts are made, changed, shared, exported and deleted', async () => {
    await open();
    await makePrompt(world, { command: 'greet' });
    for (const line of [
      'create command=hi Hello',
      'edit greet Good day',
      'toggle greet',
      'share greet nobody',
      'export',
    ])
      await run('prompts', line, 'Admin');
    await pressIn(world, await run('prompts', 'delete greet', 'Admin'), 'Delete it', 'Admin');
    expect(audits()).toEqual([
      'prompt made, admin: done',
      'prompt changed, admin: done',
      'prompt changed, admin: done',
      'prompt shared, admin: done',
      'prompts exported, admin: done',
      'prompt deleted, admin: done',
    ]);
    expect(world.logged.join('')).not.toContain('Good day');
  });

  it('when an admin stops somebody else’s answer or asks it again, and not for one’s own', async () => {
    await open();
    for (const by of ['Ann', 'admin']) {
      world.openWebUI.next(answer(['It begins', silence]));
      await world.host.accept(world.message('Endless?', { by }));
      await vi.waitFor(() => expect(world.buttons()).toEqual(['Stop']));
      await world.press('Stop', 'admin');
      await vi.waitFor(() => expect(world.buttons()).toContain('Regenerate'));
    }
    expect(audits()).toEqual(['answer stopped, admin: done']);
    world.openWebUI.next(answer(['It begins', silence]));
    await world.host.accept(world.message('Endless?', { by: 'Ann' }));
    await vi.waitFor(() => expect(world.buttons()).toEqual(['Stop']));
    await run('stop', '', 'admin');
    await world.press('Stop', 'Ann');
    await vi.waitFor(() => expect(world.buttons()).toContain('Regenerate'));
    world.openWebUI.next(says('Again.'));
    await world.press('Regenerate', 'admin');
    await vi.waitFor(() => expect(world.plain.standing()).toContain('Again.'));
    expect(audits()).toEqual(['answer stopped, admin: done', 'answer asked again, admin: done']);
  });

  it('when an admin calls off somebody else’s task or has it done again', async () => {
    const cloud = await openCloudWorld({ clock: quickClock() });
    world = cloud;
    const newest = () => cloud.cloud.newest();
    await run('nextcloud', 'summarize Rain.', 'Ann');
    await vi.waitFor(() => expect(newest()).toBeGreaterThan(0));
    cloud.cloud.fail(newest(), null);
    await vi.waitFor(() => expect(world.buttons()).toContain('Retry'));
    expect(await world.press('Retry', 'Ben')).toMatchObject({ do: 'say' });
    const before = newest();
    expect(await world.press('Retry', 'admin')).toEqual({ do: 'none' });
    await vi.waitFor(() => expect(newest()).toBeGreaterThan(before));
    await vi.waitFor(() => expect(world.buttons()).toContain('Cancel'));
    await world.press('Cancel', 'admin');
    expect(audits()).toEqual(['answer asked again, admin: done', 'answer stopped, admin: done']);
  });

  it('when somebody is refused, once in a while for each person and place', async () => {
    const deny = [{ kind: 'user', id: 'ben' }] as const;
    await open({ access: { ...OPEN_TO_MEMBERS, deny } });
    for (let tries = 0; tries < 5; tries++) {
      await run('help', '', 'Ben');
      await world.host.accept(world.message('Hello?', { by: 'Ben' }));
      await world.host.accept(world.message('Hello?', { by: 'Ann', addressed: 'ambient' }));
    }
    expect(audits()).toEqual(['access refused, ben: refused', 'access refused, ben: refused']);
  });

  it('when an admin’s key is let in', async () => {
    await open({ allowAdminKey: true });
    expect(audits()).toEqual(['admin key allowed, nobody: done']);
  });

  it('when a Nextcloud account is connected, taken away, and forgotten with its person, on the server first', async () => {
    const cloud = await openCloudWorld({ server: { held: false, pace: 'instant' } });
    world = cloud;
    const many = cloud.cloud.person('bob').appPasswords.size;
    const words = await run('nextcloud', 'connect', 'Ann');
    const address = /\((http[^)]+)\)/.exec(words.do === 'say' ? words.body.markdown : '')?.[1] ?? '';
    cloud.cloud.grant(address, 'bob');
    await vi.waitFor(() => expect(world.plain.told.at(-1)?.body.markdown).toContain('Is that you?'), 12_000);
    const body = world.plain.told.at(-1)?.body ?? { markdown: '', controls: null };
    await pressIn(world, { do: 'say', body, private: true }, 'Yes, that is me');
    expect(cloud.cloud.person('bob').appPasswords.size).toBe(many + 1);
    // The job that asked whether it is theirs ends a moment after they read it.
    const states = async () => (await world.store.jobs.of('plain:T1:ann', 'task', 9)).map(({ state }) => state);
    await vi.waitFor(async () => expect(await states()).not.toContain('running'));
    const done = await pressIn(world, await run('forget', '', 'Ann'), 'Yes, forget me');
    expect(done).toMatchObject({
      body: { markdown: expect.stringContaining('Nextcloud app password is deleted, there too') },
    });
    expect(cloud.cloud.person('bob').appPasswords.size).toBe(many);
    expect(await world.store.links.list('nextcloud')).toEqual([]);
    expect(audits()).toEqual([
      'Nextcloud connected, ann: done',
      'Nextcloud disconnected, ann: done',
      'person forgotten, ann: done',
    ]);
  });
});
