import type { UnlinkedPolicy } from '../../src/accounts/accounts.ts';
import type { AccessRules } from '../../src/chat/access.ts';
import type { Adapter, Host } from '../../src/chat/adapter.ts';
import { type Clock, systemClock } from '../../src/chat/clock.ts';
import type { ButtonEvent, CommandEvent, MessageEvent, Trigger } from '../../src/chat/events.ts';
import type { Message, Person } from '../../src/chat/messages.ts';
import { messageKey, type Place } from '../../src/chat/places.ts';
import { Secret } from '../../src/chat/secret.ts';
import type { OpenNextcloud } from '../../src/inbox/nextcloud.ts';
import { connect, disconnect } from '../../src/openwebui/connection.ts';
import { createLog } from '../../src/ops/log.ts';
import { createParley, type Parley, type ParleyLimits } from '../../src/parley.ts';
import { openCache } from '../../src/store/cache.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createVault, type Vault } from '../../src/store/vault.ts';
import { awakeClock } from '../awake.ts';
import { person } from '../person.ts';
import { type ScriptedOpenWebUI, startScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import { createPlain, type Plain, type PlainMessage } from '../servers/plain.ts';

/** Parley whole, on a plain platform in memory and a scripted Open WebUI over real sockets. */
export interface World {
  readonly openWebUI: ScriptedOpenWebUI;
  readonly plain: Plain;
  readonly store: Store;
  readonly vault: Vault;
  readonly host: Host;
  readonly parley: Parley;
  /** Everything that was logged. */
  readonly logged: string[];
  message(
    text: string,
    more?: Partial<Message> & {
      by?: string;
      place?: Place;
      /** Where the conversation lives, when that is not where it was written. */
      conversation?: Place;
      addressed?: MessageEvent['addressed'];
      /** The message's id; made up when not given. */
      id?: string;
    },
  ): MessageEvent;
  command(name: string, text?: string, more?: Partial<CommandEvent>): CommandEvent;
  press(label: string, by?: string): ReturnType<Host['accept']>;
  /** The newest message that stands. */
  last(): PlainMessage | undefined;
  buttons(): string[];
  close(): Promise<void>;
}

export const THREAD: Place = { platform: 'plain', team: 'T1', channel: 'C1', thread: 'H1', kind: 'public' };
/** The channel itself: a question written here gets a thread of its own. */
export const CHANNEL: Place = { ...THREAD, thread: null };
export const DIRECT: Place = { platform: 'plain', team: 'T1', channel: 'D1', thread: null, kind: 'direct' };

/** Opens the world. `store` and `openWebUI` may be given, to start Parley a second time on what the first left. */
export async function openWorld(
  given: {
    store?: Store;
    openWebUI?: ScriptedOpenWebUI;
    plain?: Plain;
    /** One with a key of its own lets people link accounts. */
    vault?: Vault;
    /** Who is answered without an account of their own: everybody when not given. */
    unlinked?: UnlinkedPolicy;
    /** Another service key than the ordinary user's; whether it may be an admin's. */
    key?: string;
    allowAdminKey?: boolean;
    emoji?: boolean;
    titles?: boolean;
    followUps?: boolean;
    clock?: Clock;
    /** Who may use Parley, and where: members everywhere when not given. */
    access?: AccessRules;
    limits?: ParleyLimits;
    /** What becomes of answers to deleted questions: removed when not given. */
    deletedQuestions?: 'remove' | 'keep';
    /** What stands before each command's name. */
    prefix?: string;
    /** Opens a Nextcloud: none when not given. */
    nextcloud?: OpenNextcloud;
    /** Wraps the adapter that Parley uses. */
    wrap?: (adapter: Adapter) => Adapter;
  } = {},
): Promise<World> {
  const openWebUI = given.openWebUI ?? (await startScriptedOpenWebUI());
  const vault = given.vault ?? createVault(null);
  const clock = given.clock ?? awakeClock;
  const store = given.store ?? openSqlite(':memory:', { vault });
  const plain = given.plain ?? createPlain({ clock: systemClock });
  const server = connect({ url: openWebUI.url, key: new Secret(given.key ?? openWebUI.key) });
  const logged: string[] = [];
  const hosts: Host[] = [];
  const adapter = {
    ...(given.wrap ? given.wrap(plain.adapter) : plain.adapter),
    async start(host: Host) {
      hosts.push(host);
      host.state('connected', '');
    },
  };
  const parley = createParley({
    store,
    vault,
    cache: await openCache(null),
    server,
    platforms: [{ adapter, mode: 'thread', ...(given.access && { access: given.access }) }],
    clock,
    log: createLog('debug', { write: (line) => logged.push(line) }),
    model: null,
    webAddress: openWebUI.url,
    notice: null,
    admins: ['plain:admin'],
    ...(given.unlinked && { unlinked: given.unlinked }),
    ...(given.allowAdminKey && { allowAdminKey: true }),
    after: { titles: given.titles ?? false, emoji: given.emoji ?? false, followUps: given.followUps ?? false },
    attachments: { files: 10, bytes: 1_000_000 },
    ...(given.limits && { limits: given.limits }),
    ...(given.nextcloud && { nextcloud: given.nextcloud }),
    ...(given.deletedQuestions && { deletedQuestions: given.deletedQuestions }),
    ...(given.prefix !== undefined && { commandPrefix: given.prefix }),
  });
  await parley.start();
  const [host] = hosts;
  if (!host) throw new Error('the adapter was not started');
  let serial = 0;

  function trigger(place: Place, by: Person): Trigger {
    serial += 1;
    const expiresAt = Date.now() + 900_000;
    return {
      platform: 'plain',
      id: `trigger-${serial}`,
      place,
      user: by.ref,
      token: new Secret(`token-${serial}`),
      expiresAt,
      private: false,
    };
  }

  const world: World = {
    openWebUI,
    plain,
    store,
    vault,
    host,
    parley,
    logged,
    message(text, { by = 'Ann', place = THREAD, conversation, addressed = 'mention', id, ...more } = {}) {
      serial += 1;
      const ref = { place, id: id ?? `Q${serial}` };
      const message: Message = { ref, author: person(by), text, files: [], at: clock.now(), ours: false, ...more };
      const key = messageKey(message.ref);
      return { type: 'message', key, message, addressed, conversation: conversation ?? place, replyTo: null };
    },
    command(name, text = '', more = {}) {
      const author = more.author ?? person('Ann');
      const place = more.place ?? THREAD;
      const made = trigger(place, author);
      return {
        type: 'command',
        key: made.id,
        trigger: made,
        author,
        place,
        name,
        options: {},
        text,
        files: [],
        target: null,
        ...more,
      };
    },
    press(label, by = 'Ann') {
      const message = plain.messages.findLast(
        (one) => !one.deleted && one.controls?.buttons.some((button) => button.label === label),
      );
      const button = message?.controls?.buttons.find((one) => one.label === label);
      if (!message || !button) throw new Error(`there is no button ${label}`);
      const author = person(by);
      const made = trigger(message.place, author);
      const event: ButtonEvent = {
        type: 'button',
        key: made.id,
        trigger: made,
        author,
        place: message.place,
        control: button.id,
        value: null,
        on: { place: message.place, id: message.id },
      };
      return host.accept(event);
    },
    last: () => plain.messages.findLast((one) => !one.deleted),
    buttons: () => world.last()?.controls?.buttons.map((button) => button.label) ?? [],
    async close() {
      await parley.stop(0);
      await disconnect(server);
      if (!given.openWebUI) await openWebUI.close();
      if (!given.store) await store.close();
    },
  };
  return world;
}
