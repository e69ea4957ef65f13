import { Failure, type Problem, type ProblemKind, problemOf } from '../chat/errors.ts';
import type { Secret } from '../chat/secret.ts';
import { type OpenWebUI, withKey } from '../openwebui/connection.ts';
import { type Account, whoAmI } from '../openwebui/server.ts';

/** Nobody waits longer in front of the form. */
const LOOK_MS = 10_000;

/** Whose key this is. Throws a `Failure` that says what to do and never repeats the key: it may be none, another server's, or of an account that waits. */
export async function checkKey(server: OpenWebUI, key: Secret): Promise<Account> {
  if (!/^sk-[\w-]{8,250}$/.test(key.reveal()))
    throw refusal('invalid', 'That is no API key of Open WebUI: they begin with “sk-” and have no spaces.');
  let account: Account;
  try {
    account = await whoAmI({ ...withKey(server, key), timeoutMs: LOOK_MS });
  } catch (error) {
    throw explained(problemOf(error));
  }
  if (account.role === 'pending') throw waiting();
  return account;
}

function explained(problem: Problem): Failure {
  const { kind, detail } = problem;
  if (kind === 'unauthorized')
    return refusal(
      kind,
      'Our Open WebUI does not know that key. It may be another server’s, or have been replaced by a newer one. Make one there: Settings, Account, API keys.',
      detail,
    );
  if (kind === 'forbidden' && /api key/i.test(detail))
    return refusal(
      kind,
      'Open WebUI does not let you use API keys yet. An administrator there must switch on “API Keys” in its settings and give your group the permission “API Keys” (Features).',
      detail,
    );
  // Newer servers tell a key of somebody who waits nothing at all; a path that is closed to keys is a 403.
  if (kind === 'forbidden' && /→ 401/.test(detail)) return waiting();
  return new Failure(problem);
}

function waiting(): Failure {
  return refusal(
    'forbidden',
    'Your account in Open WebUI still waits to be accepted. Ask an administrator there, and link it afterwards.',
  );
}

function refusal(kind: ProblemKind, say: string, detail = 'a key that cannot be linked'): Failure {
  return new Failure({ kind, retry: { when: 'never' }, say, detail });
}
