import { GatewayIntentBits, OAuth2Scopes, PermissionFlagsBits, PermissionsBitField } from 'discord.js';

/** What the gateway is asked for: servers and their threads, messages there and in private, and, if granted, what they say. */
export function intentsFor(content: boolean): readonly GatewayIntentBits[] {
  const always = [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages];
  return content ? [...always, GatewayIntentBits.MessageContent] : always;
}

/** What is lost without the Message Content intent, in a sentence for the operator (our reference, discord 1.3). */
export const WITHOUT_CONTENT =
  'The Message Content intent is off, so I read only direct messages and messages that mention me: in threads I must be mentioned each time, and earlier messages stay hidden from me. Switch it on in the developer portal under Bot, Privileged Gateway Intents, then restart.';

/** A permission the bot wants, Discord's own name for it, and what fails without. */
export interface Wanted {
  readonly bit: bigint;
  readonly name: string;
  readonly why: string;
}

const P = PermissionFlagsBits;

/** The least permissions to be invited with. Renaming its own threads needs none (our reference, discord 1.10). */
const WANTED: readonly Wanted[] = [
  { bit: P.ViewChannel, name: 'View Channels', why: 'to see the channels it is asked in' },
  { bit: P.SendMessages, name: 'Send Messages', why: 'to answer' },
  { bit: P.CreatePublicThreads, name: 'Create Public Threads', why: 'to give each conversation a thread' },
  { bit: P.SendMessagesInThreads, name: 'Send Messages in Threads', why: 'to answer in threads' },
  { bit: P.EmbedLinks, name: 'Embed Links', why: 'to show links under a text' },
  { bit: P.AttachFiles, name: 'Attach Files', why: 'to send files' },
  { bit: P.ReadMessageHistory, name: 'Read Message History', why: 'to read what came before a question' },
  { bit: P.AddReactions, name: 'Add Reactions', why: 'to put an emoji on questions' },
];

const PRIVATE_THREADS: Wanted = {
  bit: P.CreatePrivateThreads,
  name: 'Create Private Threads',
  why: 'to give each conversation a private thread',
};

/** The permissions that are wanted with these settings. */
export function wantedPermissions(privateThreads: boolean): readonly Wanted[] {
  return privateThreads ? [...WANTED, PRIVATE_THREADS] : WANTED;
}

/** The address that invites the bot to a server with the least permissions. */
export function inviteLink(application: string, privateThreads: boolean): string {
  const bits = wantedPermissions(privateThreads).map((wanted) => wanted.bit);
  const query = new URLSearchParams({
    client_id: application,
    scope: [OAuth2Scopes.Bot, OAuth2Scopes.ApplicationsCommands].join(' '),
    permissions: new PermissionsBitField(bits).bitfield.toString(),
  });
  return `https://discord.com/oauth2/authorize?${query}`;
}
