import { channelPermissions } from './permissions.ts';
import type { App, Attachment, Channel, Guild, Interaction, Message, Ping, User } from './records.ts';
import type { Clock } from './snowflakes.ts';
import { snowflakes } from './snowflakes.ts';
import type { Wire } from './wire.ts';

/** Something that happened, offered to each gateway session, which drops or blanks it by intents and permissions. */
export interface Dispatch {
  readonly name: string;
  readonly guildId: string | null;
  /** Sessions that cannot see this channel do not get it. */
  readonly channel: Channel | null;
  /** The message whose text is to be blanked without the Message Content intent. */
  readonly message: Message | null;
  /** Built anew for each receiver. */
  readonly data: () => Wire;
}

/** Makes and checks download links of attachments. */
export interface Links {
  sign(file: Attachment): string;
}

/** Everything the fake knows, and the one place where waiting tests are woken. Holds no socket. */
export class World {
  readonly clock: Clock;
  readonly id: () => string;
  readonly links: Links;
  readonly app: App;
  readonly users = new Map<string, User>();
  readonly guilds = new Map<string, Guild>();
  readonly channels = new Map<string, Channel>();
  readonly messages = new Map<string, Message>();
  readonly attachments = new Map<string, Attachment>();
  readonly interactions = new Map<string, Interaction>();
  readonly pings: Ping[] = [];
  /** Newest messages kept per channel; older ones are forgotten. Benches set it low. */
  keepMessages = 100_000;
  /** Threads that may be active in a server at once. */
  activeThreads = 1000;
  /** Largest file in bytes. */
  fileBytes = 10 * 1024 * 1024;
  /** People who take no direct messages from the app (50007). */
  readonly closedToMessages = new Set<string>();
  /** Called with each event; the gateway sets it. */
  onDispatch: (event: Dispatch) => void = () => undefined;
  /** Direct channels of the app by the other person's id. */
  readonly direct = new Map<string, Channel>();
  readonly #byChannel = new Map<string, Message[]>();
  /** Ephemeral and deleted messages, oldest first: still findable, but not for ever. */
  readonly #aside: string[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(options: { clock: Clock; links: Links; app: Omit<App, 'id' | 'user'> & { name: string } }) {
    this.clock = options.clock;
    this.links = options.links;
    this.id = snowflakes(options.clock);
    const id = this.id();
    const { name, ...app } = options.app;
    const user: User = { id, username: name, globalName: null, bot: true };
    this.users.set(id, user);
    this.app = { ...app, id, user };
  }

  /** The user with this id; an unknown one is Discord's "Deleted User". */
  user(id: string): User {
    return this.users.get(id) ?? { id, username: 'deleted_user', globalName: 'Deleted User', bot: false };
  }

  /** Whether the app sees the channel. */
  visible(channel: Channel): boolean {
    return channelPermissions(this, channel, this.app.user.id) !== 0n;
  }

  channelsOf(guildId: string): Channel[] {
    return [...this.channels.values()].filter((one) => one.guildId === guildId);
  }

  /** The channel's messages that everyone in it sees, deleted ones left out, oldest first. */
  messagesIn(channelId: string): readonly Message[] {
    return this.#byChannel.get(channelId) ?? [];
  }

  /** Stores a message. Ephemeral ones can be found by id only. */
  keep(message: Message): void {
    this.messages.set(message.id, message);
    if (message.ephemeralFor !== null) {
      this.#putAside(message);
      return;
    }
    const list = this.#byChannel.get(message.channelId) ?? [];
    list.push(message);
    this.#byChannel.set(message.channelId, list);
    if (list.length > this.keepMessages) {
      for (const old of list.splice(0, list.length - this.keepMessages)) this.messages.delete(old.id);
    }
  }

  /** Takes a message out of its channel. The record stays findable so that a test can read its history. */
  drop(message: Message): void {
    message.deletedAt = this.clock.now();
    const list = this.#byChannel.get(message.channelId);
    const at = list?.indexOf(message) ?? -1;
    if (at >= 0) list?.splice(at, 1);
    this.#putAside(message);
  }

  #putAside(message: Message): void {
    this.#aside.push(message.id);
    if (this.#aside.length > 5000) for (const id of this.#aside.splice(0, 500)) this.messages.delete(id);
  }

  /** Offers an event to the gateway and wakes the tests that wait. */
  dispatch(
    name: string,
    where: { guildId?: string | null; channel?: Channel | null; message?: Message },
    data: () => Wire,
  ): void {
    const channel = where.channel ?? null;
    this.onDispatch({
      name,
      guildId: where.guildId ?? channel?.guildId ?? null,
      channel,
      message: where.message ?? null,
      data,
    });
    this.wake();
  }

  /** Lets everyone who waits look again. */
  wake(): void {
    for (const look of [...this.#waiting]) look();
  }

  /**
   * Resolves with the first value that `look` returns other than null, undefined or false; it looks now and after each change.
   * Rejects after `timeoutMs` of real time (default 20000) with `what` in its words.
   */
  until<T>(what: string, look: () => T | null | undefined | false, timeoutMs = 20_000): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(check);
        reject(new Error(`the fake Discord waited ${timeoutMs} ms in vain for ${what}`));
      }, timeoutMs);
      const check = () => {
        const found = look();
        if (found === null || found === undefined || found === false) return;
        this.#waiting.delete(check);
        clearTimeout(timer);
        resolve(found);
      };
      this.#waiting.add(check);
      check();
    });
  }
}
