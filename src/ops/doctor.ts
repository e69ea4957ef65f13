import type { UnlinkedPolicy } from '../accounts/accounts.ts';
import { countLinks } from '../accounts/links.ts';
import type { Adapter, Finding } from '../chat/adapter.ts';
import { problemOf } from '../chat/errors.ts';
import type { OpenWebUI } from '../openwebui/connection.ts';
import { listModels } from '../openwebui/models.ts';
import { version, whoAmI } from '../openwebui/server.ts';
import { taskConfig } from '../openwebui/tasks.ts';
import type { Store } from '../store/port.ts';
import type { Vault } from '../store/vault.ts';

/** What doctor looks at. `openStore` is tried, not assumed: a store that cannot be opened is a finding. */
export interface Patient {
  openStore(): Promise<Store>;
  readonly storeAddress: string;
  readonly server: OpenWebUI;
  /** Set when the server is the built-in stand-in. */
  readonly standIn: boolean;
  readonly model: string | null;
  readonly vault: Vault;
  /** Who is answered without an account of their own. */
  readonly unlinked: UnlinkedPolicy;
  readonly allowAdminKey: boolean;
  readonly adapters: readonly Adapter[];
}

/** Looks at everything, one finding a line, each with its mend. Never throws; changes nothing but a row in the store. */
export async function* examine(patient: Patient): AsyncGenerator<Finding> {
  yield ok('configuration', 'All settings are right.');
  yield patient.vault.lasting
    ? ok('linking', `People can link their own accounts with /link. ${UNLINKED[patient.unlinked]} ${PERMISSIONS}`)
    : warn(
        'PARLEY_SECRET_KEY',
        'Not set: nobody can link an account of their own, and a private answer that is open during a restart is lost.',
        'Make one with: openssl rand -base64 32',
      );
  yield* examineStore(patient);
  yield* examineServer(patient);
  for (const adapter of patient.adapters) yield* adapter.probe();
}

const UNLINKED: Record<UnlinkedPolicy, string> = {
  service: 'The others are answered with the account of OPENWEBUI_API_KEY.',
  match: 'The others are answered when their e-mail address has an account in Open WebUI.',
  require: 'The others are asked to.',
};

/** Whether others may make keys cannot be seen with one's own. */
const PERMISSIONS =
  'For a key of their own, people need two things in Open WebUI: Settings, Authentication, API Keys switched on (up to 0.10: Admin Panel, Settings, General); and their group’s permission Features, API Keys.';

async function* examineStore({ openStore, storeAddress, vault }: Patient): AsyncGenerator<Finding> {
  try {
    const store = await openStore();
    await store.check();
    const links = await countLinks(store.links, vault);
    await store.close();
    yield ok('store', `${storeAddress} can be written.`);
    if (links.closed > 0)
      yield warn(
        'linked accounts',
        `${links.closed} of ${links.all} cannot be opened: they were sealed with another PARLEY_SECRET_KEY.`,
        'Set PARLEY_SECRET_KEY_OLD to that key, or let people link anew',
      );
    else if (links.all > 0) yield ok('linked accounts', `${links.all}, and all can be opened.`);
  } catch (error) {
    // An address of another kind may hold a password.
    const shown = storeAddress.startsWith('sqlite:') ? ` (${storeAddress})` : '';
    yield fail('store', problemOf(error).say, `Look at PARLEY_STORE${shown}`);
  }
}

