import { type Client, GatewayDispatchEvents, type Guild } from 'discord.js';
import type { Adapter, Host } from '../../src/chat/adapter.ts';
import { type Clock, systemClock } from '../../src/chat/clock.ts';
import type { CommandSpec } from '../../src/chat/commands.ts';
import { problemOf } from '../../src/chat/errors.ts';
import { messageKey, type Place } from '../../src/chat/places.ts';
import type { Secret } from '../../src/chat/secret.ts';
import { createAnswers } from './answers.ts';
import { createCatchUp, type Recent } from './catch-up.ts';
import { publishCommands } from './commands.ts';
import { CODE, codeOf, failure, unauthorized } from './errors.ts';
import { createFiles, FILE_ORIGINS } from './files.ts';
import type { OpenForm, OpenForms } from './forms.ts';
import { createGateway, type PacketName } from './gateway.ts';
import { inviteLink } from './intents.ts';
import { createInteractions } from './interactions.ts';
import { Kept } from './kept.ts';
import { channelOf, createScopes, limits } from './limits.ts';
import { createMembers } from './members.ts';
import { createMessages } from './messages.ts';
import { createParser } from './parse.ts';
import { createPlaces, NO_SERVER, PLATFORM } from './places.ts';
import { probe } from './probe.ts';
import { renderPart } from './render.ts';
import { openRest } from './rest.ts';
import { createSayings } from './sayings.ts';
import { createSurfaces } from './surfaces.ts';
import { createThreads } from './threads.ts';
import { createTyping } from './typing.ts';
import { readMessage, type WireMessage, wireDeleted } from './wire.ts';

/** What the adapter is made of. */
export interface DiscordOptions {
  readonly token: Secret;
  /** Another REST base; null for Discord's own. */
  readonly api: string | null;
  readonly privateThreads: boolean;
  /** Commands are registered in this server only; null for everywhere. */
  readonly server: string | null;
  /** Roles that the access lists name; none when not given. */
  readonly roles?: readonly string[];
  /** Whether names of private channels that people mention are passed on; not when not given. */
  readonly privateChannelNames?: boolean;
  /** Conversations in which messages may have been missed. */
  readonly recent: Recent;
  /** For the operator: what happened or failed, and more of it for whoever looks into it. */
  readonly log?: (what: string, detail: string) => void;
  readonly clock?: Clock;
  /** In [0, 1), for jitter. */
  readonly random?: () => number;
  /** Origins that files are fetched from, for tests; Discord's own when not given. */
  readonly fileOrigins?: readonly string[];
  /** How long one REST call may take, in milliseconds. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 15_000;
const FORMS_KEPT = 500;
const RENAMED = 4;

/** The Discord adapter. */
export function createDiscord(options: DiscordOptions): Adapter {
  const clock = options.clock ?? systemClock;
  const log = options.log ?? (() => undefined);
  const failed = (what: string, detail: string): void => log(`${what} failed`, detail);
  const broken = (error: unknown): void => failed('packet', problemOf(error).detail);
  let host: Host | null = null;
  let specs: readonly CommandSpec[] = [];
  let application = '';
  let over = false;
  const working = new Set<Promise<void>>();

  const rest = openRest({
    token: options.token,
    api: options.api,
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    taught: (scope, left, resetMs) => host?.budget(scope, left, resetMs),
    revoked() {
      told('fatal', unauthorized('').say);
      track(gateway.close());
    },
  });
  const gateway = createGateway({
    token: options.token,
    api: options.api,
    clock,
    random: options.random ?? Math.random,
    state: told,
    packet: (name, data) => track(packet(name, data)),
    begun: () => catchUp.run(),
    lost: () => catchUp.lost(),
    resumed: () => catchUp.resumed(),
    invited: (guild) => track(welcome(guild)),
    notice(client) {
      application = client.application.id;
      if (client.guilds.cache.size > 0) return '';
      return `The bot is in no server yet. Invite it: ${inviteLink(application, options.privateThreads)}`;
    },
    broken,
  });
  const client = (): Client<true> | null => gateway.client();
  const open = new Kept<OpenForm>(FORMS_KEPT);
  const forms: OpenForms = {
    get: (id) => open.get(id),
    keep(form, isPrivate) {
      if (open.get(form.id)?.form !== form) open.set(form.id, { form, values: new Map(), private: isPrivate });
    },
    delete: (id) => open.delete(id),
  };
  const places = createPlaces({ client, rest, privateThreads: options.privateThreads });
  const members = createMembers({ rest, client, roles: options.roles ?? [], clock });
  const parser = createParser({
    ...{ client, places, members, reads: () => gateway.content() },
    privateNames: options.privateChannelNames,
  });
  const messages = createMessages({ rest, parser });
  const answers = createAnswers({ rest, application: () => application, forms });
  const surfaces = createSurfaces({ messages, answers, places, clock });
  const threads = createThreads({ rest, messages, answers, places, client, privateThreads: options.privateThreads });
  const sayings = createSayings({ rest, messages, answers, clock });
  const typing = createTyping({ rest, clock, failed: (detail) => failed('typing', detail) });
  const origins = options.fileOrigins ?? FILE_ORIGINS;
  const files = createFiles({ rest, messages, origins, client, now: () => clock.now() });
  const interaction = createInteractions({
    answers,
    forms,
    places,
    parser,
    clock,
    host: theHost,
    commands: () => specs,
    failed,
    async elsewhere(trigger, { body, private: hidden }) {
      if (hidden) await sayings.tell(trigger.user, trigger.place, body, null);
      else await sayings.inPlace(trigger.place, body, trigger.id);
    },
  });
  const catchUp = createCatchUp({ messages, parser, clock, recent: options.recent, take: question, failed });

  /** Says how the connection is; after a fatal end nothing more. */
  function told(...[state, why]: Parameters<Host['state']>): void {
    if (over) return;
    over = state === 'fatal';
    host?.state(state, why);
  }

  function theHost(): Host {
    if (!host) throw failure('bug', 'Parley is only starting. Please try again.', 'an event before start');
    return host;
  }

  /** Work that an event began: `stop` waits for it. */
  function track(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => failed('event', problemOf(error).detail))
      .finally(() => working.delete(tracked));
    working.add(tracked);
  }

