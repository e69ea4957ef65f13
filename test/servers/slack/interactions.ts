import { type ActOptions, findControl, offered, pressed } from './controls.ts';
import type { Reply, Transport } from './delivery.ts';
import { type Json, object, objects, text } from './json.ts';
import { changeView, closeView, newTrigger, showView } from './modals.ts';
import type { Channel, Ephemeral, Message, User, ViewRecord } from './model.ts';
import { idOf } from './people.ts';
import { Refusal } from './refusal.ts';
import { newResponseUrl, respond } from './response-url.ts';
import { type Filled, fillState } from './state-values.ts';
import { readView, viewProblems } from './view-schema.ts';
import { messageJson, viewJson } from './wire.ts';
import { nextTs, type World } from './world.ts';

/** Where a control stands: a message, a note only one person sees, or a view. */
export type Where = Message | Ephemeral | ViewRecord;

/** What a person gets for a slash command: the reply, and what the acknowledgement put on the screen. */
export interface CommandOutcome {
  readonly reply: Reply;
  readonly shown: Message | Ephemeral | null;
  /** Slack's own words when the body of the acknowledgement was refused. */
  readonly refused: string | null;
  readonly responseUrl: string;
}

/** What came of submitting a modal. `errors` by block id stand in the form; `blocked` are Slack's own complaints, nothing was sent. */
export interface SubmitOutcome {
  readonly reply: Reply | null;
  readonly errors: Readonly<Record<string, string>>;
  readonly blocked: Readonly<Record<string, string>>;
  /** The view now before the person, or null when all is closed. */
  readonly view: ViewRecord | null;
}

/** Commands, buttons, forms: tried once, answered within three seconds or `operation_timeout`. */
export interface Interactions {
  /** Uses a control by its `action_id` or its visible text. */
  act(user: User | string, where: Where, control: string, options?: ActOptions): Promise<Reply>;
  command(user: User | string, channel: Channel | string, command: string, words?: string): Promise<CommandOutcome>;
  messageShortcut(user: User | string, message: Message, callbackId: string): Promise<Reply>;
  globalShortcut(user: User | string, callbackId: string): Promise<Reply>;
  /** Fills in the fields (by block id or action id) and submits. Fields left out keep their initial value. */
  submit(view: ViewRecord, values: Filled): Promise<SubmitOutcome>;
  /** Closes a modal; the app hears of it only with `notify_on_close`. */
  close(view: ViewRecord, cleared?: boolean): Promise<Reply | null>;
  /** Types into an `external_select` and gives back the options the app offers. */
  type(user: User | string, where: Where, actionId: string, typed: string): Promise<{ reply: Reply; options: Json[] }>;
}

const isView = (where: Where): where is ViewRecord => 'rootId' in where;
const blocksOf = (where: Where) => (isView(where) ? objects(where.view.blocks) : where.blocks);
const isNote = (where: Where): where is Ephemeral => 'user' in where && 'channel' in where;

