import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as breathe } from 'node:timers/promises';
import * as z from 'zod';
import { readBody } from './body.ts';
import type { Fault } from './faults.ts';
import type { Channel, Message, User } from './records.ts';
import type { DiscordServer } from './server.ts';
import type { Wire } from './wire.ts';

const range = z.union([z.number(), z.tuple([z.number(), z.number()])]);
const effect = z.discriminatedUnion('do', [
  z.object({
    do: z.literal('429'),
    scope: z.enum(['user', 'global', 'shared']),
    retryAfterMs: z.number(),
    code: z.number().default(0),
  }),
  z.object({
    do: z.literal('status'),
    status: z.number(),
    code: z.number().default(0),
    after: z.boolean().default(false),
  }),
  z.object({ do: z.literal('reset'), after: z.boolean().default(false) }),
  z.object({ do: z.literal('hang'), after: z.boolean().default(false) }),
  z.object({ do: z.literal('delay'), ms: range }),
]) satisfies z.ZodType<Fault['effect']>;

/** One request to the control endpoint; `do` names it. Ids are snowflakes; `user` may be a new name, who then joins. */
const order = z.discriminatedUnion('do', [
  z.object({ do: z.literal('info') }),
  z.object({
    do: z.literal('seed'),
    guild: z.string(),
    channels: z.array(z.string()),
    owner: z.string().default('owner'),
  }),
  z.object({ do: z.literal('channel'), guild: z.string(), name: z.string() }),
  z.object({ do: z.literal('direct'), user: z.string() }),
  z.object({
    do: z.literal('say'),
    user: z.string(),
    channel: z.string(),
    text: z.string(),
    reply: z.string().optional(),
  }),
  z.object({ do: z.literal('flood'), channel: z.string(), messages: z.number().int().max(200_000), text: z.string() }),
  z.object({
    do: z.literal('run'),
    user: z.string(),
    channel: z.string(),
    line: z.string(),
    options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  }),
  z.object({ do: z.literal('click'), user: z.string(), message: z.string(), button: z.string() }),
  z.object({ do: z.literal('interaction'), id: z.string() }),
  z.object({ do: z.literal('messages'), channel: z.string(), after: z.string().default('0') }),
  z.object({
    do: z.literal('wait'),
    channel: z.string(),
    matching: z.string(),
    after: z.string().default('0'),
    timeoutMs: z.number().max(600_000).default(30_000),
  }),
  z.object({ do: z.literal('threads'), parent: z.string() }),
  z.object({ do: z.literal('calls'), from: z.number().int().default(0) }),
  z.object({ do: z.literal('pings') }),
  z.object({ do: z.literal('connected'), timeoutMs: z.number().max(600_000).default(30_000) }),
  z.object({
    do: z.literal('limits'),
    limits: z.record(z.string(), z.object({ limit: z.number(), perMs: z.number() })),
  }),
  z.object({ do: z.literal('latency'), ms: range, seed: z.number().default(1) }),
  z.object({ do: z.literal('fault'), on: z.string(), times: z.number().default(1), effect }),
  z.object({ do: z.literal('outage'), outage: z.enum(['none', '503', 'refuse']) }),
  z.object({ do: z.literal('calm') }),
  z.object({
    do: z.literal('gateway'),
    act: z.enum(['close', 'drop', 'reconnect', 'invalidate']),
    code: z.number().default(4000),
  }),
  z.object({ do: z.literal('keep'), messages: z.number().int().min(1), calls: z.number().int().min(1) }),
  z.object({ do: z.literal('advance'), ms: z.number().min(0) }),
]);
type Order = z.infer<typeof order>;

/** Answers `POST /_test` with a JSON order (see `order`): for benches and tests that run the server in another process. */
export async function control(
  server: DiscordServer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { body } = await readBody(request);
  const parsed = order.safeParse(body);
  let status = 200;
  let answer: unknown;
  if (!parsed.success) {
    status = 400;
    answer = { error: z.prettifyError(parsed.error) };
  } else {
    try {
      answer = await perform(server, parsed.data);
    } catch (error) {
      status = 409;
      answer = { error: error instanceof Error ? error.message : String(error) };
    }
  }
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answer ?? {}));
}

