import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../src/chat/adapter.ts';
import { Secret } from '../../src/chat/secret.ts';
import { connect, disconnect } from '../../src/openwebui/connection.ts';
import { updatePrompt } from '../../src/openwebui/prompts.ts';
import { person } from '../person.ts';
import { makePrompt, pressIn, promptsOn, wordsIn } from './prompt-world.ts';
import { openWorld, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const prompts = (line: string, more = {}) =>
  world.host.accept(world.command('prompts', line, { author: person('Admin'), ...more }));
const press = (answer: Answer, label: string) => pressIn(world, answer, label, 'Admin');

describe('the history of a prompt', () => {
  it('shows versions and what changed, and brings one back', async () => {
    await makePrompt(world, { command: 'greet', content: 'one\ntwo\nthree' });
    await prompts('edit greet message=Change one\nTWO\nthree');
    const history = wordsIn(await prompts('history greet'));
    const ids = [...history.matchAll(/- `([0-9a-f]{8})`/g)].map((match) => match[1]);
    expect(ids).toHaveLength(2);
    expect(history).toMatch(/Change \*\*\(live\)\*\*/);
    expect(wordsIn(await prompts('diff greet'))).toContain('@@ -1 +1 @@\n one\n-two\n+TWO\n three');
    const old = await prompts(`entry greet ${ids[1]}`);
    expect(wordsIn(old)).toContain('one\ntwo\nthree');
    expect(wordsIn(await press(old, 'Bring it back'))).toContain('is as it was');
    expect(await promptsOn(world.openWebUI)).toMatchObject([{ content: 'one\ntwo\nthree' }]);
    expect(wordsIn(await press(await prompts(`delete-entry greet ${ids[0]}`), 'Delete it'))).toContain('is deleted');
    expect(wordsIn(await prompts(`delete-entry greet ${ids[0]}`))).toContain('No single version');
  });

  it('turns the pages of a history', async () => {
    const { id } = await makePrompt(world, { command: 'greet', content: 'text 0' });
    const server = connect({ url: world.openWebUI.url, key: new Secret(world.openWebUI.key) });
    for (let at = 1; at <= 24; at += 1)
      await updatePrompt(server, id, {
        command: 'greet',
        name: 'greet',
        content: `text ${at}`,
        message: `change ${at}.`,
      });
    await disconnect(server);
    const first = await prompts('history greet');
    expect(wordsIn(first)).toContain('change 24. **(live)**');
    expect(wordsIn(first)).toContain('change 5.');
    expect(wordsIn(first)).not.toContain('change 4.');
    const older = await press(first, 'Older');
    expect(wordsIn(older)).toContain('change 4.');
    expect(older).toHaveProperty('instead', true);
    expect(wordsIn(await press(older, 'Newer'))).toBe(wordsIn(first));
    const oldest = [...wordsIn(older).matchAll(/- `([0-9a-f]{8})`/g)].at(-1)?.[1];
    expect(wordsIn(await prompts(`diff greet from=${oldest}`))).toContain('-text 0\n+text 24');
    expect(wordsIn(await prompts(`version greet ${oldest}`))).toContain('is as it was');
    expect(await promptsOn(world.openWebUI)).toMatchObject([{ content: 'text 0' }]);
  });
});
