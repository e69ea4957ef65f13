import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Adapter, Host } from '../../src/chat/adapter.ts';
import type { Clock } from '../../src/chat/clock.ts';
import type { CommandSpec } from '../../src/chat/commands.ts';
import { type Failure, problemOf } from '../../src/chat/errors.ts';
import type { Secret } from '../../src/chat/secret.ts';
import { takeAction } from './actions.ts';
import { createApi, pause, SLACK_API } from './api.ts';
import { takeCommand, takeShortcut } from './commands.ts';
import { createLine, type Line } from './connect.ts';
import { slackFailure } from './errors.ts';
import { createEvents } from './events.ts';
import { download, upload } from './files.ts';
import { createGroups } from './groups.ts';
import { type Identity, identify } from './identity.ts';
import { slackLimits } from './limits.ts';
import { createReader, type Reader } from './messages.ts';
import type { Ack, KeptForm, Office } from './office.ts';
import { openForm } from './open-form.ts';
import { createParser } from './parse.ts';
import { createPeople } from './people.ts';
import { conversationOf, createChannels } from './places.ts';
import { probe } from './probe.ts';
import { react } from './reactions.ts';
import { createRecent } from './recent.ts';
import { renderPart } from './render.ts';
import { respelled } from './respell.ts';
import type { SlackLog } from './sdk-log.ts';
import { createStatuses, type Statuses } from './status.ts';
import { takeSubmission, takeSuggestion } from './submissions.ts';
import { createSurfaces } from './surfaces.ts';
import { createTell, directTo } from './tell.ts';
import { createTitles, type Titles } from './titles.ts';

/** What the adapter is made of. With an app token it uses Socket Mode, without one HTTP mode with the signing secret. */
export interface SlackOptions {
  readonly botToken: Secret;
  readonly appToken: Secret | null;
  readonly signingSecret: Secret | null;
  /** Another Web API base; null for Slack's own. */
  readonly apiUrl: string | null;
  /** Whether each direct message begins a thread, or the direct conversation is one. */
  readonly direct: 'threads' | 'flat';
  /** User groups that the access lists name; none when not given. With any, the permission `usergroups:read` is needed. */
  readonly groups?: readonly string[];
  /** Whether people's e-mail addresses matter. When they do, the permission `users:read.email` is needed. */
  readonly emails?: boolean;
  /** What stands before the name of each slash command, `/parley` too; none when not given. */
  readonly commandPrefix?: string;
  /** Whether names of private channels that people mention are passed on; not when not given. */
  readonly privateChannelNames?: boolean;
  readonly clock: Clock;
  readonly log: SlackLog;
}

/** The adapter, which also answers Slack's requests on the shared listener in HTTP mode. */
export interface SlackAdapter extends Adapter {
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  upgrade(): boolean;
}

/** All that exists once the workspace is known. */
interface Desk {
  readonly office: Office;
  readonly reader: Reader;
  readonly titles: Titles;
  readonly statuses: Statuses;
  readonly identity: Identity;
}

/** Forms kept for a late submission, and for how long (ms): as long as the core keeps their sessions. */
const FORMS = 500;
const FORM_MS = 3_600_000;
/** Work that is under way when the adapter stops may go on for so long (ms). */
const DRAIN_MS = 5_000;
/** The start waits so long for Slack (ms), then goes on trying beside the rest. */
const START_MS = 10_000;

