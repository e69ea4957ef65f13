import { readFileSync } from 'node:fs';
import { createSlack, type SlackAdapter, type SlackOptions } from '../../../adapters/slack/slack.ts';
import type { Answer, Host, Suggest } from '../../../src/chat/adapter.ts';
import type { ChatEvent } from '../../../src/chat/events.ts';
import { type Choice, type Field, type Form, field as fieldOf } from '../../../src/chat/forms.ts';
import type { Place } from '../../../src/chat/places.ts';
import { Secret } from '../../../src/chat/secret.ts';
import type { Controls, Part, Rendered } from '../../../src/chat/view.ts';
import { MANIFEST_FILE } from '../../../tools/manifest.ts';
import { awakeClock } from '../../awake.ts';
import { closeAfter } from '../../close-after.ts';
import { fromManifest } from '../../servers/slack/manifest.ts';
import { type SlackServer, startSlack } from '../../servers/slack/server.ts';

/** A core that notes what it is given and answers as the test says. */
export interface Core extends Host {
  readonly events: ChatEvent[];
  readonly states: { state: string; why: string }[];
  readonly asked: Suggest[];
  /** What `accept` does; usual: nothing. */
  answer: (event: ChatEvent) => Answer | Promise<Answer>;
  choices: readonly Choice[];
  privates: Set<string>;
}

/** A pretend Slack with people in it, and the adapter connected to it. */
export interface Stage {
  readonly slack: SlackServer;
  readonly adapter: SlackAdapter;
  readonly core: Core;
  readonly log: string[];
  readonly ann: string;
  readonly bob: string;
  readonly channel: string;
  /** Resolves with the first event that passes. */
  event<T extends ChatEvent['type']>(
    type: T,
    test?: (event: Extract<ChatEvent, { type: T }>) => boolean,
  ): Promise<Extract<ChatEvent, { type: T }>>;
}

export function createCore(): Core {
  const core: Core = {
    events: [],
    states: [],
    asked: [],
    answer: () => ({ do: 'none' }),
    choices: [],
    privates: new Set(),
    async accept(event) {
      core.events.push(event);
      return core.answer(event);
    },
    suggest(query) {
      core.asked.push(query);
      return core.choices;
    },
    isPrivate: (command) => core.privates.has(command),
    state: (state, why) => void core.states.push({ state, why }),
    budget: () => undefined,
  };
  return core;
}

type Server = Parameters<typeof startSlack>[0];

/** A pretend Slack with what our own manifest asks for and no more, closed after the test. */
export async function openSlack(options: Server = {}): Promise<SlackServer> {
  const slack = await startSlack({
    clock: awakeClock,
    ...fromManifest(readFileSync(MANIFEST_FILE, 'utf8')),
    ...options,
  });
  closeAfter(() => slack.close());
  return slack;
}

/** What an adapter must be told to reach a pretend Slack over Socket Mode. */
export function optionsFor(slack: SlackServer): Omit<SlackOptions, 'log'> {
  return {
    botToken: new Secret(slack.tokens.bot),
    appToken: new Secret(slack.tokens.app),
    signingSecret: null,
    apiUrl: slack.apiUrl,
    direct: 'threads',
    clock: awakeClock,
  };
}

/** An adapter for a pretend Slack, stopped after the test. `log` gets what it says. */
export function adapterFor(slack: SlackServer, log: string[], options: Partial<SlackOptions> = {}): SlackAdapter {
  const line = (level: string) => (fields: object, message?: string) =>
    void log.push(`${level} ${message ?? ''} ${JSON.stringify(fields)}`);
  const adapter = createSlack({
    ...optionsFor(slack),
    log: { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') },
    ...options,
  });
  closeAfter(() => adapter.stop());
  return adapter;
}

/** Everything, connected. */
export async function stage(
  options: { server?: Server; adapter?: Partial<SlackOptions>; signal?: AbortSignal } = {},
): Promise<Stage> {
  const slack = await openSlack(options.server);
  const ann = slack.people.user({ name: 'ann', realName: 'Ann Lee', tz: 'Europe/Berlin', locale: 'de-DE' }).id;
  const bob = slack.people.user({ name: 'bob' }).id;
  const channel = slack.people.channel({ name: 'general', members: [ann, bob] }).id;
  const core = createCore();
  const log: string[] = [];
  const adapter = adapterFor(slack, log, options.adapter);
  await adapter.start(core, options.signal ?? new AbortController().signal);
  return {
    ...{ slack, adapter, core, log, ann, bob, channel },
    event: (type, test = () => true) =>
      slack.watch.until(() => {
        for (const event of core.events) if (isOf(event, type) && test(event)) return event;
        return null;
      }, `an event of ${type}`),
  };
}

function isOf<T extends ChatEvent['type']>(event: ChatEvent, type: T): event is Extract<ChatEvent, { type: T }> {
  return event.type === type;
}

/** A part that is a whole answer. */
export function part(markdown: string, more: Partial<Part> = {}): Part {
  return { markdown, index: 0, last: true, status: null, note: null, sources: [], ...more };
}

/** What the adapter makes of an answer. */
export function rendered(adapter: SlackAdapter, markdown: string, controls: Controls | null = null): Rendered {
  return adapter.render(part(markdown), { live: false, controls });
}

/** A place of the pretend workspace. */
export function place(
  slack: SlackServer,
  channel: string,
  thread: string | null = null,
  kind: Place['kind'] = 'public',
): Place {
  return { platform: 'slack', team: slack.teamId, channel, thread, kind };
}

/** A field for text, or what is said to be different. */
export function field(name: string, more: Partial<Field> = {}): Field {
  return fieldOf({ name, type: 'text', label: name, ...more });
}

/** A form of these fields. */
export function form(fields: readonly Field[], more: Partial<Form> = {}): Form {
  return { id: 'form-1', title: '/ask', intro: null, submit: 'Send', fields, errors: {}, ...more };
}
