import type { Finding } from '../chat/adapter.ts';
import { problemOf } from '../chat/errors.ts';
import { account } from '../nextcloud/account.ts';
import { apiOf } from '../nextcloud/api.ts';
import type { Nextcloud } from '../nextcloud/connection.ts';
import { reasonOf } from '../nextcloud/errors.ts';
import { capabilities, status } from '../nextcloud/server.ts';
import { taskTypes } from '../nextcloud/task-types.ts';

const WHAT = 'Nextcloud';

/** What doctor wants to know of the team's Nextcloud. Never throws. */
export async function* examineNextcloud(nc: Nextcloud): AsyncGenerator<Finding> {
  try {
    const now = await status(nc);
    if (now.maintenance) {
      yield fail(
        `${nc.url} is being maintained (version ${now.version}).`,
        'Wait until it is over, or end it there: occ maintenance:mode --off',
      );
      return;
    }
    const { version } = await capabilities(nc);
    yield ok(WHAT, `${nc.url} answers, version ${version.text}.`);
  } catch (error) {
    yield unreached(nc.url, error);
    return;
  }
  try {
    const user = await account(nc);
    yield ok('app password', `Accepted. The account is ${user.name} (${user.id}).`);
  } catch (error) {
    const reason = reasonOf(error) ?? '';
    const fact = reason === 'credential' ? REFUSED : problemOf(error).say;
    yield { ...fail(fact, APP_PASSWORD[reason] ?? 'Look at Nextcloud’s log'), what: 'app password' };
    return;
  }
  yield* examineTasks(nc);
}

async function* examineTasks(nc: Nextcloud): AsyncGenerator<Finding> {
  try {
    const api = await apiOf(nc);
    const types = (await taskTypes(nc)).filter((type) => !type.internal);
    const how = api === 'taskprocessing' ? 'TaskProcessing' : 'the older TextProcessing (texts only, no progress)';
    if (types.length > 0) yield ok('AI tasks', `${types.length} kinds of task through ${how}.`);
    else
      yield {
        what: 'AI tasks',
        state: 'warn',
        fact: `No kind of task is offered to this account through ${how}.`,
        mend: 'Install an app in Nextcloud that does them, and allow them under Administration settings, Artificial intelligence',
      };
  } catch (error) {
    yield {
      ...fail(problemOf(error).say, 'Nextcloud 30 or later is best; 27.1 is the oldest that works'),
      what: 'AI tasks',
    };
  }
}

/** Why the server does not answer, and what to look at: whoever reads this has set it up, so "try again" is no advice. */
function unreached(url: string, error: unknown): Finding {
  const { fact, mend } = UNREACHED[reasonOf(error) ?? ''] ?? { fact: problemOf(error).say, mend: 'Look at its log' };
  return fail(`${fact} (${problemOf(error).detail})`, `NEXTCLOUD_URL is ${url}. ${mend}`);
}

const RUNS =
  'Check the address (http or https, the port), that the server runs, and that this machine may reach it (name, network, firewall)';
const FRONT = 'Check that the server runs; a web server or proxy in front of it answers in its place';

const UNREACHED: Readonly<Record<string, { readonly fact: string; readonly mend: string }>> = {
  'no-connection': { fact: 'It cannot be reached.', mend: RUNS },
  timeout: { fact: 'It does not answer in time.', mend: RUNS },
  cut: { fact: 'It breaks the connection.', mend: RUNS },
  tls: {
    fact: 'No safe connection comes about: its certificate is not valid for this machine, or it speaks no https there.',
    mend: 'Check that the name in the address stands in the certificate and that it has not expired; for an authority of your own, set NODE_EXTRA_CA_CERTS to its file',
  },
  unavailable: { fact: 'It is not up.', mend: FRONT },
  'server-error': { fact: 'It has a problem of its own.', mend: 'Look at its log' },
  'not-nextcloud': {
    fact: 'Something answers there, but not as Nextcloud does.',
    mend: 'Write the address as the browser shows it, with the folder that Nextcloud is installed in, if there is one',
  },
  redirect: {
    fact: 'It sends callers on to another address.',
    mend: 'Write the address that the browser ends up at, with https',
  },
  'untrusted-host': {
    fact: 'It does not know itself by this address.',
    mend: 'Write the name that people use, or add this one there: occ config:system:set trusted_domains',
  },
};

/** What people read of it tells them to connect their own account, which mends nothing of the service account. */
const REFUSED = 'Nextcloud does not accept NEXTCLOUD_APP_PASSWORD for NEXTCLOUD_USER.';

const APP_PASSWORD: Readonly<Record<string, string>> = {
  credential:
    'Make a new app password in Nextcloud as that account: Settings, Security, Devices & sessions; check NEXTCLOUD_USER',
  'brute-force': 'Wait, or let this address in again: occ security:bruteforce:reset <address>',
};

function ok(what: string, fact: string): Finding {
  return { what, state: 'ok', fact, mend: null };
}

function fail(fact: string, mend: string): Finding {
  return { what: WHAT, state: 'fail', fact, mend };
}