/** Makes the adapter; nothing is called before `start` or `probe`. */
export function createSlack(options: SlackOptions): SlackAdapter {
  const { clock, log } = options;
  const base = options.apiUrl === null ? SLACK_API : `${options.apiUrl.replace(/\/+$/, '')}/`;
  const stopping = new AbortController();
  const running = new Set<Promise<unknown>>();
  let commands: readonly CommandSpec[] = [];
  let host: Host | null = null;
  let desk: Desk | null = null;
  let line: Line | null = null;
  let fatal = false;

  const api = createApi({ token: options.botToken, base, log, refused: refuse });

  function die(why: string): void {
    if (fatal) return;
    fatal = true;
    host?.state('fatal', why);
  }

  /** The token died while we ran: that does not mend itself. */
  function refuse(failure: Failure): void {
    const { detail } = failure.problem;
    if (desk) die(`Slack no longer accepts SLACK_BOT_TOKEN (${detail}). Install the app again and set the new token.`);
  }

  function ready(): Desk {
    if (!desk) throw slackFailure('unreachable', 'not connected yet');
    return desk;
  }

  function background(what: string, work: Promise<unknown>): void {
    const quiet: Promise<unknown> = work
      .catch((error: unknown) => {
        const problem = problemOf(error);
        log.warn({ kind: problem.kind, detail: problem.detail }, `${what} failed`);
      })
      .finally(() => running.delete(quiet));
    running.add(quiet);
  }

  function furnish(identity: Identity, to: Host): Desk {
    const { team, self, botId } = identity;
    const groups = createGroups({ api, ids: options.groups ?? [], clock, log });
    const people = createPeople(api, team, clock, groups);
    const channels = createChannels(api, team, clock, options.privateChannelNames);
    const reader = createReader({ api, people, channels, self, botId });
    const titles = createTitles(api, clock);
    const surfaces = createSurfaces({ api, reader, titles, clock, self });
    const parser = createParser({
      team,
      self,
      botId,
      direct: options.direct,
      people,
      channels,
      reader,
      now: () => clock.now(),
    });
    const office: Office = {
      ...{ api, host: to, parser, people, channels, surfaces, clock, log, background },
      tell: createTell(api, surfaces, clock),
      signal: stopping.signal,
      botName: identity.name,
      forms: createRecent<KeptForm>(clock, FORMS, FORM_MS),
      commands: () => commands,
      commandPrefix: options.commandPrefix ?? '',
      titles,
      fatal: die,
    };
    return { office, reader, titles, identity, statuses: createStatuses(api, clock, log) };
  }

  return {
    name: 'slack',
    limits: slackLimits,
    async start(to, signal) {
      host = to;
      signal.addEventListener('abort', () => stopping.abort(), { once: true });
      const opening = open(to);
      const limit = new AbortController();
      const late = await Promise.race([
        opening.then(() => false),
        pause(clock, limit.signal, START_MS).then(() => true),
      ]);
      limit.abort();
      if (!late) return;
      // Slack may be down for hours: the rest of Parley works meanwhile.
      to.state('reconnecting', 'Slack cannot be reached yet.');
      background(
        'connecting',
        opening.catch((error: unknown) => {
          if (!stopping.signal.aborted) die(problemOf(error).say);
        }),
      );
    },
    async stop() {
      stopping.abort();
      await line?.close();
      await desk?.statuses.clear();
      const limit = new AbortController();
      await Promise.race([Promise.allSettled(running), pause(clock, limit.signal, DRAIN_MS)]);
      limit.abort();
    },
    handle: (request, response) => line?.handle(request, response) ?? false,
    upgrade: () => false,
    render: renderPart,
    async thread(origin) {
      if ('platform' in origin) return origin.place;
      return conversationOf(origin.place, origin.id, options.direct);
    },
    openScopes: (place) => [`chat.postMessage:${place.channel}`],
    open: async (place, first, key, via) => ready().office.surfaces.open(place, first, key, via),
    reopen: async (ref) => ready().office.surfaces.reopen(ref),
    find: async (place, key, after) => ready().office.surfaces.find(place, key, after),
    tell: async (user, place, body, via) => ready().office.tell(user, place, body, via),
    react: (ref, emoji, on) => react(api, ref, emoji, on),
    history: async (place, around, limit) => ready().reader.history(place, around, limit),
    download: (file, maxBytes) => download(api, file, maxBytes),
    upload: (place, file, key) => upload({ api, clock, signal: stopping.signal }, place, file, key),
    async hand(user, place, file, key) {
      // Slack has no files that one person of a channel sees: it goes to their direct messages.
      const to = place.kind === 'direct' ? place : await directTo(api, place, user);
      if (to === null) return 'impossible';
      await upload({ api, clock, signal: stopping.signal }, to, file, key);
      return 'private';
    },
    probe: () => probe({ ...options, base }),
    busy: async (place, status) => ready().statuses.show(place, status),
    title: async (place, title, by) => ready().titles.title(place, title, by),
    openForm: async (trigger, form) => void (await openForm(ready().office, trigger, form)),
    spell: (words) => respelled(words, commands, options.commandPrefix),
    async publish(specs) {
      // Slack takes commands from the manifest only; this tells which of them ask for more with a form.
      commands = specs;
    },
  };

  async function open(to: Host): Promise<void> {
    const identity = await identify({ api, options, base, signal: stopping.signal });
    desk = furnish(identity, to);
    const { office } = desk;
    const events = createEvents(office, clock);
    line = createLine(
      {
        ...options,
        base,
        authorize: async () => ({ botToken: options.botToken.reveal(), ...botOf(identity) }),
        door: (body, ack) => track(take(office, events, body, ack)),
      },
      {
        connected: () => !fatal && to.state('connected', ''),
        reconnecting: () => !fatal && to.state('reconnecting', 'The connection to Slack is being made again.'),
        fatal: (failure) => die(failure.problem.say),
      },
    );
    await line.open();
  }

  /** What is being taken in when the adapter stops is let end. */
  function track(work: Promise<void>): Promise<void> {
    const tracked: Promise<void> = work
      .catch((error: unknown) => {
        const { kind, detail } = problemOf(error);
        log.warn({ kind, detail }, 'something from Slack could not be taken in');
        throw error;
      })
      .finally(() => running.delete(tracked));
    running.add(tracked);
    return tracked;
  }
}

async function take(
  office: Office,
  events: (body: unknown) => Promise<void>,
  body: unknown,
  ack: Ack | null,
): Promise<void> {
  if (ack === null) {
    // Left to the next process by Slack's next attempt. What is never repeated gets a word: see `answerOf`.
    if (office.signal.aborted) throw slackFailure('stopped', 'stopping');
    return events(body);
  }
  const type = typeof body === 'object' && body !== null && 'type' in body ? body.type : undefined;
  switch (type) {
    case 'block_actions':
      return takeAction(office, body, ack);
    case 'view_submission':
      return takeSubmission(office, body, ack);
    case 'block_suggestion':
      return takeSuggestion(office, body, ack);
    case 'message_action':
      return takeShortcut(office, body, ack);
    case undefined:
      return takeCommand(office, body, ack);
    default:
      // Nothing of ours; unanswered it would show an error to the person.
      return ack();
  }
}

function botOf(identity: Identity): { botUserId: string; botId?: string } {
  return { botUserId: identity.self, ...(identity.botId !== null && { botId: identity.botId }) };
}
