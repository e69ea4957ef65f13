import * as z from 'zod';
import { accessList, type EntryWords } from '../../src/config/access-list.ts';
import type { ConfigPart } from '../../src/config/part.ts';
import { address, oneOf, onOff, optional, secret, withDefault } from '../../src/config/setting.ts';

/** A token of Slack's with its usual beginning, so that one pasted into the wrong line is noticed before anything starts. */
const token = (prefix: string) =>
  z
    .string()
    .trim()
    .regex(new RegExp(`^${prefix}-\\S+$`), `does not begin with ${prefix}-`);

/** An id as Slack makes them: a letter for its kind, then capitals and digits. */
const id = (letters: string) => new RegExp(`^[${letters}][A-Z0-9]{2,}$`);

/** Entries of Slack's access lists. Enterprise organisations have ids with other first letters. */
const ENTRIES = {
  team: { kind: 'team', id: id('TE') },
  channel: { kind: 'channel', id: id('CG') },
  user: { kind: 'user', id: id('UW') },
  group: { kind: 'group', id: id('S') },
} as const satisfies EntryWords;

/** Slack's settings. */
export const slackConfig = {
  title: 'Slack',
  shape: {
    SLACK_BOT_TOKEN: secret(token('xoxb'), {
      meaning: 'Bot User OAuth Token of your Slack app. Set: Parley joins that workspace',
      example: 'xoxb-…',
      mend: 'Copy Bot User OAuth Token from your app’s page OAuth & Permissions',
    }),
    SLACK_APP_TOKEN: secret(token('xapp'), {
      meaning: 'App-Level Token with `connections:write`: Socket Mode, which needs no public address',
      example: 'xapp-…',
      mend: 'Make one on your app’s page Basic Information, App-Level Tokens, with the scope connections:write',
    }),
    SLACK_SIGNING_SECRET: secret(
      z
        .string()
        .trim()
        .regex(/^(?!x(?:ox[a-z]|app)-)\S{8,}$/, 'is not a signing secret'),
      {
        meaning: 'Signing Secret of your Slack app: HTTP mode, used when no app token is set',
        example: '32 letters and digits',
        mend: 'Copy Signing Secret from your app’s page Basic Information',
      },
    ),
    SLACK_API_URL: optional(address, {
      meaning: 'Another base of Slack’s Web API, for tests and proxies',
      example: 'https://slack.com/api',
      mend: 'Leave it unset to use Slack’s own',
    }),
    SLACK_THREADS: withDefault(oneOf(['thread', 'mention', 'always']), 'thread', {
      meaning:
        'When Parley answers in a thread without being mentioned anew: `thread` while one person talks with it, `mention` never, `always` everything',
      example: 'mention',
      mend: 'Write thread, mention or always',
    }),
    SLACK_DIRECT: withDefault(oneOf(['threads', 'flat']), 'threads', {
      meaning: 'Direct messages: each begins a thread (`threads`), or all are one conversation (`flat`)',
      example: 'flat',
      mend: 'Write threads or flat',
    }),
    SLACK_ALLOW: withDefault(accessList({ ...ENTRIES, bot: { kind: 'bot', id: id('B') } }), '', {
      meaning: 'Who may use Parley, and where; see “Who may use it”. Unset: every member, everywhere',
      example: 'channel:C0123ABCD,group:S0123ABCD',
      mend: 'Write a comma list of team:T…, channel:C…, user:U…, group:S…, bot:B…, with ids as Slack shows them',
    }),
    SLACK_DENY: withDefault(accessList(ENTRIES), '', {
      meaning: 'Who may not, and where not; wins over SLACK_ALLOW',
      example: 'channel:C0123ABCD,user:U0123ABCD',
      mend: 'Write a comma list of team:T…, channel:C…, user:U…, group:S…, with ids as Slack shows them. Bots get no answer anyway',
    }),
    SLACK_DIRECT_MESSAGES: onOff('on', 'Whether direct messages are answered'),
    SLACK_GUESTS: onOff('off', 'Whether guests of the workspace are answered'),
    SLACK_STRANGERS: onOff(
      'off',
      'Whether people of other organisations in shared channels (Slack Connect) are answered',
    ),
  },
  check(isSet) {
    const keys = isSet('SLACK_APP_TOKEN') || isSet('SLACK_SIGNING_SECRET');
    if (isSet('SLACK_BOT_TOKEN') && !keys) {
      return [
        {
          setting: 'SLACK_APP_TOKEN',
          what: 'is missing, but SLACK_BOT_TOKEN is set',
          mend: 'Set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for HTTP mode',
        },
      ];
    }
    if (keys && !isSet('SLACK_BOT_TOKEN')) {
      return [
        {
          setting: 'SLACK_BOT_TOKEN',
          what: 'is missing, but another Slack token is set',
          mend: 'Copy Bot User OAuth Token from your app’s page OAuth & Permissions',
        },
      ];
    }
    return [];
  },
} satisfies ConfigPart;
