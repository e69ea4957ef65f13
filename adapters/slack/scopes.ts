/** A permission of the bot, and what it is for: the manifest, the checks at start and `docs/slack.md` come from this list. */
export interface Scope {
  readonly name: string;
  readonly why: string;
  /** Without it nothing works: the adapter does not start. */
  readonly vital: boolean;
}

/** The fewest permissions with which everything works. */
export const SCOPES: readonly Scope[] = [
  { name: 'app_mentions:read', why: 'hear when somebody mentions it', vital: false },
  { name: 'channels:history', why: 'read the thread it is asked about, in public channels it is in', vital: false },
  { name: 'channels:read', why: 'know public channels by name and whether it is in them', vital: false },
  { name: 'chat:write', why: 'answer, and show that it is thinking', vital: true },
  { name: 'commands', why: 'slash commands and message shortcuts', vital: false },
  { name: 'files:read', why: 'read files that people attach to their questions', vital: false },
  { name: 'files:write', why: 'post pictures and long answers as files', vital: false },
  { name: 'groups:history', why: 'the same as channels:history, in private channels it is in', vital: false },
  { name: 'groups:read', why: 'the same as channels:read, for private channels', vital: false },
  { name: 'im:history', why: 'read what people write to it directly', vital: false },
  { name: 'im:read', why: 'know its direct conversations', vital: false },
  { name: 'im:write', why: 'write to somebody directly when it cannot answer where they asked', vital: false },
  { name: 'mpim:history', why: 'the same as channels:history, in group conversations it is in', vital: false },
  { name: 'mpim:read', why: 'know group conversations it is in', vital: false },
  { name: 'reactions:write', why: 'put an emoji on a question', vital: false },
  {
    name: 'users:read',
    why: 'know names, languages and time zones, and tell guests and strangers from members',
    vital: true,
  },
];

/** Further permissions when access lists name user groups: not in the manifest, since few need it. */
export const GROUP_SCOPES: readonly Scope[] = [
  { name: 'usergroups:read', why: 'know who is in the user groups of SLACK_ALLOW and SLACK_DENY', vital: true },
];

/** Further permissions when people are known by their e-mail addresses: not in the manifest either. */
export const EMAIL_SCOPES: readonly Scope[] = [
  {
    name: 'users:read.email',
    why: 'find people in Open WebUI by their e-mail address, for PARLEY_UNLINKED=match',
    vital: true,
  },
];

/** What to do about permissions that are missing. The last words of a sentence. */
export function mendScopes(missing: readonly Scope[]): string {
  const isFurther = (scope: Scope) => GROUP_SCOPES.includes(scope) || EMAIL_SCOPES.includes(scope);
  const further = missing.filter(isFurther).map((scope) => scope.name);
  const paste = 'Paste manifest.yml on your app’s page App Manifest, save, and install the app again';
  const add = `Add ${further.join(' and ')} on your app’s page OAuth & Permissions, under Bot Token Scopes, and install the app again`;
  if (further.length === 0) return paste;
  if (further.length === missing.length && missing.every((scope) => GROUP_SCOPES.includes(scope)))
    return `${add}; or take the entries group:… away`;
  return further.length === missing.length ? add : `${paste}. ${add}`;
}

/** Further permissions for an app that Slack shows as an agent. */
export const AGENT_SCOPES: readonly Scope[] = [
  { name: 'assistant:write', why: 'name the threads of an agent', vital: false },
];
