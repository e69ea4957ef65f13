import * as z from 'zod';
import { SECRET_KEY } from './accounts.ts';
import type { ConfigPart } from './part.ts';
import { together } from './part.ts';
import { address, list, oneOf, onOff, optional, secret, withDefault } from './setting.ts';

const text = z.string().min(1, 'is empty');

/** Open WebUI: the server that answers. */
export const openWebUIConfig = {
  title: 'Open WebUI',
  shape: {
    OPENWEBUI_URL: optional(address, {
      meaning: 'Address of your Open WebUI. Unset: the built-in demo stand-in answers',
      example: 'https://chat.example.org',
      mend: 'Give the address you open in the browser, such as https://chat.example.org',
    }),
    OPENWEBUI_API_KEY: secret(z.string().regex(/^\S+$/, 'has a space or is empty'), {
      meaning: 'API key of the account that Parley asks with',
      example: 'sk-…',
      mend: 'In Open WebUI: Settings, Account, API Key, Create new secret key. An admin must have switched on API keys',
    }),
    OPENWEBUI_MODEL: optional(text, {
      meaning: 'Model that answers when nobody has chosen one. Unset: the first that the server lists',
      example: 'llama3.1:8b',
      mend: 'Give the id of a model as Open WebUI lists it',
    }),
  },
  check: (isSet) => [
    ...together(isSet, ['OPENWEBUI_URL', 'OPENWEBUI_API_KEY'], 'Set both, or neither to try the demo'),
    ...(isSet('OPENWEBUI_MODEL') && !isSet('OPENWEBUI_URL') && !isSet('OPENWEBUI_API_KEY')
      ? [
          {
            setting: 'OPENWEBUI_MODEL',
            what: 'is set, but OPENWEBUI_URL is not',
            mend: 'Set OPENWEBUI_URL and OPENWEBUI_API_KEY too',
          },
        ]
      : []),
  ],
} satisfies ConfigPart;

/** Parley itself. */
export const parleyConfig = {
  title: 'Parley',
  shape: {
    PARLEY_STORE: withDefault(text, 'sqlite:data/parley.db', {
      meaning: 'Where everything durable stands',
      example: 'sqlite:data/parley.db',
      mend: 'Give sqlite: and a file, such as sqlite:data/parley.db',
    }),
    PARLEY_CACHE: optional(text, {
      meaning: 'A Keyv address for what may be lost. Unset: memory',
      example: 'redis://localhost:6379',
      mend: 'Leave it unset to use memory',
    }),
    PARLEY_SECRET_KEY: secret(z.string().regex(SECRET_KEY, 'is not 32 bytes in base64'), {
      meaning:
        'Seals the keys of accounts that people link, and other tokens that the store keeps. Unset: nobody can link an account, and a private answer that is open during a restart is lost',
      example: '32 random bytes in base64',
      mend: 'Make one with: openssl rand -base64 32',
    }),
    PARLEY_LISTEN: withDefault(
      z
        .string()
        .transform((written) => /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(written.trim()))
        .refine((match) => match !== null && Number(match[3]) < 65_536, 'is not an address and a port')
        .transform((match) => ({ host: match?.[1] ?? (match?.[2] || '0.0.0.0'), port: Number(match?.[3] ?? 0) })),
      '127.0.0.1:3210',
      {
        meaning: 'Address and port of the page and of /livez and /readyz',
        example: '0.0.0.0:3210',
        mend: 'Give an address and a port, such as 127.0.0.1:3210',
      },
    ),
    PARLEY_PUBLIC_URL: optional(address, {
      meaning: 'How others reach Parley, when it is not on this machine only',
      example: 'https://parley.example.org',
      mend: 'Give the address that people open, such as https://parley.example.org',
    }),
    PARLEY_TOKEN: secret(
      z
        .string()
        .min(8, 'is shorter than 8 characters')
        .regex(/^[\w.~-]+$/, 'may only hold letters, digits and - _ . ~'),
      {
        meaning: 'Token of the local page. Unset: made up at each start and printed',
        example: 'a long random word',
        mend: 'Make one with: openssl rand -hex 16, or leave it unset',
      },
    ),
    PARLEY_LOCAL: withDefault(oneOf(['auto', 'on', 'off']), 'auto', {
      meaning: 'The local page: `auto` (on when no platform is set), `on`, `off`',
      example: 'on',
      mend: 'Write auto, on or off',
    }),
    PARLEY_ADMINS: withDefault(
      list.refine(
        (entries) => entries.every((entry) => /^[a-z]+:\S+$/.test(entry)),
        'has an entry that is not platform:id',
      ),
      '',
      {
        meaning: 'Who may stop and change what others asked for',
        example: 'slack:U123,discord:456',
        mend: 'Write a comma list such as slack:U123,discord:456',
      },
    ),
    PARLEY_COMMAND_PREFIX: withDefault(
      z
        .string()
        .regex(
          /^([a-z][a-z0-9-]{0,11})?$/,
          'is not a short word of lower-case letters, digits and hyphens that begins with a letter',
        ),
      '',
      {
        meaning: 'What stands before the name of each command, so that two bots do not collide: `ai-` makes `/ai-ask`',
        example: 'ai-',
        mend: 'Give at most 12 lower-case letters, digits and hyphens, such as ai-',
      },
    ),
    PARLEY_TIMEZONE: withDefault(
      z.string().refine((zone) => zone === '' || isZone(zone), 'is not a time zone'),
      '',
      {
        meaning: 'Time zone of dates in prompts where the platform does not tell the person’s. Unset: the machine’s',
        example: 'Europe/Berlin',
        mend: 'Give a zone such as Europe/Berlin',
      },
    ),
    PARLEY_TITLES: onOff('on', 'Whether conversations get a title from the model'),
    PARLEY_EMOJI: onOff('on', 'Whether the first question gets an emoji'),
    PARLEY_FOLLOW_UPS: onOff('on', 'Whether answers offer follow-up questions'),
    LOG_LEVEL: withDefault(oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']), 'info', {
      meaning: 'How much is logged',
      example: 'debug',
      mend: 'Write one of fatal, error, warn, info, debug, trace, silent',
    }),
  },
  check: () => [],
} satisfies ConfigPart;

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
