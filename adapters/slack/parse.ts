import type * as z from 'zod';
import type {
  ChatEvent,
  CommandEvent,
  DeletedEvent,
  EditedEvent,
  HomeEvent,
  JoinedEvent,
  MessageEvent,
  RenamedEvent,
  Trigger,
} from '../../src/chat/events.ts';
import type { Place, UserRef } from '../../src/chat/places.ts';
import { messageKey } from '../../src/chat/places.ts';
import { RESPONSE_MS } from './limits.ts';
import { type Reader, SAID } from './messages.ts';
import type { People } from './people.ts';
import { type Channels, conversationOf } from './places.ts';
import { tokenOf } from './response.ts';
import { mentions } from './text-in.ts';
import {
  changedEvent,
  deletedEvent,
  homeEvent,
  joinedEvent,
  messageEvent,
  type messageShortcut,
  renamedEvent,
  type slashCommand,
  type WireMessageEvent,
} from './wire.ts';

/** What the parser needs to know of the workspace. */
export interface Workspace {
  readonly team: string;
  /** The bot's own user id. */
  readonly self: string;
  readonly botId: string | null;
  readonly direct: 'threads' | 'flat';
  readonly people: People;
  readonly channels: Channels;
  readonly reader: Reader;
  now(): number;
}

/** Slack's events in our words. Each throws a `Failure` when what it must know cannot be asked: the event then comes again. */
export interface Parser {
  /** Null for what does not concern us. */
  event(event: { readonly type: string }): Promise<ChatEvent | null>;
  command(wire: z.output<typeof slashCommand>, isPrivate: boolean): Promise<CommandEvent>;
  shortcut(wire: z.output<typeof messageShortcut>, name: string, isPrivate: boolean): Promise<CommandEvent>;
  trigger(options: { id: string; place: Place; user: UserRef; url: string | null; private: boolean }): Trigger;
}

/** The callback id of the message shortcut that runs a command. */
export const SHORTCUT = 'run:';

