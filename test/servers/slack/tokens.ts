import { Refusal } from './refusal.ts';

/** The state of the two tokens of the app. */
export interface Tokens {
  readonly bot: string;
  readonly app: string;
  /** What a call with the bot (or app) token is answered; null when the token is good. */
  state: Record<'bot' | 'app', null | 'token_revoked' | 'account_inactive' | 'invalid_auth'>;
}

/** Checks the token of a call for a method that wants this kind; throws Slack's error. */
export function checkToken(tokens: Tokens, given: string, wanted: 'bot' | 'app' | 'any'): void {
  if (given === '') throw new Refusal('not_authed');
  const kind = given === tokens.bot ? 'bot' : given === tokens.app ? 'app' : null;
  if (!kind) throw new Refusal('invalid_auth');
  const state = tokens.state[kind];
  if (state) throw new Refusal(state);
  if (wanted !== 'any' && wanted !== kind) throw new Refusal('not_allowed_token_type');
}