  async function packet(name: PacketName, data: unknown): Promise<void> {
    catchUp.heard();
    if (name === GatewayDispatchEvents.InteractionCreate) return interaction(data);
    if (name === GatewayDispatchEvents.MessageDelete) return deleted(data);
    const wire = readMessage(data);
    if (!wire) {
      // Changes of what Discord adds to a message carry no author; all else is malformed.
      if (name === GatewayDispatchEvents.MessageCreate) failed('message', 'malformed');
      return;
    }
    if (name === GatewayDispatchEvents.MessageUpdate) return edited(wire);
    if (parser.isOurs(wire)) return messages.posted(wire);
    if (wire.type === RENAMED) return renamed(wire);
    return question(wire);
  }

  async function question(wire: WireMessage): Promise<void> {
    const event = await parser.event(wire);
    if (!event) return;
    const answer = await theHost().accept(event);
    if (answer.do === 'say')
      await sayings.reply(event.message.ref, event.message.author.ref, answer.body, answer.private);
  }

  async function edited(wire: WireMessage): Promise<void> {
    const event = wire.edited_timestamp === null ? null : await parser.event(wire);
    if (!event) return;
    await theHost().accept({ type: 'edited', key: `${event.key}:${wire.edited_timestamp}`, message: event.message });
  }

  async function deleted(data: unknown): Promise<void> {
    const read = wireDeleted.safeParse(data).data;
    if (!read) return;
    messages.deleted(read.id);
    const place = await places.of(read.channel_id, read.guild_id ?? null);
    const ref = { place, id: read.id };
    await theHost().accept({ type: 'deleted', key: `deleted:${messageKey(ref)}`, ref });
  }

  async function renamed(wire: WireMessage): Promise<void> {
    const place = await places.of(wire.channel_id, wire.guild_id ?? null);
    if (place.thread === null) return;
    const ref = { place, id: wire.id };
    await theHost().accept({ type: 'renamed', key: `renamed:${messageKey(ref)}`, place, title: wire.content ?? '' });
  }

  /** Somebody invited the bot: a word of welcome where the server wants such words, else none. */
  async function welcome(guild: Guild): Promise<void> {
    const channel = guild.systemChannelId;
    if (channel === null) return;
    const place = await places.of(channel, guild.id);
    const key = `joined:${PLATFORM}:${guild.id}:${guild.joinedTimestamp}`;
    const answer = await theHost().accept({ type: 'joined', key, place, by: null });
    if (answer.do === 'say') await sayings.inPlace(place, answer.body, key);
  }

  return {
    name: PLATFORM,
    limits,
    async start(theirs, signal) {
      host = theirs;
      signal.addEventListener('abort', () => track(gateway.close()), { once: true });
      if (signal.aborted) await gateway.close();
      await gateway.open();
    },
    async stop() {
      typing.stopAll();
      await gateway.close();
      await catchUp.stop();
      while (working.size > 0) await Promise.all(working);
      rest.close();
    },
    render: (part, { controls }) => renderPart(part, controls),
    thread: (origin, name) => threads.thread(origin, name),
    around: (place) => places.around(place),
    openScopes: (place) => createScopes(channelOf(place)),
    async open(place, first, key, via) {
      const surface = await surfaces.open(place, first, key, via);
      typing.stop(channelOf(place));
      return surface;
    },
    reopen: async (ref) => surfaces.reopen(ref),
    async find(place, key, after) {
      const found = await messages.byKey(channelOf(place), key, after?.id ?? null);
      return found && { place, id: found.id, openedAt: found.at, via: null };
    },
    tell: (user, place, body, via) => sayings.tell(user, place, body, via),
    async react(ref, emoji, on) {
      const route =
        `/channels/${channelOf(ref.place)}/messages/${ref.id}/reactions/${encodeURIComponent(emoji)}/@me` as const;
      try {
        await rest.call({ what: on ? 'react' : 'take a reaction off', method: on ? 'PUT' : 'DELETE', route });
      } catch (error) {
        if (on || codeOf(error) !== CODE.unknownMessage) throw error;
      }
    },
    history: (place, around, limit) => messages.history(place, around, limit),
    download: (file, maxBytes) => files.download(file, maxBytes),
    upload: (place, file, key) => files.upload(place, file, key),
    async hand(user, place, file, key) {
      if (place.kind === 'direct') {
        await files.upload(place, file, key);
        return 'private';
      }
      const handed = await sayings.directly(user, async (channel) => {
        await files.upload({ platform: PLATFORM, team: NO_SERVER, channel, thread: null, kind: 'direct' }, file, key);
      });
      return handed ? 'private' : 'impossible';
    },
    probe: () => probe(rest, options.privateThreads),
    async busy(place: Place, status: string | null) {
      if (status === null) typing.stop(channelOf(place));
      else if (places.isMember(place)) typing.start(channelOf(place));
    },
    title: (place, title, by) => threads.title(place, title, by),
    openForm: (trigger, form) => answers.modal(trigger, form, 0),
    async publish(commands) {
      specs = commands;
      const changed = await publishCommands(rest, application, options.server, commands);
      if (changed) log('commands registered', `${commands.length}`);
    },
  };
}
