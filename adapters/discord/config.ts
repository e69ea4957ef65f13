import * as z from 'zod';
import type { Complaint, ConfigPart } from '../../src/config/part.ts';
import { address, oneOf, onOff, optional, secret, withDefault } from '../../src/config/setting.ts';

/** Discord: on as soon as its token is set. */
export const discordConfig = {
  title: 'Discord',
  shape: {
    DISCORD_TOKEN: secret(z.string().regex(/^[\w-]{20,}\.[\w-]{4,}\.[\w-]{20,}$/, 'does not look like a bot token'), {
      meaning: 'Token of the bot. Set: Parley answers on Discord',
      example: 'MTIz….Gabc….xyz…',
      mend: 'In the developer portal: Bot, Reset Token, Copy. It is neither the public key nor the client secret',
    }),
    DISCORD_THREADS: withDefault(oneOf(['thread', 'mention', 'always']), 'thread', {
      meaning:
        'When Parley answers in its threads without being mentioned: `thread` (the person it talks with), `mention` (never), `always` (everybody)',
      example: 'mention',
      mend: 'Write thread, mention or always',
    }),
    DISCORD_PRIVATE_THREADS: withDefault(onOff, 'off', {
      meaning: 'Whether conversations in servers get private threads, seen by the asker and moderators only',
      example: 'on',
      mend: 'Write on or off',
    }),
    DISCORD_GUILD: optional(z.string().regex(/^\d{17,20}$/, 'is not the id of a server'), {
      meaning: 'Register commands in this one server only, while trying things out. Unset: everywhere',
      example: '123456789012345678',
      mend: 'Switch on Developer Mode in Discord, right-click the server, Copy Server ID',
    }),
    DISCORD_API_URL: optional(address, {
      meaning: 'Another REST base, for tests and proxies; the gateway address comes from it',
      example: 'https://discord.com/api',
      mend: 'Leave it unset',
    }),
  },
  check: (isSet): readonly Complaint[] =>
    isSet('DISCORD_TOKEN')
      ? []
      : ['DISCORD_THREADS', 'DISCORD_PRIVATE_THREADS', 'DISCORD_GUILD', 'DISCORD_API_URL']
          .filter(isSet)
          .map((setting) => ({
            setting,
            what: 'is set, but DISCORD_TOKEN is not',
            mend: 'Set DISCORD_TOKEN too, or take this away',
          })),
} satisfies ConfigPart;