/** The interactive side of the people; `transport()` is the way to the app at that moment; `commands` those it has (null: any). */
export function createInteractions(
  world: World,
  transport: () => Transport,
  commands: readonly string[] | null,
): Interactions {
  const base = (user: string, trigger: string | null): Json => {
    const person = world.users.get(user);
    const name = person?.name ?? user;
    return {
      user: { id: user, username: name, name, team_id: person?.teamId ?? world.teamId },
      api_app_id: world.appId,
      token: 'verification',
      ...(trigger ? { trigger_id: trigger } : {}),
      team: { id: world.teamId, domain: world.domain },
      enterprise: null,
      is_enterprise_install: false,
    };
  };
  const ask = (payload: Json) => transport().ask('interactive', payload);
  const place = (channel: string): Json => ({ id: channel, name: channelName(world, channel) });

  /** The part of a payload that says where the control stood. */
  function standing(where: Where, filled: Filled = {}): Json {
    if (isView(where)) {
      const { values } = fillState(where.view, filled);
      return { container: { type: 'view', view_id: where.id }, view: viewJson(world, where, values) };
    }
    const ephemeral = isNote(where);
    const thread = where.threadTs ? { thread_ts: where.threadTs } : {};
    const at = { message_ts: where.ts, channel_id: where.channel, is_ephemeral: ephemeral, ...thread };
    // The payload of a click on an ephemeral message does not carry the message itself.
    const message = isNote(where) ? {} : { message: messageJson(world, where) };
    return { container: { type: 'message', ...at }, channel: place(where.channel), ...message, state: { values: {} } };
  }

  function responseFor(user: string, where: Where): Json {
    if (isView(where)) return {};
    const original = isNote(where) ? { ephemeral: where } : { message: where };
    return {
      response_url: newResponseUrl(world, { user, channel: where.channel, threadTs: where.threadTs, original }).url,
    };
  }

  return {
    act(user, where, control, options = {}) {
      const { element, block } = findControl(blocksOf(where), control);
      const trigger = newTrigger(world, idOf(user), isView(where) ? where.id : null);
      const { action_id, type } = element;
      const action = {
        type,
        action_id,
        block_id: block.block_id,
        action_ts: nextTs(world),
        ...pressed(element, options),
      };
      const response = options.respond === false ? {} : responseFor(idOf(user), where);
      return ask({
        type: 'block_actions',
        ...base(idOf(user), trigger),
        ...standing(where, options.values),
        ...response,
        actions: [action],
      });
    },

    async command(user, given, command, words = '') {
      const id = idOf(user);
      const channel = idOf(given);
      const unknown = { ok: false, error: 'unknown_command' } as const;
      if (commands && !commands.includes(command))
        return { reply: unknown, shown: null, refused: null, responseUrl: '' };
      const { url, record } = newResponseUrl(world, { user: id, channel, threadTs: null, original: null });
      const person = world.users.get(id);
      const payload = {
        token: 'verification',
        team_id: world.teamId,
        team_domain: world.domain,
        channel_id: channel,
        channel_name: channelName(world, channel),
        user_id: id,
        user_name: person?.name ?? id,
        command,
        text: words,
        api_app_id: world.appId,
        is_enterprise_install: 'false',
        response_url: url,
        trigger_id: newTrigger(world, id),
      };
      const reply = await transport().ask('slash_commands', payload);
      if (!reply.ok || (!reply.payload.text && !reply.payload.blocks))
        return { reply, shown: null, refused: null, responseUrl: url };
      try {
        return { reply, shown: respond(world, record, reply.payload, 'command'), refused: null, responseUrl: url };
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return { reply, shown: null, refused: error.error, responseUrl: url };
      }
    },

    messageShortcut(user, message, callbackId) {
      const id = idOf(user);
      const at = { channel: place(message.channel), message: messageJson(world, message), message_ts: message.ts };
      const shortcut = { callback_id: callbackId, action_ts: nextTs(world), ...responseFor(id, message) };
      return ask({ type: 'message_action', ...base(id, newTrigger(world, id)), ...at, ...shortcut });
    },

    globalShortcut(user, callbackId) {
      const id = idOf(user);
      return ask({
        type: 'shortcut',
        ...base(id, newTrigger(world, id)),
        callback_id: callbackId,
        action_ts: nextTs(world),
      });
    },

    async submit(view, values) {
      const state = fillState(view.view, values);
      if (!view.open) throw new Error('This modal is closed.');
      if (Object.keys(state.blocked).length > 0) return { reply: null, errors: {}, blocked: state.blocked, view };
      const trigger = newTrigger(world, view.user, view.id);
      const shown = viewJson(world, view, state.values);
      const reply = await ask({ type: 'view_submission', ...base(view.user, trigger), view: shown, response_urls: [] });
      if (!reply.ok) return { reply, errors: {}, blocked: {}, view };
      return { reply, blocked: {}, ...settle(world, view, reply.payload) };
    },

    async close(view, cleared = false) {
      closeView(world, view, cleared);
      if (view.view.notify_on_close !== true) return null;
      return ask({
        type: 'view_closed',
        ...base(view.user, null),
        view: viewJson(world, view),
        is_cleared: cleared,
      });
    },

    async type(user, where, actionId, typed) {
      const { element, block } = findControl(blocksOf(where), actionId);
      const most = Number(element.min_query_length ?? 3);
      if (typed.length < most) throw new Error(`Slack asks only after ${most} characters.`);
      const id = idOf(user);
      const asked = { action_id: element.action_id, block_id: block.block_id, value: typed };
      const reply = await ask({
        type: 'block_suggestion',
        ...base(id, null),
        ...asked,
        ...standing(where),
      });
      return { reply, options: reply.ok ? offered(reply.payload) : [] };
    },
  };
}

/** What the acknowledgement of a submission did to the modal. */
function settle(
  world: World,
  view: ViewRecord,
  answer: Json,
): { errors: Record<string, string>; view: ViewRecord | null } {
  const action = answer.response_action;
  if (action === 'errors') {
    const inputs = objects(view.view.blocks).filter((block) => block.type === 'input');
    const errors = Object.entries(object(answer.errors)).map(([block, why]): [string, string] => [block, text(why)]);
    for (const [block] of errors)
      if (!inputs.some((input) => input.block_id === block))
        throw new Error(`Slack shows no error for ${block}: it is no input block.`);
    return { errors: Object.fromEntries(errors), view };
  }
  if (action === 'clear') {
    closeView(world, view, true);
    return { errors: {}, view: null };
  }
  if (action === 'update' || action === 'push') {
    const problems = viewProblems(answer.view, 'modal');
    if (problems.length > 0) throw new Error(`Slack refuses the view of the acknowledgement: ${problems.join('; ')}`);
    const body = readView(world, answer.view, 'modal');
    if (action === 'push') return { errors: {}, view: showView(world, view.user, body, 'ack', view) };
    changeView(world, view, body, 'ack');
    return { errors: {}, view };
  }
  closeView(world, view, false);
  const below = view.previousId ? world.views.get(view.previousId) : undefined;
  return { errors: {}, view: below?.open ? below : null };
}

function channelName(world: World, id: string): string {
  const channel = world.channels.get(id);
  if (channel?.kind === 'im') return 'directmessage';
  return channel?.kind === 'private' ? 'privategroup' : (channel?.name ?? '');
}
