import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/chat/clock.ts';
import { Secret } from '../../src/chat/secret.ts';
import { createWarm } from '../../src/inbox/warm.ts';
import { connect, disconnect, type OpenWebUI, withKey } from '../../src/openwebui/connection.ts';
import { createPrompt } from '../../src/openwebui/prompts.ts';
import { openCache } from '../../src/store/cache.ts';
import { type ScriptedOpenWebUI, startScriptedOpenWebUI } from '../servers/openwebui/server.ts';

let openWebUI: ScriptedOpenWebUI;
let team: OpenWebUI;
afterEach(async () => {
  await disconnect(team);
  await openWebUI.close();
});

async function open(cache: Awaited<ReturnType<typeof openCache>>) {
  openWebUI = await startScriptedOpenWebUI();
  team = connect({ url: openWebUI.url, key: new Secret(openWebUI.key) });
  const own = withKey(team, new Secret(openWebUI.adminKey));
  return { warm: createWarm(team, systemClock, cache), own };
}

const names = (prompts: readonly { readonly command: string }[]) => prompts.map(({ command }) => command);

describe('warm lists', () => {
  it('are each account’s own, and only the team’s stand in the cache', async () => {
    const cache = await openCache(null);
    const written: unknown[] = [];
    const set = cache.set.bind(cache);
    cache.set = async (key, value) => {
      written.push(value);
      return set(key, value);
    };
    const { warm, own } = await open(cache);
    await createPrompt(own, { command: 'own', name: 'Own', content: 'private words' });
    await createPrompt(team, { command: 'team', name: 'Team', content: 'for all' });
    expect(names(await warm.prompts(team).ready())).toEqual(['team']);
    expect(names(await warm.prompts(own).ready())).toContain('own');
    expect(names(warm.prompts(team).known())).toEqual(['team']);
    expect(JSON.stringify(written)).toContain('for all');
    expect(JSON.stringify(written)).not.toContain('private words');
  });

  it('are the same for copies of a server with the same key', async () => {
    const { warm, own } = await open(await openCache(null));
    expect(warm.prompts({ ...own, timeoutMs: 5 })).toBe(warm.prompts(own));
    expect(warm.prompts({ ...team, timeoutMs: 5 })).toBe(warm.prompts(team));
  });

  it('are gone when their account is', async () => {
    const { warm, own } = await open(await openCache(null));
    await createPrompt(own, { command: 'own', name: 'Own', content: 'x' });
    await warm.prompts(own).ready();
    warm.forget(own);
    expect(warm.prompts(own).known()).toEqual([]);
  });

  it('are kept for a bounded number of people, and always for the team', async () => {
    const { warm, own } = await open(await openCache(null));
    const [first, teams] = [warm.prompts(own), warm.prompts(team)];
    for (let at = 0; at < 200; at += 1) warm.prompts(withKey(team, new Secret(`sk-${at}`)));
    expect(warm.prompts(own)).not.toBe(first);
    expect(warm.prompts(team)).toBe(teams);
  });

  it('of others look again after a change that somebody made', async () => {
    const { warm, own } = await open(await openCache(null));
    await warm.prompts(team).ready();
    await createPrompt(own, {
      command: 'shared',
      name: 'Shared',
      content: 'x',
      grants: [{ to: 'user', id: '*', may: 'read' }],
    });
    warm.promptsChanged(own);
    warm.prompts(team).known();
    expect(names(await warm.prompts(team).fetch())).toContain('shared');
  });
});
