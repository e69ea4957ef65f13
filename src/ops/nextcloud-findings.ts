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
    yield fail(problemOf(error).say, `Check NEXTCLOUD_URL (${nc.url}) and that the server runs`);
    return;
  }
  try {
    const user = await account(nc);
    yield ok('app password', `Accepted. The account is ${user.name} (${user.id}).`);
  } catch (error) {
    const { say } = problemOf(error);
    yield { ...fail(say, APP_PASSWORD[reasonOf(error) ?? ''] ?? 'Look at Nextcloud’s log'), what: 'app password' };
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
