import type { ServerResponse } from 'node:http';
import * as z from 'zod';
import { shown } from './body.ts';
import { sendJson } from './http-io.ts';
import { type Json, parse } from './json.ts';
import type { Message } from './model.ts';
import type { SlackServer } from './server.ts';

const rate = z.object({ perMinute: z.number().positive(), burst: z.number().positive() }).nullable();
const bodies = {
  user: z.object({ name: z.string(), id: z.string().optional() }),
  channel: z.object({
    id: z.string().optional(),
    kind: z.enum(['public', 'private', 'im', 'mpim']).optional(),
    members: z.array(z.string()),
  }),
  dm: z.object({ user: z.string() }),
  say: z.object({ user: z.string(), channel: z.string(), text: z.string(), thread_ts: z.string().optional() }),
  command: z.object({ user: z.string(), channel: z.string(), command: z.string(), text: z.string().optional() }),
  click: z.object({ user: z.string(), channel: z.string(), ts: z.string(), control: z.string() }),
  rates: z.object({ on: z.boolean().optional(), set: z.record(z.string(), rate).optional() }),
  latency: z.object({
    method: z.string(),
    ms: z.union([z.number(), z.object({ min: z.number(), max: z.number() })]).nullable(),
  }),
  disconnect: z.object({ reason: z.enum(['warning', 'refresh_requested', 'too_many_websockets', 'link_disabled']) }),
} as const;

/**
 * The control endpoint of the standalone process. POST takes JSON: `/_test/user`, `channel`, `dm`, `say`, `command`, `click`, `rates`,
 * `latency`, `disconnect`. GET: `/_test/messages?channel=&after=` (every version of every message with the server's ms), `calls`, `pings`, `state`.
 */
export async function answerControl(
  slack: SlackServer,
  url: URL,
  body: string,
  response: ServerResponse,
): Promise<void> {
  const name = url.pathname.slice('/_test/'.length);
  try {
    const reply = await (read(slack, name, url) ?? write(slack, name, parse(body) ?? {}));
    sendJson(response, reply ? 200 : 404, reply ?? { ok: false, error: `There is no ${name} here.` });
  } catch (error) {
    sendJson(response, 400, { ok: false, error: error instanceof Error ? error.message : 'failed' });
  }
}

function read(slack: SlackServer, name: string, url: URL): Json | null {
  if (name === 'messages') {
    const after = Number(url.searchParams.get('after') ?? 0);
    const wanted = url.searchParams.get('channel');
    const channels = [...slack.world.channels.values()].filter((channel) => wanted === null || channel.id === wanted);
    const all = channels.flatMap((channel) => channel.messages);
    return { messages: all.filter((message) => Number(message.ts) > after).map(reported) };
  }
  if (name === 'calls') return { calls: [...slack.calls], refused: Object.fromEntries(slack.rates.refused) };
  if (name === 'pings') return { pings: [...slack.pings] };
  if (name === 'state') return { sockets: slack.sockets.count, waiting: slack.sockets.waiting, now: slack.clock.now() };
  return null;
}

function reported(message: Message): Json {
  const { channel, ts, threadTs, author, text, blocks, metadata, deletedAt, postedAt } = message;
  const versions = message.versions.map((version) => ({ at: version.at, via: version.via, shown: shown(version) }));
  return { channel, ts, threadTs, author, text, blocks, metadata, deletedAt, postedAt, versions };
}

async function write(slack: SlackServer, name: string, body: unknown): Promise<Json | null> {
  const { people } = slack;
  if (name === 'user') {
    const { name: called, id } = bodies.user.parse(body);
    return { id: people.user({ name: called, ...(id ? { id } : {}) }).id };
  }
  if (name === 'channel') {
    const { id, kind, members } = bodies.channel.parse(body);
    return { id: people.channel({ members, ...(id ? { id } : {}), ...(kind ? { kind } : {}) }).id };
  }
  if (name === 'dm') return { id: people.dm(bodies.dm.parse(body).user).id };
  if (name === 'say') {
    const { user, channel, text, thread_ts } = bodies.say.parse(body);
    const message = people.say(user, channel, text, thread_ts ? { thread_ts } : {});
    return { ts: message.ts, at: message.postedAt };
  }
  if (name === 'command') {
    const { user, channel, command, text } = bodies.command.parse(body);
    const { reply, refused, responseUrl } = await slack.interact.command(user, channel, command, text);
    return { reply, refused, responseUrl };
  }
  if (name === 'click') {
    const { user, channel, ts, control } = bodies.click.parse(body);
    const message = slack.world.channels.get(channel)?.messages.find((one) => one.ts === ts);
    if (!message) throw new Error('There is no such message.');
    return { reply: await slack.interact.act(user, message, control) };
  }
  return configure(slack, name, body);
}

function configure(slack: SlackServer, name: string, body: unknown): Json | null {
  if (name === 'rates') {
    const { on, set } = bodies.rates.parse(body);
    if (on !== undefined) slack.rates.on = on;
    for (const [method, value] of Object.entries(set ?? {})) slack.rates.set(method, value);
    return { on: slack.rates.on };
  }
  if (name === 'latency') {
    const { method, ms } = bodies.latency.parse(body);
    slack.faults.latency(method, ms);
    return { method };
  }
  if (name === 'disconnect') {
    slack.sockets.disconnect(bodies.disconnect.parse(body).reason);
    return { sockets: slack.sockets.count };
  }
  return null;
}
