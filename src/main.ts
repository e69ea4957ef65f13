import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { discordConfig } from '../adapters/discord/config.ts';
import type { LocalAdapter } from '../adapters/local/local.ts';
import { slackConfig } from '../adapters/slack/config.ts';
import { type AccessRules, namedIn } from './chat/access.ts';
import type { Finding } from './chat/adapter.ts';
import { systemClock } from './chat/clock.ts';
import { Failure, problemOf } from './chat/errors.ts';
import { Secret } from './chat/secret.ts';
import { accountsConfig } from './config/accounts.ts';
import { openWebUIConfig, parleyConfig } from './config/core.ts';
import { limitsConfig } from './config/limits.ts';
import { complaintLines, loadConfig } from './config/load.ts';
import { nextcloudConfig } from './config/nextcloud.ts';
import { privacyConfig } from './config/privacy.ts';
import { openNextcloud } from './open-nextcloud.ts';
import { openOpenWebUI, STAND_IN } from './open-openwebui.ts';
import { complaintFinding, examine, findingLine, isWell, reportOf } from './ops/doctor.ts';
import { type Listener, openListener } from './ops/listener.ts';
import { createLog, type Log } from './ops/log.ts';
import { examineMachine, type Machine } from './ops/machine-findings.ts';
import { closeInOrder } from './ops/shutdown.ts';
import type { Platform } from './parley.ts';
import { openStore } from './store/address.ts';
import { openCache } from './store/cache.ts';
import type { Conversation } from './store/port.ts';
import { createVault, type Vault } from './store/vault.ts';

/** All parts of the configuration; the README's table, the sample file and the complaints are made of them. */
export const parts = [
  openWebUIConfig,
  slackConfig,
  discordConfig,
  nextcloudConfig,
  accountsConfig,
  parleyConfig,
  limitsConfig,
  privacyConfig,
];

const schema = z.object({
  ...openWebUIConfig.shape,
  ...slackConfig.shape,
  ...discordConfig.shape,
  ...nextcloudConfig.shape,
  ...accountsConfig.shape,
  ...parleyConfig.shape,
  ...limitsConfig.shape,
  ...privacyConfig.shape,
});
type Config = z.output<typeof schema>;

/** Answers being written when Parley is told to end may go on for so long; then they are taken up again at the next start. */
const DRAIN_MS = 25_000;
const CLOSE_MS = 30_000;
/** Conversations that an adapter may look through for what it missed. */
const RECENT = 200;
const MEGABYTE = 1_048_576;
const DAY_MS = 86_400_000;
/** `PARLEY_LOCAL=off` and no platform: there would be nobody to talk to. */
const NOWHERE = {
  kind: 'invalid',
  retry: { when: 'never' },
  say: 'PARLEY_LOCAL is off and no platform is set, so there is nowhere to answer. Set the tokens of Slack or Discord, or PARLEY_LOCAL=on.',
  detail: 'no platform',
} as const;

async function main(): Promise<void> {
  const loaded = loadConfig(schema, parts, { env: process.env, dotenv: '.env', yaml: 'parley.yaml' });
  const asJson = process.argv.includes('--json');
  if (!loaded.ok) {
    if (asJson) process.stdout.write(reportOf(loaded.complaints.map(complaintFinding)));
    else process.stderr.write(complaintLines(loaded.complaints));
    process.exit(1);
  }
  const { config } = loaded;
  const log = createLog(config.LOG_LEVEL);
  try {
    if (process.argv[2] === 'doctor') await doctor(config, asJson);
    else await serve(config, log);
  } catch (error) {
    const problem = problemOf(error);
    if (problem.kind === 'bug') throw error;
    process.stderr.write(`Parley cannot start. ${problem.say}\n`);
    process.exit(1);
  }
}

