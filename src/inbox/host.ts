import type { Accounts } from '../accounts/accounts.ts';
import type { Adapter, Answer, Host, Suggest } from '../chat/adapter.ts';
import type { ChatEvent } from '../chat/events.ts';
import type { Person } from '../chat/messages.ts';
import type { Desk } from '../commands/desk.ts';
import { readOptions } from '../commands/grammar.ts';
import { isPrivateUse, type Registry } from '../commands/registry.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { Log } from '../ops/log.ts';
import type { Naming } from '../turn/naming.ts';
import type { Access } from './access.ts';
import type { Calls } from './calls.ts';
import type { Clicks } from './clicks.ts';
import type { Edits } from './edits.ts';
import { type AccountExtras, suggestExtras, warmFor } from './extras.ts';
import { findCommand, isParley } from './find-command.ts';
import type { Home } from './home.ts';
import { type KeyGuard, withoutOthersKeys } from './key-guard.ts';
import type { Messages } from './messages.ts';
import type { NextcloudRoom } from './nextcloud.ts';
import { suggestPrompts } from './prompt-shelf.ts';
import { createRepeats } from './repeats.ts';
import { type Spell, spelledHost } from './spelling.ts';
import type { Waiting } from './waiting.ts';
import type { Warm } from './warm.ts';
import { suggestModels } from './warm.ts';
import type { Withdrawals } from './withdrawals.ts';

/** Keys of events that are remembered: more than come within the minutes in which a platform repeats itself. */
const REMEMBERED = 5_000;

/** How a platform's connection stands; what `/readyz` asks. */
export interface Connection {
  state: 'connecting' | 'connected' | 'reconnecting' | 'fatal';
  why: string;
}

/** What the host is made of. */
export interface HostRooms {
  readonly access: Access;
  readonly registry: Registry;
  readonly messages: Messages;
  readonly calls: Calls;
  readonly clicks: Clicks;
  readonly withdrawals: Withdrawals;
  readonly edits: Edits;
  readonly naming: Naming;
  readonly desk: Desk;
  readonly home: Home;
  readonly keyGuard: KeyGuard;
  readonly waiting: Waiting;
  readonly warm: Warm;
  readonly accounts: Accounts;
  readonly spell: Spell;
  /** What the account that acts for a person may ask with; null while that is not known. */
  extrasOf(person: Person): AccountExtras | null;
  readonly nextcloud: Pick<NextcloudRoom, 'suggest' | 'withdraw'>;
  readonly delivery: Delivery;
  readonly log: Log;
}

