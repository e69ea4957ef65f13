import { inspect } from 'node:util';
import { shown } from './body.ts';
import { liveStatus } from './methods/sessions.ts';
import type { ApiCall, Ephemeral, Message, ViewRecord } from './model.ts';
import { threadKey, type World } from './world.ts';

/** Waiting for what the app does. Every wait ends with an error that says what was there, after `timeoutMs` of real time (20 s). */
export interface Watch {
  /** The first value that `look` gives; it is asked now and after every change. */
  until<T>(look: () => T | null | undefined | false, what?: string, timeoutMs?: number): Promise<T>;
  /** A living message of a channel, there already or to come; edits are looked at too. Newest first. */
  message(channel: string, test: (message: Message, shown: string) => boolean, timeoutMs?: number): Promise<Message>;
  /** The same, only for messages of the bot. */
  answer(channel: string, test?: (message: Message, shown: string) => boolean, timeoutMs?: number): Promise<Message>;
  /** Something only this person sees. */
  ephemeral(user: string, test?: (note: Ephemeral, shown: string) => boolean, timeoutMs?: number): Promise<Ephemeral>;
  /** The status of a thread, as `setStatus` left it and time allows. */
  status(channel: string, ts: string, test: (status: string) => boolean, timeoutMs?: number): Promise<string>;
  /** A modal this person has open. */
  modal(user: string, test?: (view: ViewRecord) => boolean, timeoutMs?: number): Promise<ViewRecord>;
  /** The Home tab of a person. */
  home(user: string, test?: (view: ViewRecord) => boolean, timeoutMs?: number): Promise<ViewRecord>;
  /** A finished call of a method. */
  call(method: string, test?: (call: ApiCall) => boolean, timeoutMs?: number): Promise<ApiCall>;
}

/** Watches a world. `signal` ends all waits when the server closes. */
export function createWatch(world: World, signal: AbortSignal): Watch {
  function until<T>(look: () => T | null | undefined | false, what = 'a change', timeoutMs = 20_000): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer);
        world.changes.delete(check);
        signal.removeEventListener('abort', end);
      };
      const fail = (why: string) => {
        stop();
        reject(new Error(`${why} while waiting for ${what}.\n${summary(world)}`));
      };
      const end = () => fail('The server closed');
      const check = () => {
        try {
          const found = look();
          if (found === null || found === undefined || found === false) return;
          stop();
          resolve(found);
        } catch (error) {
          stop();
          reject(error);
        }
      };
      // Real time on purpose: it only ends a test that would hang.
      const timer = setTimeout(() => fail(`Nothing came in ${timeoutMs} ms`), timeoutMs);
      world.changes.add(check);
      signal.addEventListener('abort', end);
      check();
    });
  }

  const yes = () => true;
  const inChannel = (channel: string, test: (message: Message, seen: string) => boolean) =>
    world.channels
      .get(channel)
      ?.messages.findLast((message) => message.deletedAt === null && test(message, shown(message)));

  return {
    until,
    message: (channel, test, ms) => until(() => inChannel(channel, test), `a message in ${channel}`, ms),
    answer: (channel, test = yes, ms) =>
      until(
        () => inChannel(channel, (message, seen) => message.author === world.bot.id && test(message, seen)),
        `an answer in ${channel}`,
        ms,
      ),
    ephemeral: (user, test = yes, ms) =>
      until(
        () => world.ephemerals.findLast((note) => note.user === user && !note.deleted && test(note, shown(note))),
        `a note for ${user}`,
        ms,
      ),
    async status(channel, ts, test, ms) {
      const look = () => {
        const state = world.threads.get(threadKey(channel, ts));
        const status = state ? liveStatus(world, state) : '';
        return test(status) ? { status } : null;
      };
      return (await until(look, `a status in ${channel} ${ts}`, ms)).status;
    },
    modal: (user, test = yes, ms) => until(() => openView(world, user, 'modal', test), `a modal for ${user}`, ms),
    home: (user, test = yes, ms) => until(() => openView(world, user, 'home', test), `the Home tab of ${user}`, ms),
    call: (method, test = yes, ms) =>
      until(
        () => world.calls.findLast((one) => one.method === method && one.doneAt !== null && test(one)),
        `a call of ${method}`,
        ms,
      ),
  };
}

function openView(world: World, user: string, type: 'modal' | 'home', test: (view: ViewRecord) => boolean) {
  return [...world.views.values()].findLast(
    (view) => view.user === user && view.type === type && view.open && test(view),
  );
}

/** The last things that happened, for the error of a wait. */
function summary(world: World): string {
  const calls = world.calls
    .slice(-12)
    .map(
      (call) =>
        `${call.method} ${call.error ?? 'ok'} ${inspect(call.args, { breakLength: 200, maxStringLength: 200 })}`,
    );
  const said = [...world.channels.values()].flatMap((channel) =>
    channel.messages.slice(-3).map((message) => `${channel.id} ${message.author}: ${shown(message).slice(0, 200)}`),
  );
  return [`Last calls:`, ...calls, 'Last messages:', ...said].join('\n');
}