/** Opens everything, connects the platforms, and stays until told to end. */
async function serve(config: Config, log: Log): Promise<void> {
  const vault = openVault(config);
  const store = await openStore(config.PARLEY_STORE, { vault, keptMs: config.PARLEY_KEEP_DAYS * DAY_MS });
  const cache = await openCache(config.PARLEY_CACHE, {
    report: (error) => log.warn({ error }, 'the cache did not answer'),
  });
  let unready = async (): Promise<Record<string, string | null>> => ({ parley: 'Parley is starting.' });
  const listener = await openListener(config.PARLEY_LISTEN, () => unready());
  const recent: Recent = (platform, since) => store.conversations.recent(platform, since, RECENT);
  // What is large is imported only now, and all at once: a wrong setting is told without waiting for it.
  const [{ createParley }, backend, nextcloud, remote] = await Promise.all([
    import('./parley.ts'),
    openOpenWebUI(openWebUIOf(config, beside(config, 'demo.db'))),
    openNextcloud(nextcloudOf(config)),
    openRemote(config, log, recent, listener),
  ]);
  const local = await openLocal(config, listener, remote.length > 0);
  const platforms: Platform[] = local ? [...remote, { adapter: local, mode: 'thread' }] : remote;
  if (platforms.length === 0) throw new Failure(NOWHERE);
  const parley = createParley({
    store,
    vault,
    cache,
    server: backend.server,
    platforms,
    nextcloud: nextcloud?.room ?? null,
    clock: systemClock,
    log,
    model: config.OPENWEBUI_MODEL,
    webAddress: backend.server.url,
    notice: backend.standIn,
    timezone: config.PARLEY_TIMEZONE,
    admins: config.PARLEY_ADMINS,
    unlinked: config.PARLEY_UNLINKED,
    allowAdminKey: config.OPENWEBUI_ALLOW_ADMIN_KEY,
    commandPrefix: config.PARLEY_COMMAND_PREFIX,
    deletedQuestions: config.PARLEY_DELETED_QUESTIONS,
    after: { titles: config.PARLEY_TITLES, emoji: config.PARLEY_EMOJI, followUps: config.PARLEY_FOLLOW_UPS },
    attachments: { files: config.PARLEY_FILES_LIMIT, bytes: config.PARLEY_FILE_MEGABYTES * MEGABYTE },
    limits: {
      person: config.PARLEY_PERSON_LIMIT,
      channel: config.PARLEY_CHANNEL_LIMIT,
      atOnce: config.PARLEY_PERSON_AT_ONCE,
      tasksAtOnce: config.PARLEY_PERSON_TASKS,
      questionUnits: config.PARLEY_INPUT_LIMIT,
      answerUnits: config.PARLEY_ANSWER_LIMIT,
    },
  });
  const closing = closeInOrder(
    () => [
      { what: 'platforms', close: () => parley.stop(DRAIN_MS) },
      { what: 'listener', close: () => listener.close() },
      { what: 'backend', close: () => backend.close() },
      { what: 'nextcloud', close: async () => nextcloud?.close() },
      { what: 'store', close: () => store.close() },
    ],
    log,
    CLOSE_MS,
  );
  unready = () => parley.unready();
  await parley.start();
  if (closing.aborted) return;
  if (backend.standIn) log.warn({}, backend.standIn);
  else log.info({ url: backend.server.url }, 'asking Open WebUI');
  if (nextcloud?.standIn) log.warn({}, nextcloud.standIn);
  else if (nextcloud) log.info({ url: nextcloud.nc.url }, 'running tasks in Nextcloud');
  if (local) log.info({}, `Open ${local.link()}`);
  log.info({ ms: Math.round(performance.now()) }, 'ready');
}

/** Seals with the present secret key, opens with the former ones, too. */
function openVault(config: Config): Vault {
  const old = config.PARLEY_SECRET_KEY_OLD?.reveal().split(',') ?? [];
  return createVault(
    config.PARLEY_SECRET_KEY,
    old.map((key) => new Secret(key.trim())),
  );
}

function openWebUIOf(config: Config, demoFile: string | null) {
  return { url: config.OPENWEBUI_URL, key: config.OPENWEBUI_API_KEY, demoFile };
}

function nextcloudOf(config: Config) {
  const { NEXTCLOUD_URL: url, NEXTCLOUD_USER: user, NEXTCLOUD_APP_PASSWORD: password } = config;
  return { url, user, password, demo: config.OPENWEBUI_URL === null };
}

/** Conversations of a platform that were used lately. */
type Recent = (platform: string, since: number) => Promise<readonly Conversation[]>;

/** The platforms that are configured. Each is imported only then: a library that is not needed costs no start and no memory. */
async function openRemote(config: Config, log: Log, recent: Recent, listener: Listener | null): Promise<Platform[]> {
  const opened = await Promise.all([openSlack(config, log, listener), openDiscord(config, log, recent)]);
  return opened.filter((platform) => platform !== null);
}

async function openSlack(config: Config, log: Log, listener: Listener | null): Promise<Platform | null> {
  const { SLACK_BOT_TOKEN } = config;
  if (SLACK_BOT_TOKEN === null) return null;
  const { createSlack } = await import('../adapters/slack/slack.ts');
  const access: AccessRules = {
    allow: config.SLACK_ALLOW,
    deny: config.SLACK_DENY,
    directMessages: config.SLACK_DIRECT_MESSAGES,
    guests: config.SLACK_GUESTS,
    strangers: config.SLACK_STRANGERS,
  };
  const adapter = createSlack({
    botToken: SLACK_BOT_TOKEN,
    appToken: config.SLACK_APP_TOKEN,
    signingSecret: config.SLACK_SIGNING_SECRET,
    apiUrl: config.SLACK_API_URL,
    direct: config.SLACK_DIRECT,
    groups: namedIn(access, 'group'),
    emails: config.PARLEY_UNLINKED === 'match',
    commandPrefix: config.PARLEY_COMMAND_PREFIX,
    privateChannelNames: config.PARLEY_PRIVATE_CHANNEL_NAMES,
    clock: systemClock,
    log: log.child({ platform: 'slack' }),
  });
  if (config.SLACK_APP_TOKEN === null) listener?.mount(adapter);
  return { adapter, mode: config.SLACK_THREADS, access };
}