/** The host of one adapter: the one door through which its events come in. `connection` is kept up to date. */
export function createHost(rooms: HostRooms, adapter: Adapter, connection: Connection): Host {
  const { access } = rooms;
  const log = rooms.log.child({ platform: adapter.name });
  const once = createRepeats(REMEMBERED);

  async function take(told: ChatEvent): Promise<Answer> {
    const event = withoutOthersKeys(told);
    const warning = event.type === 'command' || event.type === 'form' ? await rooms.keyGuard.check(event) : null;
    if (warning) return warning;
    switch (event.type) {
      case 'message':
        return rooms.messages(event);
      case 'command':
        return rooms.calls.slash(event);
      case 'form':
        return rooms.calls.form(event);
      case 'button':
        return rooms.clicks(event);
      case 'deleted':
        await Promise.all([
          rooms.withdrawals.withdraw(event.ref),
          rooms.waiting.withdraw(event.ref),
          rooms.nextcloud.withdraw(event.ref),
        ]);
        return { do: 'none' };
      case 'edited':
        await rooms.edits.take(event);
        return { do: 'none' };
      case 'renamed':
        if (access.closed(event.place) === null) await rooms.naming.onPlatform(event.place, event.title);
        return { do: 'none' };
      case 'joined': {
        const refusal = event.by ? access.refusal(event.by, event.place) : access.closed(event.place);
        return refusal === null ? WELCOME : { do: 'none' };
      }
      case 'home': {
        const refusal = access.refusal(event.author, null);
        if (refusal === '') return { do: 'none' };
        if (refusal !== null) return { do: 'say', body: { markdown: refusal, controls: null }, private: true };
        return { do: 'say', body: await rooms.home(event), private: true };
      }
    }
  }

  const host: Host = {
    async accept(event) {
      try {
        const answer = await once(event.key, () => take(event));
        log.debug({ event: event.type, id: event.key, answer: answer.do }, 'event');
        return answer;
      } catch (error) {
        log.error({ event: event.type, id: event.key, error }, 'event could not be recorded');
        throw error;
      }
    },
    suggest(asked) {
      if (access.refusal(asked.author, asked.place) !== null) return [];
      // Nobody is suggested what only others may use.
      const identity = rooms.accounts.known(asked.author);
      const query = ofField(asked);
      const command = findCommand(rooms.registry, query.command, '')?.command;
      const extras = rooms.extrasOf(query.author);
      // Whoever begins with a command will soon name what goes with it: the lists are fetched while they type.
      if (extras) warmFor(extras, query.command);
      if (query.option === 'prompt') {
        return suggestPrompts(
          identity ? rooms.warm.prompts(identity.server).known() : [],
          query.typed,
          adapter.limits.choices,
        );
      }
      if (query.option === 'model' || (command?.name === 'model' && query.option === 'name')) {
        const offered = (identity ? rooms.warm.models(identity.server) : []).filter((model) => !model.hidden);
        return suggestModels(offered, query.typed, adapter.limits.choices);
      }
      const ofNextcloud = rooms.nextcloud.suggest(
        command ? { ...query, command: rooms.registry.path(command) } : query,
        adapter.limits.choices,
      );
      if (ofNextcloud) return ofNextcloud;
      const found = extras && suggestExtras(extras, query.option, query.typed, adapter.limits.choices);
      if (found) return found;
      if (query.option === 'command') {
        const { commands, prefix } = rooms.registry;
        const typed = query.typed.replace(/^\//, '').toLowerCase();
        return commands
          .filter((one) => one.name.startsWith(typed) || `${prefix}${one.name}`.startsWith(typed))
          .map((one) => ({ label: `/${prefix}${one.name}`, value: one.name, hint: one.summary }))
          .slice(0, adapter.limits.choices);
      }
      return [];
    },
    isPrivate(name, text, options = {}) {
      const found = findCommand(rooms.registry, name, text);
      // What no command is called by may be a prompt, which everybody sees run.
      if (!found) return isParley(rooms.registry, name);
      const typed = readOptions(found.command, found.rest).options;
      return isPrivateUse(found.command, new Map([...typed, ...Object.entries(options)]));
    },
    state(state, why) {
      connection.state = state;
      connection.why = why;
      if (state === 'fatal') log.error({ why }, 'connection lost for good');
      else log.info({ ...(why && { why }) }, state);
    },
    budget: (scope, left, resetMs) => rooms.delivery.learn(adapter.name, scope, left, resetMs),
  };
  return spelledHost(host, adapter.name, rooms.spell);
}

/** A field of a form asks as `path.option`, with no command. */
function ofField(query: Suggest): Suggest {
  const dot = query.option.lastIndexOf('.');
  if (query.command !== '' || dot === -1) return query;
  return { ...query, command: query.option.slice(0, dot), option: query.option.slice(dot + 1) };
}

/** What somebody reads who has just met Parley. */
const WELCOME: Answer = {
  do: 'say',
  body: {
    markdown: [
      'Hello! I bring your Open WebUI models here. Mention me or write to me privately, and I answer in a thread.',
      'Whoever can read the place can read my answers. `/help` shows what else I can do.',
    ].join('\n\n'),
    controls: null,
  },
  private: false,
};
