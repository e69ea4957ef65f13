import { afterEach } from 'vitest';
import { createDiscord, type DiscordOptions } from '../../../adapters/discord/discord.ts';
import type { Adapter, Answer, Host, Suggest } from '../../../src/chat/adapter.ts';
import type { ChatEvent } from '../../../src/chat/events.ts';
import type { Choice } from '../../../src/chat/forms.ts';
import type { MessageRef, Place } from '../../../src/chat/places.ts';
import { Secret } from '../../../src/chat/secret.ts';
import type { Controls, Part, Rendered } from '../../../src/chat/view.ts';
import { allCommands } from '../../../src/commands/all.ts';
import { awakeClock } from '../../awake.ts';
import { closeAfter } from '../../close-after.ts';
import type { Channel, Message } from '../../servers/discord/records.ts';
import type { DiscordOptions as ServerOptions } from '../../servers/discord/server.ts';
import { type Stage, stage } from '../../servers/discord-tests/stage.ts';

/** A host that notes everything and answers as it is told. */
export interface Noted extends Host {
  readonly events: ChatEvent[];
  readonly states: { state: string; why: string }[];
  readonly budgets: { scope: string; left: number; resetMs: number }[];
  readonly suggested: Suggest[];
  answer: (event: ChatEvent) => Answer | Promise<Answer>;
  choices: readonly Choice[];
  private: boolean;
  /** The first event that passes, which has come or comes. */
  until(fits: (event: ChatEvent) => boolean): Promise<ChatEvent>;
  /** The next event of this kind that has come or comes. */
  event<T extends ChatEvent['type']>(
    type: T,
    fits?: (event: Extract<ChatEvent, { type: T }>) => boolean,
  ): Promise<Extract<ChatEvent, { type: T }>>;
}

/** The adapter on a fake Discord, started. */
export interface Scene extends Stage {
  readonly adapter: Adapter;
  readonly host: Noted;
  readonly logged: string[];
  /** Places that `recent` gives. */
  readonly recent: { place: Place }[];
}

const controllers = new Set<AbortController>();
afterEach(() => {
  for (const one of controllers) one.abort();
  controllers.clear();
});

export function noted(): Noted {
  const events: ChatEvent[] = [];
  const waiting = new Set<() => void>();
  const host: Noted = {
    events,
    states: [],
    budgets: [],
    suggested: [],
    choices: [],
    private: true,
    answer: () => ({ do: 'none' }),
    async accept(event) {
      events.push(event);
      for (const look of waiting) look();
      return host.answer(event);
    },
    suggest(query) {
      host.suggested.push(query);
      return host.choices;
    },
    isPrivate: () => host.private,
    state: (state, why) => {
      host.states.push({ state, why });
      for (const look of waiting) look();
    },
    budget: (scope, left, resetMs) => void host.budgets.push({ scope, left, resetMs }),
    until(fits) {
      const { promise, resolve, reject } = Promise.withResolvers<ChatEvent>();
      const timer = setTimeout(() => reject(new Error(`not among ${JSON.stringify(events)}`)), 20_000);
      const look = () => {
        const found = events.find(fits);
        if (found) resolve(found);
      };
      waiting.add(look);
      look();
      return promise.finally(() => {
        clearTimeout(timer);
        waiting.delete(look);
      });
    },
    async event(type, fits = () => true) {
      type Wanted = Extract<ChatEvent, { type: typeof type }>;
      const is = (one: ChatEvent): one is Wanted => one.type === type;
      const found = await host.until((one) => is(one) && fits(one));
      if (!is(found)) throw new Error('another event');
      return found;
    },
  };
  return host;
}

/** What an adapter must be told to reach a pretend Discord. */
export function optionsFor(server: Stage['server']): DiscordOptions {
  return {
    token: new Secret(server.token),
    api: server.api,
    privateThreads: false,
    server: null,
    recent: async () => [],
    fileOrigins: [server.cdnUrl],
    clock: awakeClock,
  };
}

/** The adapter for a server, not started. */
export function adapterFor(server: Stage['server'], more: Partial<DiscordOptions> = {}): Adapter {
  const adapter = createDiscord({ ...optionsFor(server), ...more });
  closeAfter(() => adapter.stop());
  return adapter;
}

/** A stage with a started adapter. */
export async function scene(
  options: { server?: ServerOptions; adapter?: Partial<DiscordOptions>; publish?: boolean } = {},
): Promise<Scene> {
  const set = await stage(options.server);
  const host = noted();
  const logged: string[] = [];
  const recent: { place: Place }[] = [];
  const log = (what: string, detail: string) => void logged.push(`${what}: ${detail}`);
  const adapter = adapterFor(set.server, { log, recent: async () => recent, ...options.adapter });
  const controller = new AbortController();
  controllers.add(controller);
  await adapter.start(host, controller.signal);
  if (options.publish) await adapter.publish?.(allCommands().commands);
  return { ...set, adapter, host, logged, recent };
}

/** An answer of the host: words for the asker alone. */
export function say(markdown: string): Answer {
  return { do: 'say', body: { markdown, controls: null }, private: true };
}

/** So many choices: `Choice 0` with the value `c0`, and on. */
export function choices(count: number): readonly Choice[] {
  return Array.from({ length: count }, (_, at) => ({ label: `Choice ${at}`, value: `c${at}`, hint: null }));
}

export function part(markdown: string, more: Partial<Part> = {}): Part {
  return { markdown, index: 0, last: true, status: null, note: null, sources: [], ...more };
}

export function rendered(adapter: Adapter, markdown: string, controls: Controls | null = null): Rendered {
  return adapter.render(part(markdown), { live: false, controls });
}

/** The place of a channel of the stage. */
export function placeOf(channel: Channel, thread: string | null = null): Place {
  return {
    platform: 'discord',
    team: channel.guildId ?? '@me',
    channel: channel.id,
    thread,
    kind: channel.guildId === null ? 'direct' : 'public',
  };
}

export function refOf(channel: Channel, message: Message): MessageRef {
  return { place: placeOf(channel), id: message.id };
}

export function mention(scene: Pick<Stage, 'server'>, text: string): string {
  return `<@${scene.server.world.app.user.id}> ${text}`;
}
