import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { Secret } from '../../src/chat/secret.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createVault } from '../../src/store/vault.ts';
import { closeAfter } from '../close-after.ts';
import { openLinkWorld } from './link-world.ts';
import { lastingVault } from './linked.ts';
import { formIn, narrow, pressIn, send, wordsIn } from './prompt-world.ts';
import { CHANNEL, DIRECT } from './world.ts';

describe('/link', () => {
  it('asks for a key in a secret field, says whose it is, and asks with it from then on', async () => {
    const world = await openLinkWorld();
    const key = world.keyOf('Ann');
    const form = formIn(await world.slash('link'));
    expect(form.fields).toMatchObject([{ type: 'secret', required: true, initial: null }]);
    expect(form.intro).toMatch(/Settings → Account → API keys.*“API Keys” in the settings.*permission “API Keys”/);
    const answer = await send(world, form, { 'API key': new Secret(` ${key}\n`) });
    expect(answer).toMatchObject({ do: 'say', private: true });
    expect(wordsIn(answer)).toContain('You are linked as Ann (ann@example.test).');
    await world.host.accept(world.message('Hello?'));
    await vi.waitFor(() => expect(world.askedOf(key)).toBe(1));
  });

  it('opens by a button where it was typed in a message', async () => {
    const world = await openLinkWorld();
    const said = await world.host.accept(world.message('/link', { place: CHANNEL }));
    expect(said).toMatchObject({ do: 'say', private: true });
    const form = formIn(await pressIn(world, said, 'Fill it in'));
    expect(wordsIn(await send(world, form, { 'API key': new Secret(world.keyOf('Ann')) }))).toContain('linked as Ann');
  });

  it('says at the field what is wrong with a key, and asks for it again', async () => {
    const world = await openLinkWorld();
    const form = formIn(await world.slash('link'));
    const wrong = await send(world, form, { 'API key': new Secret(`sk-${'0'.repeat(32)}`) });
    expect(wrong).toMatchObject({ do: 'errors', fields: { key: expect.stringMatching(/does not know that key/) } });
    expect(wordsIn(await send(world, form, { 'API key': new Secret(world.keyOf('Ann')) }))).toContain('linked as Ann');
  });

  it('asks anew, with an empty field, where a platform shows no complaint in a form', async () => {
    const world = await openLinkWorld({ wrap: narrow });
    const form = formIn(await world.slash('link'));
    const wrong = await send(world, form, { 'API key': new Secret(`sk-${'0'.repeat(32)}`) });
    expect(JSON.stringify(wrong)).not.toContain('0000');
    const again = formIn(await pressIn(world, wrong, 'Fix it'));
    expect(again.fields).toMatchObject([{ initial: null }]);
    expect(wordsIn(await send(world, again, { 'API key': new Secret(world.keyOf('Ann')) }))).toContain('linked as Ann');
  });

  it('is off without a secret key, and says what must be set', async () => {
    const world = await openLinkWorld({ vault: createVault(null) });
    expect(wordsIn(await world.slash('link'))).toContain('PARLEY_SECRET_KEY');
  });

  it('can be undone, and what stays is said', async () => {
    const world = await openLinkWorld();
    await world.link('Ann', world.keyOf('Ann'));
    expect(wordsIn(await world.slash('unlink'))).toMatch(/deleted here.*chats stay.*team’s account asks/s);
    expect(wordsIn(await world.slash('unlink'))).toContain('not linked');
    await world.host.accept(world.message('Hello?'));
    await vi.waitFor(() => expect(world.askedOf(world.openWebUI.key)).toBe(1));
  });

  it('leaves the key in no row and no line of the log', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parley-'));
    closeAfter(() => rm(folder, { recursive: true }));
    const vault = lastingVault();
    const store = openSqlite(join(folder, 'parley.db'), { vault });
    closeAfter(() => store.close());
    const world = await openLinkWorld({ store, vault });
    const [key, bad] = [world.keyOf('Ann'), `sk-${randomBytes(16).toString('hex')}`];
    await world.link('Ann', bad);
    await world.link('Ann', key);
    await world.slash('link', key);
    await world.host.accept(world.message(`my key is ${key}`, { place: DIRECT, addressed: 'direct' }));
    await world.host.accept(world.message('Hello?'));
    await vi.waitFor(() => expect(world.askedOf(key)).toBe(1));
    const files = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'latin1')));
    const everything = files.join('') + world.logged.join('') + JSON.stringify(world.plain.messages);
    expect(everything.length).toBeGreaterThan(1_000);
    for (const secret of [key, bad, key.slice(3)]) expect(everything).not.toContain(secret);
  });
});

describe('/whoami', () => {
  it('says whose account asks, the model, and whether one is an admin', async () => {
    const world = await openLinkWorld();
    expect(wordsIn(await world.slash('whoami'))).toMatch(/team’s account asks for you.*not an admin.*`plain:ann`/s);
    await world.link('Ann', world.keyOf('Ann'));
    expect(wordsIn(await world.slash('whoami'))).toContain('Your own account asks for you: Ann (ann@example.test).');
    expect(wordsIn(await world.slash('whoami', '', 'Admin'))).toContain('You are an admin of Parley.');
  });
});