/** See {@link Parser}. */
export function createParser(workspace: Workspace): Parser {
  const { team, self, people, channels, reader } = workspace;
  const key = (...parts: string[]) => ['slack', team, ...parts].map(encodeURIComponent).join(':');

  async function said(wire: WireMessageEvent, named: boolean): Promise<MessageEvent | null> {
    // Joins or topics are nobody's question.
    if (wire.hidden || wire.user === self || (wire.subtype && !SAID.has(wire.subtype))) return null;
    const mentioned = named || mentions(wire.text ?? '', wire.blocks ?? [], self);
    // Programs are heard only when they name the bot, and answered only when the access lists say so (our reference, slack 7.2.14).
    const program = wire.bot_id ?? null;
    if (program !== null && (!mentioned || program === workspace.botId)) return null;
    if (program === null && !wire.user) return null;
    const thread = wire.thread_ts && wire.thread_ts !== wire.ts ? wire.thread_ts : null;
    const [place, author] = await Promise.all([
      channels.place(wire.channel, thread, wire.channel_type ?? null),
      program === null ? people.find(wire.user ?? '') : people.program(program, wire.username ?? null),
    ]);
    const message = await reader.message(wire, place, author);
    return {
      type: 'message',
      key: messageKey(message.ref),
      message,
      addressed: place.kind === 'direct' ? 'direct' : mentioned ? 'mention' : 'ambient',
      conversation: conversationOf(place, wire.ts, workspace.direct),
      replyTo: null,
    };
  }

  async function changed(wire: z.output<typeof changedEvent>): Promise<EditedEvent | DeletedEvent | null> {
    const { message, previous_message: before } = wire;
    if (message.bot_id || !message.user || message.user === self) return null;
    const thread = message.thread_ts && message.thread_ts !== message.ts ? message.thread_ts : null;
    const place = await channels.place(wire.channel, thread, wire.channel_type ?? null);
    // The root of a thread that has replies is not deleted but emptied.
    if (message.subtype === 'tombstone') return deletion(place, message.ts);
    // Slack also tells of unfolded links this way; what was written is then as it was.
    if (before && before.text === message.text) return null;
    const read = await reader.message(message, place, await people.find(message.user));
    return { type: 'edited', key: `${messageKey(read.ref)}:${message.edited?.ts ?? message.ts}`, message: read };
  }

  function deletion(place: Place, id: string): DeletedEvent {
    const ref = { place, id };
    return { type: 'deleted', key: `${messageKey(ref)}:deleted`, ref };
  }

  async function deleted(wire: z.output<typeof deletedEvent>): Promise<DeletedEvent | null> {
    const before = wire.previous_message;
    if (before?.bot_id || before?.user === self) return null;
    const thread = before?.thread_ts && before.thread_ts !== wire.deleted_ts ? before.thread_ts : null;
    return deletion(await channels.place(wire.channel, thread, wire.channel_type ?? null), wire.deleted_ts);
  }

  async function joined(wire: z.output<typeof joinedEvent>): Promise<JoinedEvent | null> {
    if (wire.user !== self) return null;
    channels.forget(wire.channel);
    const place = await channels.place(wire.channel, null, null);
    const by = wire.inviter ? await people.guess(wire.inviter, null) : null;
    return { type: 'joined', key: key('joined', wire.channel, wire.event_ts ?? ''), place, by };
  }

  async function home(wire: z.output<typeof homeEvent>): Promise<HomeEvent | JoinedEvent> {
    const place: Place = { platform: 'slack', team, channel: wire.channel ?? wire.user, thread: null, kind: 'direct' };
    const author = await people.find(wire.user);
    if (wire.tab === 'messages') return { type: 'joined', key: key('joined', place.channel), place, by: author };
    return { type: 'home', key: key('home', wire.user, wire.event_ts ?? ''), author, place };
  }

  async function renamed(wire: z.output<typeof renamedEvent>): Promise<RenamedEvent | null> {
    if (wire.user === self) return null;
    const place = await channels.place(wire.channel, wire.thread_ts, null);
    return {
      type: 'renamed',
      key: key('renamed', wire.channel, wire.thread_ts, wire.event_ts ?? ''),
      place,
      title: wire.title,
    };
  }

  function trigger(options: {
    id: string;
    place: Place;
    user: UserRef;
    url: string | null;
    private: boolean;
  }): Trigger {
    return {
      platform: 'slack',
      id: options.id,
      place: options.place,
      user: options.user,
      token: tokenOf(options.id, options.url),
      expiresAt: workspace.now() + RESPONSE_MS,
      private: options.private,
    };
  }

  return {
    trigger,
    async event(event) {
      switch (event.type) {
        case 'app_mention':
          return said(messageEvent.parse(event), true);
        case 'message': {
          const subtype = 'subtype' in event ? event.subtype : undefined;
          if (subtype === 'message_changed') return changed(changedEvent.parse(event));
          if (subtype === 'message_deleted') return deleted(deletedEvent.parse(event));
          return said(messageEvent.parse(event), false);
        }
        case 'member_joined_channel':
          return joined(joinedEvent.parse(event));
        case 'app_home_opened':
          return home(homeEvent.parse(event));
        case 'agent_session_title_changed':
          return renamed(renamedEvent.parse(event));
        default:
          return null;
      }
    },
    async command(wire, isPrivate) {
      const [author, place, text] = await Promise.all([
        people.find(wire.user_id),
        channels.place(wire.channel_id, null, null),
        reader.line(wire.text),
      ]);
      return {
        type: 'command',
        key: key('command', wire.trigger_id),
        trigger: trigger({ id: wire.trigger_id, place, user: author.ref, url: wire.response_url, private: isPrivate }),
        author,
        place,
        name: wire.command.slice(1),
        options: {},
        text,
        files: [],
        target: null,
      };
    },
    async shortcut(wire, name, isPrivate) {
      const { message, channel } = wire;
      const [author, place] = await Promise.all([people.find(wire.user.id), channels.place(channel.id, null, null)]);
      const inThread =
        message.thread_ts && message.thread_ts !== message.ts ? { ...place, thread: message.thread_ts } : place;
      const target = await reader.message(message, inThread);
      // The answer stands where people talk about the message: in its thread.
      const conversation = conversationOf(inThread, message.ts, workspace.direct);
      return {
        type: 'command',
        key: key('shortcut', wire.trigger_id),
        trigger: trigger({
          id: wire.trigger_id,
          place: conversation,
          user: author.ref,
          url: wire.response_url,
          private: isPrivate,
        }),
        author,
        place: conversation,
        name,
        options: {},
        text: '',
        files: [],
        target,
      };
    },
  };
}
