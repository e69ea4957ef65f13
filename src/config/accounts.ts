import * as z from 'zod';
import type { Complaint, ConfigPart } from './part.ts';
import { oneOf, onOff, secret, withDefault } from './setting.ts';

/** 32 bytes in base64, in either alphabet, padded or not. */
export const SECRET_KEY = /^[A-Za-z0-9+/_-]{43}=?$/;

/** Whose account of Open WebUI asks for whom. */
export const accountsConfig = {
  title: 'Accounts',
  shape: {
    PARLEY_UNLINKED: withDefault(oneOf(['service', 'match', 'require']), 'service', {
      meaning:
        'People who have not linked an account of their own (`/link`): `service` answers them with the account of OPENWEBUI_API_KEY, `match` (Slack only) does so when their e-mail address has an account in Open WebUI, `require` asks them to link first',
      example: 'require',
      mend: 'Write service, match or require',
    }),
    OPENWEBUI_ALLOW_ADMIN_KEY: onOff(
      'off',
      'Whether OPENWEBUI_API_KEY may be an admin’s. Off: it is refused, since it would show everybody every model and every prompt',
    ),
    PARLEY_SECRET_KEY_OLD: secret(
      z
        .string()
        .refine((text) => text.split(',').every((key) => SECRET_KEY.test(key.trim())), 'is not a list of secret keys'),
      {
        meaning:
          'Former values of PARLEY_SECRET_KEY, as a comma list: what they sealed is sealed anew at the next start, after which they can go',
        example: 'the key before the present one',
        mend: 'Write the former keys as they were, with commas between them',
      },
    ),
  },
  check(isSet, written) {
    const complaints: Complaint[] = [];
    if (isSet('PARLEY_SECRET_KEY_OLD') && !isSet('PARLEY_SECRET_KEY')) {
      const mend = 'Set PARLEY_SECRET_KEY to the new key';
      complaints.push({ setting: 'PARLEY_SECRET_KEY_OLD', what: 'is set, but PARLEY_SECRET_KEY is not', mend });
    }
    const policy = written('PARLEY_UNLINKED');
    const wrong = (what: string, mend: string) => complaints.push({ setting: 'PARLEY_UNLINKED', what, mend });
    if (policy === 'require' && !isSet('PARLEY_SECRET_KEY'))
      wrong(
        'is require, but without PARLEY_SECRET_KEY nobody can link an account',
        'Set PARLEY_SECRET_KEY, made with: openssl rand -base64 32',
      );
    if (policy === 'match') {
      const others = isSet('DISCORD_TOKEN') || isSet('SLACK_BOT_TOKEN');
      const page = written('PARLEY_LOCAL') ?? 'auto';
      const silent = [
        ...(isSet('DISCORD_TOKEN') ? ['Discord'] : []),
        ...(page === 'on' || (page === 'auto' && !others) ? ['the local page'] : []),
      ];
      if (silent.length > 0)
        wrong(
          `is match, but ${silent.join(' and ')} cannot tell people’s e-mail addresses: only Slack can`,
          'Write service or require, or connect Slack alone',
        );
    }
    return complaints;
  },
} satisfies ConfigPart;
