import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/chat/clock.ts';
import { Secret } from '../../src/chat/secret.ts';
import { createExtras } from '../../src/inbox/extras.ts';
import { connect, disconnect, type OpenWebUI, withKey } from '../../src/openwebui/connection.ts';
import { folderNamed } from '../../src/openwebui/folders.ts';
import { openCache } from '../../src/store/cache.ts';
import { type ScriptedOpenWebUI, startScriptedOpenWebUI } from '../servers/openwebui/server.ts';

let openWebUI: ScriptedOpenWebUI;
let team: OpenWebUI;
afterEach(async () => {
  await disconnect(team);
  await openWebUI.close();
});

async function open() {
  openWebUI = await startScriptedOpenWebUI();
  team = connect({ url: openWebUI.url, key: new Secret(openWebUI.key) });
  const own = withKey(team, new Secret(openWebUI.otherKey));
  const cache = await openCache(null);
  const written: unknown[] = [];
  const set = cache.set.bind(cache);
  cache.set = async (key, value) => {
    written.push(value);
    return set(key, value);
  };
  return { extras: createExtras(team, systemClock, cache), own, written };
}

describe('what an account may ask and share with', () => {
  it('is each account’s own, and only the team’s stands in the cache', async () => {
    const { extras, own, written } = await open();
    await folderNamed(own, 'Divorce');
    await folderNamed(team, 'Handbook');
    const names = async (server: OpenWebUI) => (await extras.of(server).folders.ready()).map(({ name }) => name);
    expect(await names(own)).toEqual(['Divorce']);
    expect(await names(team)).toEqual(['Handbook']);
    expect(JSON.stringify(written)).toContain('Handbook');
    expect(JSON.stringify(written)).not.toContain('Divorce');
  });

  it('is gone when the account is', async () => {
    const { extras, own } = await open();
    await folderNamed(own, 'Divorce');
    await extras.of(own).folders.ready();
    extras.forget(own);
    expect(extras.of(own).folders.known()).toEqual([]);
  });
});
