import { afterEach, describe, expect, it, vi } from 'vitest';
import { allCommands } from '../../src/commands/all.ts';
import { published } from '../../src/commands/registry.ts';
import { parleyConfig } from '../../src/config/core.ts';
import { formIn, wordsIn } from './prompt-world.ts';
import { openWorld, THREAD, type World } from './world.ts';

let world: World;
afterEach(() => world?.close());

describe('a prefix of the commands', () => {
  it('stands before each name that is registered, and before nothing else', () => {
    const bare = allCommands();
    const specs = published(allCommands('ai-'));
    expect(specs.map((one) => one.name)).toEqual(bare.commands.map((one) => `ai-${one.name}`));
    const prompts = specs.find((one) => one.name === 'ai-prompts');
    expect(prompts?.subcommands.map((one) => one.name)).toContain('list');
    expect(specs.every((one) => one.name.length <= 32)).toBe(true);
  });

  it('may be typed or left out, as a command and after a mention', async () => {
    world = await openWorld({ prefix: 'ai-' });
    for (const name of ['status', 'ai-status', 'AI-Status'])
      expect(wordsIn(await world.host.accept(world.command(name)))).toContain('Model here');
    for (const text of ['/status', '/ai-status', 'ai-status', '/ai-parley status'])
      expect(wordsIn(await world.host.accept(world.message(text)))).toContain('Model here');
    await world.host.accept(world.message('/ai-ask What is new?'));
    await vi.waitFor(() => expect(world.openWebUI.asked).toHaveLength(1));
  });

  it('stands in help, usages, complaints and forms', async () => {
    world = await openWorld({ prefix: 'ai-' });
    const help = wordsIn(await world.host.accept(world.command('ai-help')));
    expect(help).toContain('`/ai-ask <text>');
    expect(help).toContain('`/ai-prompts <list|');
    expect(help).not.toMatch(/`\/(ask|prompts?|model|help)[ `]/);
    expect(wordsIn(await world.host.accept(world.command('ai-hlep')))).toContain('Did you mean `/ai-help`?');
    expect(wordsIn(await world.host.accept(world.command('ai-prompts', 'lsit')))).toContain('`/ai-prompts list`');
    expect(wordsIn(await world.host.accept(world.command('ai-help', 'model')))).toContain('`/ai-model [name=…]');
    expect(formIn(await world.host.accept(world.command('ai-ask'))).title).toBe('/ai-ask');
  });

  it('stands in what is suggested', async () => {
    world = await openWorld({ prefix: 'ai-' });
    const suggest = (typed: string) =>
      world.host.suggest({
        ...{ command: 'ai-help', option: 'command', typed, place: THREAD },
        author: world.command('x').author,
      });
    expect(suggest('/ai-mod')).toMatchObject([{ label: '/ai-model', value: 'model' }]);
    expect(suggest('mod')).toMatchObject([{ label: '/ai-model', value: 'model' }]);
  });

  it('is a short word of lower-case letters, digits and hyphens', () => {
    const schema = parleyConfig.shape.PARLEY_COMMAND_PREFIX;
    for (const good of ['', 'ai-', 'x', 'team2-']) expect(schema.safeParse(good).success).toBe(true);
    for (const bad of ['AI-', '-x', '2x', 'a b', 'a/', 'ünder', 'a'.repeat(13)])
      expect(schema.safeParse(bad).success).toBe(false);
  });
});
