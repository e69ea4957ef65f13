import { GatewayIntentBits } from 'discord.js';
import { describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { closeAfter } from '../../close-after.ts';
import type { DiscordServer } from '../discord/server.ts';
import { isWire, type Wire } from '../discord/wire.ts';
import { clientFor, login, usualIntents } from './client.ts';
import { stage } from './stage.ts';

/** A bare client: everything received, in order. */
class Wired {
  readonly frames: Wire[] = [];
  readonly closed: Promise<number>;
  readonly #socket: WebSocket;
  #wake: () => void = () => undefined;

  constructor(server: DiscordServer) {
    this.#socket = new WebSocket(`${server.gatewayUrl}?v=10&encoding=json`);
    this.closed = new Promise((resolve) => this.#socket.on('close', resolve));
    this.#socket.on('error', () => undefined);
    this.#socket.on('message', (data) => {
      this.frames.push(JSON.parse(String(data)));
      this.#wake();
    });
    closeAfter(async () => this.#socket.terminate());
  }

  send(op: number, d: unknown): void {
    this.#socket.send(JSON.stringify({ op, d }));
  }

  text(text: string): void {
    this.#socket.send(text);
  }

  drop(): void {
    this.#socket.terminate();
  }

  /** The first frame of this op (and event, and kind) that has come or comes. */
  async frame(op: number, name?: string, fits: (d: Wire) => boolean = () => true): Promise<Wire> {
    for (;;) {
      const found = this.frames.find(
        (one) => one.op === op && (name === undefined || one.t === name) && (!isWire(one.d) || fits(one.d)),
      );
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

const all = usualIntents.reduce((sum, one) => sum | one, 0);
const identity = (server: DiscordServer, intents: number = all) => ({ token: server.token, intents, properties: {} });

async function identified(server: DiscordServer, intents?: number): Promise<{ wired: Wired; ready: Wire }> {
  const wired = new Wired(server);
  await wired.frame(10);
  wired.send(2, identity(server, intents));
  const { d } = await wired.frame(0, 'READY');
  return { wired, ready: isWire(d) ? d : {} };
}

describe('sessions', () => {
  test('HELLO, READY, GUILD_CREATE, heartbeats and their ACK', async () => {
    const { server, guild } = await stage();
    const { wired, ready } = await identified(server);
    expect(ready).toMatchObject({ v: 10, guilds: [{ id: guild.id, unavailable: true }] });
    expect((await wired.frame(0, 'GUILD_CREATE')).d).toMatchObject({ id: guild.id, name: 'Home' });
    wired.send(1, 2);
    await wired.frame(11);
  });

  test('a resume replays what was missed and then says RESUMED', async () => {
    const { server, ann, channel } = await stage();
    const { wired, ready } = await identified(server);
    const guild = await wired.frame(0, 'GUILD_CREATE');
    wired.drop();
    await wired.closed;
    server.people.say(ann, channel, 'while you were away');
    const again = new Wired(server);
    await again.frame(10);
    again.send(6, { token: server.token, session_id: ready.session_id, seq: guild.s });
    expect((await again.frame(0, 'MESSAGE_CREATE')).d).toMatchObject({ content: 'while you were away' });
    await again.frame(0, 'RESUMED');
  });

  test('unknown sessions get op 9 false; a sequence from the future closes with 4007', async () => {
    const { server } = await stage();
    const { wired, ready } = await identified(server);
    const lost = new Wired(server);
    await lost.frame(10);
    lost.send(6, { token: server.token, session_id: 'gone', seq: 1 });
    expect((await lost.frame(9)).d).toBe(false);
    wired.drop();
    const early = new Wired(server);
    await early.frame(10);
    early.send(6, { token: server.token, session_id: ready.session_id, seq: 999 });
    expect(await early.closed).toBe(4007);
  });

  test.each([
    [
      'a wrong token',
      4004,
      (wired: Wired, server: DiscordServer) => wired.send(2, { ...identity(server), token: 'no' }),
    ],
    [
      'intents that do not exist',
      4013,
      (wired: Wired, server: DiscordServer) => wired.send(2, identity(server, 1 << 30)),
    ],
    ['intents not granted', 4014, (wired: Wired, server: DiscordServer) => wired.send(2, identity(server, 1 << 1))],
    [
      'a wrong shard',
      4010,
      (wired: Wired, server: DiscordServer) => wired.send(2, { ...identity(server), shard: [2, 2] }),
    ],
    ['speaking before identifying', 4003, (wired: Wired) => wired.send(3, {})],
    ['no JSON', 4002, (wired: Wired) => wired.text('{')],
    ['more than 4096 bytes', 4002, (wired: Wired) => wired.text(JSON.stringify({ op: 3, d: 'x'.repeat(4096) }))],
  ])('%s closes with %i', async (_, code, act) => {
    const { server } = await stage();
    const wired = new Wired(server);
    await wired.frame(10);
    act(wired, server);
    expect(await wired.closed).toBe(code);
  });

  test.each([
    ['identifying twice', 4005, (wired: Wired, server: DiscordServer) => wired.send(2, identity(server))],
    ['an unknown opcode', 4001, (wired: Wired) => wired.send(42, {})],
    [
      'more than 120 frames a minute',
      4008,
      (wired: Wired) => {
        for (let at = 0; at < 121; at += 1) wired.send(1, null);
      },
    ],
  ])('%s closes with %i', async (_, code, act) => {
    const { server } = await stage();
    const { wired } = await identified(server);
    act(wired, server);
    expect(await wired.closed).toBe(code);
  });

  test('another API version closes with 4012; starts that are used up cost the token', async () => {
    const { server } = await stage();
    const old = new WebSocket(`${server.gatewayUrl}?v=9`);
    expect(await new Promise((resolve) => old.on('close', resolve))).toBe(4012);
    server.gateway.startLimit.remaining = 0;
    const wired = new Wired(server);
    await wired.frame(10);
    wired.send(2, identity(server));
    expect(await wired.closed).toBe(4004);
    expect(server.world.app.tokenRevoked).toBe(true);
  });
});

describe('what a session gets', () => {
  test('only events of its intents', async () => {
    const { server, ann, channel } = await stage();
    const { wired } = await identified(server, GatewayIntentBits.Guilds | GatewayIntentBits.DirectMessages);
    server.people.say(ann, channel, 'not for you');
    server.people.say(ann, server.people.direct(ann), 'for you');
    expect((await wired.frame(0, 'MESSAGE_CREATE')).d).toMatchObject({ content: 'for you', channel_type: 1 });
  });

  test('without Message Content: blank, but for mentions, its own messages and direct ones', async () => {
    const { server, ann, channel, send } = await stage();
    const { wired } = await identified(server, all & ~GatewayIntentBits.MessageContent);
    const me = server.world.app.user.id;
    const hidden = server.people.say(ann, channel, 'secret', { files: [{ name: 'a', bytes: 'x' }] });
    await send('mine');
    server.people.say(ann, server.people.direct(ann), 'direct');
    server.people.say(ann, channel, `<@${me}> see`, { reply: hidden, replyPing: false });
    await server.until('the last', () => server.world.messagesIn(channel.id).length === 3);
    await wired.frame(0, 'MESSAGE_CREATE');
    wired.send(1, null);
    await wired.frame(11);
    const got = wired.frames.filter((one) => one.t === 'MESSAGE_CREATE').map((one) => one.d);
    expect(got).toMatchObject([
      { content: '', attachments: [] },
      { content: 'mine' },
      { content: 'direct' },
      { content: `<@${me}> see`, referenced_message: { content: '' } },
    ]);
  });

  test('nothing from channels it cannot see', async () => {
    const { server, ann, channel, guild } = await stage();
    const { wired } = await identified(server);
    server.people.forbid(channel, 'ViewChannel');
    server.people.say(ann, channel, 'hidden');
    server.people.say(ann, server.people.channel(guild, 'open'), 'seen');
    expect((await wired.frame(0, 'MESSAGE_CREATE')).d).toMatchObject({ content: 'seen' });
  });

  test('edits, deletions, reactions, threads and their changes', async () => {
    const { server, ann, channel } = await stage();
    const { wired } = await identified(server);
    const said = server.people.say(ann, channel, 'a');
    server.people.edit(said, 'b');
    server.people.react(ann, said, '👍');
    server.people.unreact(ann, said, '👍');
    const thread = server.people.thread(ann, channel, 't', { on: said });
    server.people.change(thread, { locked: true });
    server.people.deleteChannel(thread);
    server.people.delete(said);
    await wired.frame(0, 'MESSAGE_DELETE');
    const names = wired.frames.map((one) => one.t).filter((one) => one !== null && one !== undefined);
    expect(names.slice(2)).toEqual([
      'MESSAGE_CREATE',
      'MESSAGE_UPDATE',
      'MESSAGE_REACTION_ADD',
      'MESSAGE_REACTION_REMOVE',
      'THREAD_CREATE',
      'MESSAGE_UPDATE',
      'MESSAGE_CREATE',
      'THREAD_UPDATE',
      'THREAD_DELETE',
      'MESSAGE_DELETE',
    ]);
  });

  test('a forward carries a snapshot', async () => {
    const { server, ann, bob, channel } = await stage();
    const { wired } = await identified(server);
    const source = server.people.say(ann, channel, 'look');
    server.people.say(bob, server.people.direct(bob), '', { forward: source });
    const got = await wired.frame(0, 'MESSAGE_CREATE', (d) => Array.isArray(d.message_snapshots));
    expect(got.d).toMatchObject({
      content: '',
      message_reference: { type: 1, message_id: source.id },
      message_snapshots: [{ message: { content: 'look' } }],
    });
  });
});

describe('the real client in trouble', () => {
  test.each([
    ['TCP loss', (server: DiscordServer) => server.gateway.drop()],
    ['op 7', (server: DiscordServer) => server.gateway.reconnect()],
    ['op 9 true', (server: DiscordServer) => server.gateway.invalidate(true)],
    ['close 4000', (server: DiscordServer) => server.gateway.close(4000)],
  ])('%s: it resumes and gets what it missed', async (_, hurt) => {
    const { server, ann, channel } = await stage();
    const client = await login(server);
    const heard = new Promise<string>((resolve) => client.on('messageCreate', (message) => resolve(message.content)));
    hurt(server);
    server.people.say(ann, channel, 'missed');
    expect(await heard).toBe('missed');
    await server.until('the resume', () => server.gateway.notes.some((one) => one.what === 'resume'));
  });

  test('no ACKs: it leaves the zombie connection and resumes', async () => {
    const { server, ann, channel } = await stage({ heartbeatMs: 60 });
    const client = await login(server);
    const heard = new Promise<string>((resolve) => client.on('messageCreate', (message) => resolve(message.content)));
    server.gateway.zombie = true;
    server.people.say(ann, channel, 'into the void');
    await server.until('the way out', () => server.gateway.notes.some((one) => one.what === 'close'));
    server.gateway.zombie = false;
    expect(await heard).toBe('into the void');
  });

  test('the grant withdrawn: login fails with "Used disallowed intents"', async () => {
    const { server } = await stage({ messageContent: false });
    await expect(clientFor(server).login(server.token)).rejects.toThrow('disallowed intents');
  });

  test('a gateway that refuses is tried again, and found when it is back', async () => {
    const { server } = await stage();
    server.gateway.refuse = 'hello';
    const client = clientFor(server);
    const ready = new Promise((resolve) => client.once('clientReady', resolve));
    void client.login(server.token).catch(() => undefined);
    await server.until('a refusal', () => server.gateway.notes.some((one) => one.what === 'close'));
    server.gateway.refuse = 'none';
    await ready;
  });
});
