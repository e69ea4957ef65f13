import { expect, test } from 'vitest';
import * as z from 'zod';
import { commandsJson } from '../../../adapters/discord/commands.ts';
import { discordConfig } from '../../../adapters/discord/config.ts';
import { inviteLink } from '../../../adapters/discord/intents.ts';
import type { Finding } from '../../../src/chat/adapter.ts';
import { Secret } from '../../../src/chat/secret.ts';
import { allCommands } from '../../../src/commands/all.ts';
import { about } from '../../../src/config/setting.ts';
import { stage } from '../../servers/discord-tests/stage.ts';
import { adapterFor, scene } from './stage.ts';

// Commands, doctor, configuration, invitation.

const puts = (server: { rest: { calls: readonly { method: string; route: string }[] } }) =>
  server.rest.calls.filter((one) => one.method === 'PUT' && one.route.endsWith('/commands')).length;

test('all commands are registered once, and again only when they change', async () => {
  const { adapter, server } = await scene({ publish: true });
  const names = server.world.app.commands.map((one) => one.name);
  for (const command of allCommands().commands) expect(names).toContain(command.name);
  expect(names).toContain('Ask about this');
  expect(puts(server)).toBe(1);
  await adapter.publish?.(allCommands().commands);
  expect(puts(server)).toBe(1);
  const [first, ...rest] = allCommands().commands;
  if (!first) throw new Error('no commands');
  await adapter.publish?.([{ ...first, summary: 'Something else' }, ...rest]);
  expect(puts(server)).toBe(2);
});

test('while trying things out, commands stand in one server only', async () => {
  const set = await stage();
  const adapter = adapterFor(set.server, { server: set.guild.id });
  await adapter.start(
    {
      accept: async () => ({ do: 'none' }),
      suggest: () => [],
      isPrivate: () => true,
      state: () => undefined,
      budget: () => undefined,
    },
    new AbortController().signal,
  );
  await adapter.publish?.(allCommands().commands);
  expect(set.server.world.app.commands.every((one) => one.guildId === set.guild.id)).toBe(true);
});

test('every command keeps to Discord’s sizes', () => {
  for (const command of commandsJson(allCommands().commands))
    expect(JSON.stringify(command).length).toBeLessThan(8_000);
});

test('an option with more choices than Discord lists is suggested instead, and none is lost', async () => {
  const many = Array.from({ length: 40 }, (_, at) => ({ label: `Place ${at}`, value: `p${at}`, hint: null }));
  const option = {
    name: 'where',
    summary: 'Where',
    type: 'choice',
    required: false,
    choices: many,
    suggested: false,
  } as const;
  const { adapter, server, ann, channel } = await scene();
  await adapter.publish?.([
    { name: 'go', summary: 'Go somewhere', options: [option], subcommands: [], private: true, shortcut: null },
  ]);
  const found = await server.acts.suggest(ann, channel, 'go', { where: '39' }, 'where').choices();
  expect(found).toEqual([{ name: 'Place 39', value: 'p39' }]);
});

async function findings(adapter: ReturnType<typeof adapterFor>): Promise<Finding[]> {
  const found: Finding[] = [];
  for await (const finding of adapter.probe()) found.push(finding);
  return found;
}

test('doctor sees that all is well, without starting', async () => {
  const { server } = await stage();
  const found = await findings(adapterFor(server));
  expect(found.every((one) => one.state === 'ok')).toBe(true);
  expect(found.map((one) => one.what)).toEqual(['Discord token', 'Discord Message Content', 'Discord server Home']);
  expect(server.gateway.notes).toEqual([]);
});

test('doctor says what is wrong with token, intents, permissions and servers, and how to mend it', async () => {
  const { server, guild } = await stage({ messageContent: false });
  const wrong = await findings(adapterFor(server, { token: new Secret('wrong') }));
  expect(wrong).toMatchObject([{ what: 'Discord token', state: 'fail', fact: expect.stringContaining('Reset Token') }]);
  server.people.everyone(guild, []);
  const role = [...guild.roles.values()].find((one) => one.name === 'parley');
  if (role) server.people.permit(guild, role, ['ViewChannel', 'SendMessages']);
  const found = await findings(adapterFor(server));
  expect(found.filter((one) => one.state === 'warn')).toMatchObject([
    { what: 'Discord Message Content', mend: expect.stringContaining('Privileged Gateway Intents') },
    {
      what: 'Discord server Home',
      fact: expect.stringContaining('Create Public Threads'),
      mend: expect.stringContaining('permissions='),
    },
  ]);
  server.people.expel(guild);
  const alone = await findings(adapterFor(server));
  expect(alone.at(-1)).toMatchObject({
    state: 'warn',
    mend: expect.stringContaining('https://discord.com/oauth2/authorize'),
  });
  server.faults.outage = 'refuse';
  expect(await findings(adapterFor(server))).toMatchObject([
    { state: 'fail', mend: expect.stringContaining('network') },
  ]);
});

test('the invitation asks for the least', () => {
  const link = new URL(inviteLink('123', false));
  const bits = BigInt(link.searchParams.get('permissions') ?? '0');
  const administrator = 1n << 3n;
  const mentionEveryone = 1n << 17n;
  const manageThreads = 1n << 34n;
  expect(bits & (administrator | mentionEveryone | manageThreads)).toBe(0n);
  expect(BigInt(new URL(inviteLink('123', true)).searchParams.get('permissions') ?? '0') - bits).toBe(1n << 36n);
});

test('every setting says what it means and how to mend it; a token never shows', () => {
  for (const setting of Object.values(discordConfig.shape)) {
    expect(about.get(setting)?.meaning).toBeTruthy();
    expect(about.get(setting)?.mend).toBeTruthy();
  }
  const schema = z.object(discordConfig.shape);
  const token = 'MTIzNDU2Nzg5MDEyMzQ1Njc4.Gabcde.abcdefghijklmnopqrstuvwxyz0123456789AB';
  const read = schema.parse({ DISCORD_TOKEN: token });
  expect(read.DISCORD_TOKEN?.reveal()).toBe(token);
  expect(JSON.stringify(read)).not.toContain(token);
  expect(read).toMatchObject({ DISCORD_THREADS: 'thread', DISCORD_PRIVATE_THREADS: false, DISCORD_GUILD: null });
  expect(schema.safeParse({ DISCORD_TOKEN: 'client-secret' }).success).toBe(false);
  expect(discordConfig.check((name) => name === 'DISCORD_GUILD')).toMatchObject([{ setting: 'DISCORD_GUILD' }]);
});
