import { directChannel } from './access.ts';
import type { Json } from './json.ts';
import { edit, messageEvent, place, remove } from './messages.ts';
import type { Channel, Message, StoredFile, User } from './model.ts';
import { react } from './reacting.ts';
import { addChannel, addUser, type ChannelSeed, type UserSeed } from './seed.ts';
import { storeFile } from './uploads.ts';
import { fileJson, viewJson } from './wire.ts';
import { typedBlocks } from './wordings.ts';
import { changed, findMessage, nextId, nextTs, threadState, type World } from './world.ts';

/** A file somebody attaches: new bytes, or one that is stored already. `claimedSize` lies about its size. */
export type FileSeed =
  | StoredFile
  | { name: string; mimetype?: string; bytes: Uint8Array | string; claimedSize?: number; checkInfo?: boolean };

/** How a message is sent. `also` are further fields of the event (`app_context`, `bot_id`, `subtype` …). */
export interface SayOptions {
  thread_ts?: string;
  files?: readonly FileSeed[];
  subtype?: string;
  broadcast?: boolean;
  also?: Json;
}

/** What people do that reaches the app as events. Users and channels are given by id or as the object. */
export interface People {
  user(seed: UserSeed): User;
  channel(seed: ChannelSeed): Channel;
  /** A user group with these people in it; its id. */
  group(members: readonly (User | string)[]): string;
  /** The direct messages between this person and the bot. */
  dm(user: User | string): Channel;
  /** Says something in wire text (`<@U…>`, `&amp;`). A mention of the bot outside DMs also sends `app_mention`, in either order. */
  say(user: User | string, channel: Channel | string, text: string, options?: SayOptions): Message;
  /** Takes up a file that this person puts into a form, as its field holds it. */
  file(user: User | string, file: FileSeed): Json;
  edit(message: Message, text: string): void;
  remove(message: Message): void;
  react(user: User | string, message: Message, name: string, on?: boolean): void;
  /** Opens the bot's Home (or Messages) tab. */
  openHome(user: User | string, tab?: 'home' | 'messages'): void;
  /** Lets the bot into a channel (`member_joined_channel`). */
  invite(user: User | string, channel: Channel | string): void;
  /** Takes the bot out of a channel. */
  kick(channel: Channel | string): void;
  archive(channel: Channel | string): void;
  /** Presses Slack's own stop button on a streaming thread (`agent_session_stopped`). */
  stopStream(user: User | string, message: Message): void;
  /** Renames an agent session (`agent_session_title_changed`). */
  renameSession(user: User | string, channel: Channel | string, ts: string, title: string): void;
  /** Removes the app from the workspace: the token dies, `tokens_revoked` and `app_uninstalled` are sent. */
  uninstall(): void;
  /** Sends any event. */
  event(event: Json): void;
}

/** The id of something given by id or as the object. */
export const idOf = (given: { readonly id: string } | string): string => (typeof given === 'string' ? given : given.id);

