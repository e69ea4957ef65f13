import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Secret } from '../../src/chat/secret.ts';
import { connect, disconnect } from '../../src/openwebui/connection.ts';
import { findPeople } from '../../src/openwebui/principals.ts';
import { person } from '../person.ts';
import { makePrompt, promptsOn, wordsIn } from './prompt-world.ts';
import { CHANNEL, openWorld, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const ADMIN = person('Admin');
const prompts = (line: string) => world.host.accept(world.command('prompts', line, { author: ADMIN }));

async function people() {
  const server = connect({ url: world.openWebUI.url, key: new Secret(world.openWebUI.key) });
  const found = await findPeople(server, '');
  await disconnect(server);
  return found;
}

describe('sharing prompts', () => {
  it('shares by names, and leaves everything as it is when one of them is nobody’s', async () => {
    await makePrompt(world, { command: 'greet' });
    const groups = [{ id: 'g-1', name: 'Sales Team' }];
    world.openWebUI.fault({ path: '/api/v1/groups/' }, { status: 200, body: groups }, 20);
    const [one] = await people();
    if (!one) throw new Error('nobody is there');
    expect(wordsIn(await prompts(`share greet ${one.name}:write, sales team, everyone`))).toContain(
      `Shared with ${one.name} (may change it), the group Sales Team, everyone.`,
    );
    const grants = (await promptsOn(world.openWebUI))[0]?.grants ?? [];
    expect(grants).toEqual(
      expect.arrayContaining([
        { to: 'user', id: one.id, may: 'write' },
        { to: 'group', id: 'g-1', may: 'read' },
        { to: 'user', id: '*', may: 'read' },
      ]),
    );
    const wrong = wordsIn(await prompts('share greet Sales Taem'));
    expect(wrong).toContain('no person or group called “Sales Taem”. Did you mean `Sales Team`?');
    expect(wrong).toContain('Nothing was changed.');
    expect(wordsIn(await prompts('share greet'))).toContain('everyone');
    expect((await promptsOn(world.openWebUI))[0]?.grants).toEqual(grants);
    expect(wordsIn(await prompts('share greet with=""'))).toContain('Only its owner can use it.');
  });

  it('offers people and groups while somebody types, after those named already', async () => {
    world.openWebUI.fault({ path: '/api/v1/groups/' }, { status: 200, body: [{ id: 'g', name: 'Sales' }] }, 20);
    const suggest = (typed: string) =>
      world.host.suggest({ command: 'prompts share', option: 'with', typed, author: ADMIN, place: CHANNEL });
    await vi.waitFor(() => expect(suggest('sal')).toEqual([{ label: 'Sales', value: 'group:Sales', hint: 'group' }]));
    expect(suggest('Ann, ev')).toMatchObject([{ value: 'Ann, everyone' }]);
  });
});
