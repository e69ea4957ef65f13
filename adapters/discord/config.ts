import * as z from 'zod';
import { accessList, type EntryWords } from '../../src/config/access-list.ts';
import type { Complaint, ConfigPart } from '../../src/config/part.ts';
import { address, oneOf, onOff, optional, secret, withDefault } from '../../src/config/setting.ts';

const ID = /^\d{17,20}$/;

/** Entries of Discord's access lists. */
const ENTRIES = {
  server: { kind: 'team', id: ID },
  category: { kind: 'category', id: ID },
  channel: { kind: 'channel', id: ID },
  user: { kind: 'user', id: ID },
  role: { kind: 'group', id: ID },
} as const satisfies EntryWords;

/** Discord: on as soon as its token is set. */
export const discordConfig = {
  title: 'Discord',
  shape: {
    DISCORD_TOKEN: secret(z.string().regex(/^[\w-]{20,}\.[\w-]{4,}\.[\w-]{20,}$/, 'does not look like a bot token'), {
      meaning: 'Token of the bot. Set: Parley answers on Discord',
      example: 'MTIz….Gabc….xyz…',
      mend: 'In the developer portal: Bot, Reset Token, Copy. It is neither the public key nor the client secret, and stands without the word Bot',
    }),
    DISCORD_THREADS: withDefault(oneOf(['thread', 'mention', 'always']), 'thread', {
      meaning:
        'When Parley answers in its threads without being mentioned: `thread` (the person it talks with), `mention` (never), `always` (everybody)',
      example: 'mention',
      mend: 'Write thread, mention or always',
    }),
    DISCORD_PRIVATE_THREADS: onOff(
      'off',
      'Whether conversations in servers get private threads, seen by the asker and moderators only',
    ),
    DISCORD_GUILD: optional(z.string().regex(ID, 'is not the id of a server'), {
      meaning: 'Register commands in this one server only, while trying things out. Unset: everywhere',
      example: '123456789012345678',
      mend: 'Switch on Developer Mode in Discord, right-click the server, Copy Server ID',
    }),
    DISCORD_ALLOW: withDefault(accessList({ ...ENTRIES, bot: { kind: 'bot', id: ID } }), '', {
      meaning: 'Who may use Parley, and where; see “Who may use it”. Unset: everybody, everywhere',
      example: 'server:123456789012345678,role:123456789012345678',
      mend: 'Write a comma list of server:…, category:…, channel:…, user:…, role:…, bot:…, each with an id: in Discord, switch on Developer Mode, right-click, Copy ID',
    }),
    DISCORD_DENY: withDefault(accessList(ENTRIES), '', {
      meaning: 'Who may not, and where not; wins over DISCORD_ALLOW',
      example: 'channel:123456789012345678,role:123456789012345678',
      mend: 'Write a comma list of server:…, category:…, channel:…, user:…, role:…, each with an id: in Discord, switch on Developer Mode, right-click, Copy ID. Bots get no answer anyway',
    }),
    DISCORD_DIRECT_MESSAGES: onOff('on', 'Whether direct messages are answered'),
    DISCORD_API_URL: optional(address, {
      meaning: 'Another REST base, for tests and proxies; the gateway address comes from it',
      example: 'https://discord.com/api',
      mend: 'Leave it unset',
    }),
  },
  check: (isSet): readonly Complaint[] =>
    isSet('DISCORD_TOKEN')
      ? []
      : [
          'DISCORD_THREADS',
          'DISCORD_PRIVATE_THREADS',
          'DISCORD_GUILD',
          'DISCORD_ALLOW',
          'DISCORD_DENY',
          'DISCORD_DIRECT_MESSAGES',
          'DISCORD_API_URL',
        ]
          .filter(isSet)
          .map((setting) => ({
            setting,
            what: 'is set, but DISCORD_TOKEN is not',
            mend: 'Set DISCORD_TOKEN too, or take this away',
          })),
} satisfies ConfigPart;
