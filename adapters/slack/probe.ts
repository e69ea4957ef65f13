import type { Finding } from '../../src/chat/adapter.ts';
import { Failure } from '../../src/chat/errors.ts';
import { createApi } from './api.ts';
import { REQUEST_PATH } from './connect.ts';
import { groupFindings } from './groups.ts';
import { appTokenProblem, wantedScopes, whoAmI } from './identity.ts';
import { GROUP_SCOPES, mendScopes } from './scopes.ts';
import type { SlackOptions } from './slack.ts';

/** Clocks apart by more than this (ms) soon make signatures of requests look old: Slack and Bolt allow five minutes. */
const CLOCK_MS = 60_000;

/** What doctor wants to know of Slack: tokens, permissions, mode, clock. Never throws; starts nothing. */
export async function* probe(options: SlackOptions & { base: string }): AsyncGenerator<Finding> {
  const api = createApi({ token: options.botToken, base: options.base, log: options.log, refused: () => undefined });
  const who = await whoAmI(api).catch(failureOnly);
  if (who instanceof Failure) {
    yield {
      what: 'Slack bot token',
      state: 'fail',
      fact: told(who),
      mend:
        who.problem.kind === 'unauthorized'
          ? 'Copy the Bot User OAuth Token from your app’s page OAuth & Permissions into SLACK_BOT_TOKEN'
          : UNREACHED,
    };
  } else {
    yield {
      what: 'Slack bot token',
      state: 'ok',
      fact: `Accepted; the bot is ${who.name} in ${who.team}.`,
      mend: null,
    };
    const missing = wantedScopes(options).filter((scope) => !who.scopes.includes(scope.name));
    const vital = missing.some((scope) => scope.vital);
    yield missing.length === 0 || who.scopes.length === 0
      ? { what: 'Slack permissions', state: 'ok', fact: 'All that are needed are granted.', mend: null }
      : {
          what: 'Slack permissions',
          state: vital ? 'fail' : 'warn',
          fact: `Missing: ${missing.map((scope) => `${scope.name} (${scope.why})`).join('; ')}.`,
          mend: mendScopes(missing),
        };
    if (!missing.some((scope) => GROUP_SCOPES.includes(scope))) yield* groupFindings(api, options.groups ?? []);
  }
  yield await examineMode(options);
  yield await examineClock(options);
}

const UNREACHED = 'Check the network, and SLACK_API_URL if it is set';

/** Whoever reads this runs Parley: a refused token is not somebody else's to mend. */
function told({ problem: { kind, say, detail } }: Failure): string {
  return `${kind === 'unauthorized' ? 'Slack does not accept it.' : say} (${detail})`;
}

async function examineMode(options: SlackOptions & { base: string }): Promise<Finding> {
  if (!options.appToken) {
    const looks = /^[0-9a-f]{32}$/.test(options.signingSecret?.reveal() ?? '');
    return looks
      ? {
          what: 'Slack mode',
          state: 'ok',
          fact: `HTTP: Slack must reach ${REQUEST_PATH} of PARLEY_PUBLIC_URL.`,
          mend: null,
        }
      : {
          what: 'Slack signing secret',
          state: 'warn',
          fact: 'It does not look like one: those are 32 letters and digits.',
          mend: 'Copy Signing Secret from your app’s page Basic Information into SLACK_SIGNING_SECRET',
        };
  }
  const problem = await appTokenProblem(options.appToken, options.base, options);
  if (!problem) return { what: 'Slack app token', state: 'ok', fact: 'Accepted; Socket Mode works.', mend: null };
  return {
    what: 'Slack app token',
    state: 'fail',
    fact: told(problem),
    mend:
      problem.problem.kind === 'unreachable'
        ? UNREACHED
        : 'Make an App-Level Token with connections:write on Basic Information, set SLACK_APP_TOKEN, and see that Socket Mode is on',
  };
}

async function examineClock(options: SlackOptions & { base: string }): Promise<Finding> {
  const what = 'clock';
  try {
    const response = await fetch(`${options.base}api.test`, {
      method: 'POST',
      redirect: 'error',
      signal: AbortSignal.timeout(10_000),
    });
    await response.body?.cancel();
    const theirs = Date.parse(response.headers.get('date') ?? '');
    const apart = Math.round(Math.abs(theirs - options.clock.now()));
    if (Number.isNaN(apart)) return { what, state: 'warn', fact: 'Slack did not tell its time.', mend: null };
    if (apart <= CLOCK_MS) return { what, state: 'ok', fact: 'It agrees with Slack’s.', mend: null };
    const fact = `It is ${Math.round(apart / 1000)} seconds away from Slack’s, whose requests then look forged.`;
    return { what, state: 'fail', fact, mend: 'Let this machine keep its time by NTP' };
  } catch {
    return { what, state: 'warn', fact: 'Slack’s time could not be asked for.', mend: null };
  }
}

function failureOnly(error: unknown): Failure {
  if (error instanceof Failure) return error;
  throw error;
}
