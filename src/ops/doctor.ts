import type { Adapter, Finding } from '../chat/adapter.ts';
import { problemOf } from '../chat/errors.ts';
import type { OpenWebUI } from '../openwebui/connection.ts';
import { listModels } from '../openwebui/models.ts';
import { version, whoAmI } from '../openwebui/server.ts';
import { taskConfig } from '../openwebui/tasks.ts';
import type { Store } from '../store/port.ts';

/** What doctor looks at. `openStore` is tried, not assumed: a store that cannot be opened is a finding. */
export interface Patient {
  openStore(): Promise<Store>;
  readonly storeAddress: string;
  readonly server: OpenWebUI;
  /** Set when the server is the built-in stand-in. */
  readonly standIn: boolean;
  readonly model: string | null;
  readonly linking: boolean;
  readonly adapters: readonly Adapter[];
}

/** Looks at everything, one finding a line, each with its mend. Never throws; changes nothing but a row in the store. */
export async function* examine(patient: Patient): AsyncGenerator<Finding> {
  yield ok('configuration', 'All settings are right.');
  if (!patient.linking) {
    yield warn(
      'PARLEY_SECRET_KEY',
      'Not set: a private answer that is open during a restart is lost.',
      'Make one with: openssl rand -base64 32',
    );
  }
  yield await examineStore(patient);
  yield* examineServer(patient);
  for (const adapter of patient.adapters) yield* adapter.probe();
}

async function examineStore({ openStore, storeAddress }: Patient): Promise<Finding> {
  try {
    const store = await openStore();
    await store.check();
    await store.close();
    return ok('store', `${storeAddress} can be written.`);
  } catch (error) {
    return fail('store', problemOf(error).say, 'Check PARLEY_STORE and who may write there');
  }
}

async function* examineServer({ server, standIn, model }: Patient): AsyncGenerator<Finding> {
  if (standIn) {
    yield warn('Open WebUI', 'Not set: the built-in demo stand-in answers.', 'Set OPENWEBUI_URL and OPENWEBUI_API_KEY');
  }
  try {
    const known = await version(server, { refresh: true });
    yield ok('Open WebUI', `${server.url} answers, version ${known.version}.`);
  } catch (error) {
    yield fail('Open WebUI', problemOf(error).say, `Check OPENWEBUI_URL (${server.url}) and that the server runs`);
    return;
  }
  const account = await whoAmI(server).catch(problemOf);
  if ('say' in account) {
    const off = account.kind === 'forbidden';
    yield fail(
      'API key',
      account.say,
      off
        ? 'In Open WebUI: Admin settings, General, Enable API keys; and give the account’s group the permission'
        : 'Make a new key in Open WebUI: Settings, Account, API keys',
    );
    return;
  }
  yield ok('API key', `Accepted; API keys are enabled. The account is ${account.name} (${account.role}).`);
  if (account.role === 'admin') {
    yield warn(
      'key’s role',
      'It is an admin’s key: everybody who asks sees every model.',
      'Use the key of an ordinary account that only sees what your team may use',
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
    yield fail('OPENWEBUI_MODEL', `The server does not list “${model}”.`, 'Write an id that it lists');
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
  return `${mark}  ${what}: ${fact}${mend ? `\n      ${mend}.` : ''}`;
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