async function openDiscord(config: Config, log: Log, recent: Recent): Promise<Platform | null> {
  const { DISCORD_TOKEN } = config;
  if (DISCORD_TOKEN === null) return null;
  const { createDiscord } = await import('../adapters/discord/discord.ts');
  const access: AccessRules = {
    allow: config.DISCORD_ALLOW,
    deny: config.DISCORD_DENY,
    directMessages: config.DISCORD_DIRECT_MESSAGES,
    guests: true,
    strangers: true,
  };
  const adapter = createDiscord({
    token: DISCORD_TOKEN,
    api: config.DISCORD_API_URL,
    privateThreads: config.DISCORD_PRIVATE_THREADS,
    server: config.DISCORD_GUILD,
    roles: namedIn(access, 'group'),
    privateChannelNames: config.PARLEY_PRIVATE_CHANNEL_NAMES,
    recent,
    log: (what, detail) => log.info({ platform: 'discord', detail }, what),
  });
  return { adapter, mode: config.DISCORD_THREADS, access };
}

/** The local page: when asked for, or when nothing else is configured. */
async function openLocal(config: Config, listener: Listener, others: boolean): Promise<LocalAdapter | null> {
  if (config.PARLEY_LOCAL === 'off' || (config.PARLEY_LOCAL === 'auto' && others)) return null;
  const { createLocal } = await import('../adapters/local/local.ts');
  const local = createLocal({
    token: config.PARLEY_TOKEN,
    file: beside(config, 'local.db'),
    publicUrl: config.PARLEY_PUBLIC_URL,
    address: listener.address,
    notice: config.OPENWEBUI_URL === null ? STAND_IN : null,
    fileBytes: config.PARLEY_FILE_MEGABYTES * MEGABYTE,
    clock: systemClock,
  });
  listener.mount(local);
  return local;
}

/** A file beside the store's own; in memory when the store is. */
function beside(config: Config, name: string): string {
  const path = config.PARLEY_STORE.replace(/^sqlite:(\/\/(?=\/))?/, '');
  if (path === ':memory:') return path;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  return join(dirname(path), name);
}

/** Looks at everything without starting it. Ends with 1 when something must be mended first. */
async function doctor(config: Config, asJson: boolean): Promise<void> {
  // The clock's timers do not keep a process alive, and waiting for a server that is down is nothing but timers.
  const awake = setInterval(() => undefined, 60_000);
  const backend = await openOpenWebUI(openWebUIOf(config, null));
  const remote = await openRemote(config, createLog('silent'), async () => [], null);
  const findings: Finding[] = [];
  const patient = {
    openStore: () => openStore(config.PARLEY_STORE, { vault: openVault(config) }),
    storeAddress: config.PARLEY_STORE,
    server: backend.server,
    standIn: backend.standIn !== null,
    model: config.OPENWEBUI_MODEL,
    vault: openVault(config),
    unlinked: config.PARLEY_UNLINKED,
    allowAdminKey: config.OPENWEBUI_ALLOW_ADMIN_KEY,
    adapters: remote.map((platform) => platform.adapter),
  };
  const look = async (of: AsyncIterable<Finding>) => {
    for await (const finding of of) {
      findings.push(finding);
      if (!asJson) process.stdout.write(`${findingLine(finding)}\n`);
    }
  };
  await look(examine(patient));
  const machine: Machine = {
    listen: async () => (await openListener(config.PARLEY_LISTEN, async () => ({}))).close(),
    cache: async () => (await openCache(config.PARLEY_CACHE)).disconnect(),
  };
  await look(examineMachine(machine));
  const nextcloud = config.NEXTCLOUD_URL === null ? null : await openNextcloud(nextcloudOf(config));
  if (nextcloud) {
    const { examineNextcloud } = await import('./ops/nextcloud-findings.ts');
    await look(examineNextcloud(nextcloud.nc));
    await nextcloud.close();
  }
  await Promise.all(remote.map((platform) => platform.adapter.stop()));
  await backend.close();
  clearInterval(awake);
  if (asJson) process.stdout.write(reportOf(findings));
  process.exitCode = isWell(findings) ? 0 : 1;
}

if (import.meta.main) await main();