async function perform(server: DiscordServer, act: Order): Promise<unknown> {
  const { world, people, acts } = server;
  switch (act.do) {
    case 'info':
      return info(server);
    case 'seed': {
      const guild = people.guild(act.guild, person(server, act.owner, null));
      const channels = act.channels.map((name) => people.channel(guild, name).id);
      people.invite(guild);
      return { guild: guild.id, channels };
    }
    case 'channel': {
      const guild = world.guilds.get(act.guild);
      if (guild === undefined) throw new Error('no such guild');
      return { id: people.channel(guild, act.name).id };
    }
    case 'direct':
      return { id: people.direct(person(server, act.user, null)).id };
    case 'say': {
      const channel = place(server, act.channel);
      const reply = act.reply === undefined ? {} : { reply: message(server, act.reply) };
      const said = people.say(person(server, act.user, channel), channel, act.text, reply);
      return { id: said.id, at: said.createdAt };
    }
    case 'flood':
      return await flood(server, place(server, act.channel), act.messages, act.text);
    case 'run': {
      const channel = place(server, act.channel);
      const asked = acts.run(person(server, act.user, channel), channel, act.line, act.options);
      return { id: asked.interaction.id, at: asked.interaction.createdAt };
    }
    case 'click': {
      const on = message(server, act.message);
      const asked = acts.click(person(server, act.user, place(server, on.channelId)), on, act.button);
      return { id: asked.interaction.id, at: asked.interaction.createdAt };
    }
    case 'interaction': {
      const found = world.interactions.get(act.id);
      if (found === undefined) throw new Error('no such interaction');
      const { ackType, ackAt, createdAt, modal, choices, made } = found;
      return { ackType, ackAt, createdAt, modal, choices, messages: made.map(shown) };
    }
    case 'messages':
      return { messages: since(server, act.channel, act.after).map(shown) };
    case 'wait': {
      const pattern = new RegExp(act.matching, 'su');
      const mine = (one: Message) => one.authorId === world.app.user.id && pattern.test(one.content);
      return shown(
        await server.until(`/${act.matching}/`, () => since(server, act.channel, act.after).find(mine), act.timeoutMs),
      );
    }
    case 'threads': {
      const threads = [...world.channels.values()].filter((one) => one.thread !== null && one.parentId === act.parent);
      return {
        threads: threads.map((one) => ({
          id: one.id,
          name: one.name,
          ...one.thread,
          members: [...(one.thread?.members ?? [])],
        })),
      };
    }
    case 'calls':
      return { calls: server.rest.calls.slice(act.from), total: server.rest.calls.length };
    case 'pings':
      return { pings: server.pings };
    case 'connected':
      await server.connected(act.timeoutMs);
      return { sessions: server.gateway.connected.length };
    case 'limits':
      Object.assign(server.buckets.limits, act.limits);
      server.buckets.clear();
      return { limits: server.buckets.limits };
    case 'latency':
      server.faults.latency(act.ms, act.seed);
      return {};
    case 'fault':
      server.faults.add({ on: act.on, times: act.times, effect: act.effect });
      return {};
    case 'outage':
      server.faults.outage = act.outage;
      return {};
    case 'calm':
      server.faults.clear();
      return {};
    case 'gateway':
      if (act.act === 'close') server.gateway.close(act.code);
      else if (act.act === 'drop') server.gateway.drop();
      else if (act.act === 'reconnect') server.gateway.reconnect();
      else server.gateway.invalidate(false);
      return {};
    case 'keep':
      world.keepMessages = act.messages;
      server.rest.keepCalls = act.calls;
      return {};
    case 'advance':
      server.clock.advance(act.ms);
      return { now: server.clock.now() };
  }
}

/** What a parent process needs to know of a running server. */
export function info(server: DiscordServer): Wire {
  const { api, gatewayUrl, cdnUrl, token, world } = server;
  return {
    api,
    gatewayUrl,
    cdnUrl,
    token,
    control: `${new URL(api).origin}/_test`,
    botId: world.app.user.id,
    appId: world.app.id,
  };
}

/** Many messages, each by a new person. Lets the sockets breathe between batches. */
async function flood(server: DiscordServer, channel: Channel, count: number, text: string): Promise<Wire> {
  const guild = server.world.guilds.get(channel.guildId ?? '');
  for (let at = 0; at < count; at += 1) {
    const user = server.people.user(`person-${at}`);
    if (guild !== undefined) server.people.join(guild, user);
    server.people.say(user, channel, `${text} ${at}`);
    if (at % 200 === 199) await breathe();
  }
  return { messages: count };
}

function person(server: DiscordServer, user: string, channel: Channel | null): User {
  const { world, people } = server;
  const known = world.users.get(user) ?? [...world.users.values()].find((one) => one.username === user);
  const found = known ?? people.user(user);
  const guild = world.guilds.get(channel?.guildId ?? '');
  if (guild !== undefined && !guild.members.has(found.id)) people.join(guild, found);
  return found;
}

function place(server: DiscordServer, id: string): Channel {
  const channel = server.world.channels.get(id);
  if (channel === undefined) throw new Error('no such channel');
  return channel;
}

function message(server: DiscordServer, id: string): Message {
  const found = server.world.messages.get(id);
  if (found === undefined) throw new Error('no such message');
  return found;
}

function since(server: DiscordServer, channel: string, after: string): Message[] {
  return server.world.messagesIn(channel).filter((one) => BigInt(one.id) > BigInt(after));
}

function shown(one: Message): Wire {
  const {
    id,
    channelId,
    authorId,
    type,
    content,
    components,
    embeds,
    flags,
    createdAt,
    editedAt,
    deletedAt,
    history,
    threadId,
  } = one;
  const files = one.attachments.map((file) => ({ filename: file.filename, size: file.bytes.length }));
  const reactions = [...one.reactions].map(([emoji, users]) => ({ emoji, users: [...users] }));
  return {
    id,
    channelId,
    authorId,
    type,
    content,
    components,
    embeds,
    flags,
    createdAt,
    editedAt,
    deletedAt,
    history,
    threadId,
    files,
    reactions,
  };
}