async function* examineServer({ server, standIn, model, allowAdminKey }: Patient): AsyncGenerator<Finding> {
  if (standIn) {
    yield warn('Open WebUI', 'Not set: the built-in demo stand-in answers.', 'Set OPENWEBUI_URL and OPENWEBUI_API_KEY');
  }
  try {
    const known = await version(server, { refresh: true });
    yield ok('Open WebUI', `${server.url} answers, version ${known.version}.`);
  } catch (error) {
    const problem = problemOf(error);
    const isOther = problem.kind === 'missing' || problem.kind === 'malformed';
    const fact = isOther ? 'Something answers there, but not as Open WebUI does.' : 'It cannot be reached.';
    const plain = problem.detail.includes('ERR_SSL_WRONG_VERSION_NUMBER');
    yield plain
      ? fail(
          'Open WebUI',
          `What answers at ${server.url} speaks http, not https.`,
          'Write http:// in OPENWEBUI_URL, or the port where it speaks https',
        )
      : fail(
          'Open WebUI',
          `${fact} (${problem.detail})`,
          `Check OPENWEBUI_URL (${server.url})${isOther ? '' : ', that the server runs, and that this machine may reach it'}`,
        );
    return;
  }
  const account = await whoAmI(server).catch(problemOf);
  if ('say' in account) {
    const off = account.kind === 'forbidden';
    yield fail(
      'API key',
      account.kind === 'unauthorized'
        ? 'Open WebUI does not accept OPENWEBUI_API_KEY; it may have been replaced.'
        : account.say,
      off
        ? 'In Open WebUI, as an admin: Settings, Authentication, API Keys (up to 0.10: Admin Panel, Settings, General); and give the account’s group the permission Features, API Keys'
        : 'As that account in Open WebUI: Settings, Account, API Key, Create new secret key; and set it as OPENWEBUI_API_KEY',
    );
    return;
  }
  yield ok('API key', `Accepted; API keys are enabled. The account is ${account.name} (${account.role}).`);
  if (account.role === 'admin') {
    const mend = 'Use the key of an ordinary account that only sees what your team may use';
    yield allowAdminKey
      ? warn(
          'key’s role',
          'It is an admin’s key, as OPENWEBUI_ALLOW_ADMIN_KEY allows: everybody sees every model.',
          mend,
        )
      : fail(
          'key’s role',
          'It is an admin’s key, which would show everybody every model and every prompt: it is not used.',
          `${mend}, or set OPENWEBUI_ALLOW_ADMIN_KEY=on`,
        );
  }
  yield* examineModels(server, model);
}

async function* examineModels(server: OpenWebUI, model: string | null): AsyncGenerator<Finding> {
  const models = await listModels(server).catch(problemOf);
  if ('say' in models) {
    yield fail('models', models.say, 'Look at Open WebUI’s log');
    return;
  }
  if (models.length === 0)
    yield fail('models', 'The account sees no model.', 'Give it access to one in Open WebUI: Workspace, Models');
  else
    yield ok('models', `${models.length} ${models.length === 1 ? 'model' : 'models'}, the first is ${models[0]?.id}.`);
  if (model !== null && !models.some((one) => one.id === model)) {
    yield fail(
      'OPENWEBUI_MODEL',
      `The server does not list “${model}”.`,
      `Write an id that it lists, such as ${models
        .slice(0, 5)
        .map(({ id }) => id)
        .join(', ')}`,
    );
  }
  const tasks = await taskConfig(server).catch(problemOf);
  if ('say' in tasks) {
    yield warn(
      'task model',
      `Its settings cannot be read: ${tasks.say}`,
      'Titles and emoji may be missing; nothing else is lost',
    );
    return;
  }
  const off = [!tasks.titles && 'titles', !tasks.followUps && 'follow-up questions'].filter((one) => one !== false);
  const chosen = tasks.externalModel ?? tasks.localModel;
  const fact = chosen
    ? `${chosen} writes titles and follow-up questions.`
    : 'The model of each chat writes its own title and follow-up questions.';
  yield off.length === 0
    ? ok('task model', fact)
    : warn(
        'task model',
        `Open WebUI has switched off ${off.join(' and ')}.`,
        'Admin settings, Interface, if you want them',
      );
}

/** A wrong setting as a finding. */
export function complaintFinding({ setting, what, mend }: { setting: string; what: string; mend: string }): Finding {
  return fail(setting, `It ${what}.`, mend);
}

/** Whether all is well enough to start. */
export function isWell(findings: readonly Finding[]): boolean {
  return findings.every((finding) => finding.state !== 'fail');
}

/** The findings as one JSON document: `{well, findings}`. */
export function reportOf(findings: readonly Finding[]): string {
  return `${JSON.stringify({ well: isWell(findings), findings }, null, 2)}\n`;
}

/** A finding as it is printed in a terminal: the mend on a line of its own. */
export function findingLine({ what, state, fact, mend }: Finding): string {
  const mark = { ok: 'ok  ', warn: 'note', fail: 'FAIL' }[state];
  return `${mark}  ${what}: ${fact}${mend ? `\n      ${/[.?!]$/.test(mend) ? mend : `${mend}.`}` : ''}`;
}

function ok(what: string, fact: string): Finding {
  return { what, state: 'ok', fact, mend: null };
}

function warn(what: string, fact: string, mend: string): Finding {
  return { what, state: 'warn', fact, mend };
}

function fail(what: string, fact: string, mend: string): Finding {
  return { what, state: 'fail', fact, mend };
}