/** The people's side of a world. `revoke` is what happens to the token when the app is removed. */
export function createPeople(world: World, revoke: () => void): People {
  const channelOf = (given: Channel | string): Channel => {
    const channel = world.channels.get(idOf(given));
    if (!channel) throw new Error(`There is no channel ${idOf(given)}.`);
    return channel;
  };

  function attach(user: string, file: FileSeed): StoredFile {
    if ('shares' in file) return file;
    const bytes = typeof file.bytes === 'string' ? Buffer.from(file.bytes) : file.bytes;
    return storeFile(world, { ...file, bytes, user });
  }

  const people: People = {
    user: (seed) => addUser(world, seed),
    channel: (seed) => addChannel(world, seed),
    group(members) {
      const id = nextId(world, 'S');
      world.groups.set(id, new Set(members.map(idOf)));
      return id;
    },
    dm: (user) => directChannel(world, idOf(user)),
    say(user, given, text, options = {}) {
      const channel = channelOf(given);
      const author = idOf(user);
      const files = (options.files ?? []).map((file) => attach(author, file));
      const mentioned = text.includes(`<@${world.bot.id}`) && channel.kind !== 'im';
      const botId = world.users.get(author)?.botId ?? null;
      const subtype = options.subtype ?? (files.length > 0 ? 'file_share' : null);
      const draft = { author, text, via: 'people', threadTs: options.thread_ts ?? null, subtype, botId, files };
      const blocks = typedBlocks(text, nextId(world, 'b'));
      const message = place(world, channel, { ...draft, blocks, broadcast: options.broadcast ?? false });
      const stranger = world.users.get(author)?.stranger ? { user_team: 'T0OTHER01', source_team: 'T0OTHER01' } : {};
      const event: Json = {
        ...messageEvent(world, channel, message),
        client_msg_id: `${message.ts}-client`,
        ...stranger,
        ...options.also,
      };
      const { subtype: _subtype, channel_type: _type, ...plain } = event;
      const twins: Json[] = mentioned ? [event, { ...plain, type: 'app_mention' }] : [event];
      // Slack promises no order between the twins.
      if (world.random() < 0.5) twins.reverse();
      for (const twin of twins) world.publish(twin, { external: channel.shared });
      changed(world);
      return message;
    },
    file: (user, file) => fileJson(world, attach(idOf(user), file)),
    edit(message, text) {
      const blocks = typedBlocks(text, nextId(world, 'b'));
      edit(world, channelOf(message.channel), message, { text, blocks, via: 'people', mark: true });
    },
    remove: (message) => remove(world, channelOf(message.channel), message),
    react(user, message, name, on = true) {
      const refused = react(world, message, idOf(user), name, on);
      if (refused) throw new Error(`The reaction was refused: ${refused}.`);
    },
    openHome(user, tab = 'home') {
      const id = idOf(user);
      const home = [...world.views.values()].find((view) => view.type === 'home' && view.user === id);
      const channel = directChannel(world, id).id;
      const view = home && tab === 'home' ? { view: viewJson(world, home) } : {};
      world.publish({ type: 'app_home_opened', user: id, channel, tab, event_ts: nextTs(world), ...view });
    },
    invite(user, given) {
      const channel = channelOf(given);
      channel.members.add(world.bot.id);
      const kind = channel.kind === 'private' ? 'G' : 'C';
      const who = { user: world.bot.id, inviter: idOf(user), team: world.teamId };
      const event = {
        type: 'member_joined_channel',
        ...who,
        channel: channel.id,
        channel_type: kind,
        event_ts: nextTs(world),
      };
      world.publish(event, { external: channel.shared });
      changed(world);
    },
    kick(given) {
      channelOf(given).members.delete(world.bot.id);
      changed(world);
    },
    archive(given) {
      const channel = channelOf(given);
      world.publish({ type: 'channel_archive', channel: channel.id, user: '', event_ts: nextTs(world) });
      channel.archived = true;
      changed(world);
    },
    stopStream(user, message) {
      const thread_ts = message.threadTs ?? message.ts;
      const root = findMessage(world, message.channel, thread_ts);
      const streams = channelOf(message.channel).messages.filter(
        (one) => one.stream?.state === 'in_progress' && (one.threadTs ?? one.ts) === (root?.ts ?? thread_ts),
      );
      for (const one of streams) if (one.stream) one.stream.stoppedByUser = true;
      for (const one of streams) if (one.stream) one.stream.state = 'completed';
      const streaming = streams.map((one) => one.ts);
      const place = { channel: message.channel, thread_ts, user: idOf(user) };
      world.publish({
        type: 'agent_session_stopped',
        ...place,
        streaming_message_ts: streaming,
        event_ts: nextTs(world),
      });
      changed(world);
    },
    renameSession(user, given, ts, title) {
      const channel = channelOf(given).id;
      threadState(world, channel, ts).title = title;
      const place = { channel, thread_ts: ts, user: idOf(user), title };
      world.publish({ type: 'agent_session_title_changed', ...place, event_ts: nextTs(world) });
    },
    uninstall() {
      revoke();
      world.publish({ type: 'tokens_revoked', tokens: { oauth: [], bot: [world.bot.id] }, event_ts: nextTs(world) });
      world.publish({ type: 'app_uninstalled', event_ts: nextTs(world) });
    },
    event: (event) => world.publish(event),
  };
  return people;
}
