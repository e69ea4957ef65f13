import type { Client } from 'discord.js';
import { MessageReferenceType, MessageType } from 'discord.js';
import type { MessageEvent } from '../../src/chat/events.ts';
import type { FileRef, Message, Person } from '../../src/chat/messages.ts';
import type { Place } from '../../src/chat/places.ts';
import { messageKey } from '../../src/chat/places.ts';
import type { Members } from './members.ts';
import type { Places } from './places.ts';
import { EVERYWHERE, PLATFORM } from './places.ts';
import { plainText, wholeText, withoutMention } from './text-in.ts';
import type { WireAttachment, WireMember, WireMessage, WirePlainMessage, WireUser } from './wire.ts';

/** Turns what Discord sends into the words of the port. */
export interface Parser {
  person(user: WireUser, member: WireMember | null, locale?: string | null): Person;
  /** A message as it stands in this place. */
  message(wire: WireMessage | WirePlainMessage, place: Place): Message;
  /** Whoever did something, with the roles that access lists may name. Throws a `Failure` when those cannot be told. */
  author(user: WireUser, member: WireMember | null, guild: string | null, locale: string | null): Promise<Person>;
  /** A new message as an event, or null for what is no question: the bot's own, other programs', system messages. */
  event(wire: WireMessage): Promise<MessageEvent | null>;
  /** A message of ours. */
  isOurs(wire: WirePlainMessage): boolean;
}

/** What stands in place of a private channel's name, where models and chats elsewhere would read it. */
const PRIVATE_NAME = 'private-channel';

/** Messages that people write; everything else are notices of Discord's own (our reference, discord 5). */
const WRITTEN: ReadonlySet<number> = new Set([
  MessageType.Default,
  MessageType.Reply,
  MessageType.ChatInputCommand,
  MessageType.ContextMenuCommand,
]);

/** See {@link Parser}. */
export function createParser(options: {
  client(): Client<true> | null;
  places: Places;
  members: Members;
  /** Names of private channels may be told. */
  privateNames?: boolean | undefined;
  /** Whether messages that do not name the bot come with what they say. */
  reads(): boolean;
}): Parser {
  const { places } = options;
  const me = () => options.client()?.user.id ?? '';

  /** The role that belongs to the bot alone: people take it for the bot itself when they type its name. */
  function ownRole(guild: string | null): string | null {
    const roles = guild === null ? null : options.client()?.guilds.cache.get(guild)?.roles;
    return roles?.botRoleFor(me())?.id ?? null;
  }

  function person(user: WireUser, member: WireMember | null, locale: string | null = null): Person {
    return {
      ref: { platform: PLATFORM, team: EVERYWHERE, id: user.id },
      name: member?.nick || user.global_name || user.username,
      email: null,
      locale,
      timezone: null,
      bot: user.bot ?? false,
      guest: false,
      stranger: false,
      groups: member?.roles ?? [],
    };
  }

  function clean(text: string, wire: WirePlainMessage): string {
    const client = options.client();
    const people = new Map((wire.mentions ?? []).map((one) => [one.id, person(one, one.member).name]));
    return plainText(text, {
      user: (id) => people.get(id) ?? (id === me() ? (client?.user.displayName ?? null) : null),
      role: (id) => client?.guilds.cache.get(wire.guild_id ?? '')?.roles.cache.get(id)?.name ?? null,
      channel: (id) => {
        const channel = client?.channels.cache.get(id);
        if (!channel || !('name' in channel)) return null;
        return places.isOpen(channel) || options.privateNames ? (channel.name ?? null) : PRIVATE_NAME;
      },
    });
  }

  function message(wire: WireMessage | WirePlainMessage, place: Place): Message {
    const role = ownRole(wire.guild_id);
    const mine = [me(), ...(role === null ? [] : [role])];
    const own = clean(
      withoutMention(wholeText(wire.content ?? '', wire.embeds ?? [], wire.components ?? []), mine),
      wire,
    );
    const stickers = (wire.sticker_items ?? []).map((sticker) => `(sticker: ${sticker.name})`);
    const forwarded = (wire.message_snapshots ?? []).map(({ message: snapshot }) =>
      quoted(clean(wholeText(snapshot.content ?? '', snapshot.embeds ?? [], snapshot.components ?? []), wire)),
    );
    const attached = [
      ...(wire.attachments ?? []),
      ...(wire.message_snapshots ?? []).flatMap((one) => one.message.attachments ?? []),
    ];
    return {
      ref: { place, id: wire.id },
      author: { ...person(wire.author, wire.member), ...(wire.webhook_id && wire.author.id !== me() && { bot: true }) },
      text: [own, ...forwarded, ...stickers].filter((text) => text !== '').join('\n\n'),
      files: attached.map(fileOf),
      at: Date.parse(wire.timestamp) || 0,
      ours: wire.author.id === me(),
    };
  }

  async function author(user: WireUser, member: WireMember | null, guild: string | null, locale: string | null) {
    const groups = member?.roles ?? (await options.members.rolesOf(user.id, guild));
    return { ...person(user, member, locale), groups };
  }

  /** Whether a message speaks to the bot. Writing to everyone is not writing to it. */
  function names(wire: WireMessage): boolean {
    const role = ownRole(wire.guild_id);
    return (
      (wire.mentions ?? []).some((one) => one.id === me()) ||
      (role !== null && (wire.mention_roles ?? []).includes(role)) ||
      (wire.type === MessageType.Reply && wire.referenced_message?.author.id === me())
    );
  }

  return {
    person,
    author,
    message,
    isOurs: (wire) => wire.author.id === me(),
    async event(wire) {
      if (!WRITTEN.has(wire.type) || wire.author.id === me()) return null;
      const guild = wire.guild_id ?? null;
      const program = wire.author.bot === true || wire.webhook_id !== null;
      const named = names(wire);
      // Programs are heard only when they name the bot, and answered only when the access lists say so.
      if (program && (guild === null || !named)) return null;
      const place = await options.places.of(
        wire.channel_id,
        guild,
        guild === null ? { type: wire.channel_type ?? 1, parent: null } : null,
      );
      const to = place.kind === 'direct' ? 'direct' : named ? 'mention' : 'ambient';
      const read = message(wire, place);
      // Outside of threads a message that does not name the bot belongs to no conversation of its own: nobody need hear of it.
      if (to === 'ambient' && place.thread === null) return null;
      // Without the intent such messages come empty; nobody has asked nothing.
      if (to === 'ambient' && (!options.reads() || (read.text === '' && read.files.length === 0))) return null;
      const { groups } = program ? read.author : await author(wire.author, wire.member, guild, null);
      const conversation = options.places.canThread(place) ? { ...place, thread: wire.id } : place;
      const forward = wire.message_reference?.type === MessageReferenceType.Forward;
      const replied = forward ? null : wire.referenced_message;
      return {
        type: 'message',
        key: messageKey(read.ref),
        message: { ...read, author: { ...read.author, groups } },
        addressed: to,
        conversation,
        replyTo: replied ? message({ ...replied, guild_id: guild }, place) : null,
      };
    },
  };
}

function quoted(text: string): string {
  return ['Forwarded message:', ...text.split('\n').map((line) => `> ${line}`)].join('\n');
}

/** The handle of an attachment: its link, which is renewed when it has expired. */
export function fileOf(file: WireAttachment): FileRef {
  return {
    platform: PLATFORM,
    id: file.id,
    name: file.filename,
    type: file.content_type?.split(';', 1)[0]?.trim() || 'application/octet-stream',
    size: file.size,
    token: file.url,
  };
}
