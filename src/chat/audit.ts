/**
 * What is told in the log, whatever else is: acts that change who may do what, or what is there of somebody. The words behind each
 * say what `who` and `on` are; docs/security.md lists them from here.
 */
export const AUDITED = {
  'account linked': 'a person linked their Open WebUI account; `on` is the account',
  'account unlinked': 'a person took their Open WebUI account away',
  'Nextcloud connected': 'a person confirmed their Nextcloud account',
  'Nextcloud disconnected': 'a person took their Nextcloud account away',
  'person forgotten': 'a person had everything deleted that Parley kept of them',
  'chats deleted': 'a person had their chats in Open WebUI deleted; `count` of them',
  'prompt made': 'a prompt was made or imported; `on` is the prompt, `count` how many an import made',
  'prompt changed': 'a prompt was changed, renamed, switched on or off, or given an earlier text',
  'prompt deleted': 'a prompt or one of its versions was deleted',
  'prompt shared': 'who may use a prompt was changed',
  'prompts exported': 'a person got a file with prompts; `count` of them',
  'answer stopped': 'an admin stopped somebody else’s answer or task; `on` is the job',
  'answer asked again': 'an admin had somebody else’s question answered, or task done, again; `on` is the job',
  'admin key allowed': 'Parley began with `OPENWEBUI_ALLOW_ADMIN_KEY=on`; nobody in particular did it',
  'access refused': 'a person was refused, at most once in ten minutes for each person and place; `on` is the place',
} as const;

/** The name of such an act. */
export type Audited = keyof typeof AUDITED;

/** One of them. Ids only: no text, no name, no secret. */
export interface AuditLine {
  /** `userKey` of the person; null where nobody in particular did it. */
  readonly who: string | null;
  readonly what: Audited;
  /** The id of what it was done to; null for oneself. */
  readonly on: string | null;
  readonly result: 'done' | 'refused' | 'failed' | 'partly';
  readonly count?: number;
}

/** Writes one line. Never throws. */
export type Audit = (line: AuditLine) => void;
