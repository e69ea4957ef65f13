import { messageAt, visibleChannel, writableChannel } from '../access.ts';
import type { Args } from '../args.ts';
import { list, objects, text } from '../json.ts';
import { SIZES, TIMES } from '../limits.ts';
import type { Channel } from '../model.ts';
import { recordPings } from '../pings.ts';
import { Refusal } from '../refusal.ts';
import { changed, type ThreadState, threadState, type World } from '../world.ts';
import type { Method, Methods } from './method.ts';

const SESSION = ['processing', 'active', 'suspended', 'closed'] as const;

/** The status a thread shows now: none after two minutes without a renewal. */
export function liveStatus(world: World, state: ThreadState): string {
  return world.clock.now() - state.statusAt < TIMES.status ? state.status : '';
}

/** Sets the status of an agent session, as `agents.sessions.setStatus` and `chat.stopStream` do. */
export function moveSession(world: World, channel: string, ts: string, to: string): ThreadState {
  const status = SESSION.find((known) => known === to);
  if (!status) throw new Refusal('invalid_arguments');
  if (!world.agent) throw new Refusal('feature_not_enabled');
  const state = threadState(world, channel, ts);
  state.session = status;
  state.statuses.push({ at: world.clock.now(), status, via: 'session' });
  changed(world);
  return state;
}

function place(world: World, args: Args): { channel: Channel; ts: string } {
  const channel = writableChannel(world, args.need('channel_id', 'channel_not_found'));
  const ts = args.need('thread_ts', 'invalid_thread_ts');
  messageAt(world, channel, ts, 'invalid_thread_ts');
  return { channel, ts };
}

function titlePings(world: World, channel: Channel, ts: string, via: string, value: string): void {
  recordPings(world, { via, channel: channel.id, ts, texts: [{ text: value, where: '/title' }] });
}

const setStatus: Method = {
  scopes: ['chat:write', 'assistant:write'],
  token: 'bot',
  run(world, { args }) {
    const { channel, ts } = place(world, args);
    const status = args.str('status');
    if (status === undefined) throw new Refusal('invalid_arguments');
    const loading = list(args.json('loading_messages')).map(text);
    if (loading.length > SIZES.loadingMessages) throw new Refusal('invalid_arguments');
    const state = threadState(world, channel.id, ts);
    state.status = status;
    state.statusAt = world.clock.now();
    state.loadingMessages = loading;
    state.statuses.push({ at: state.statusAt, status, via: 'assistant.threads.setStatus' });
    const texts = [status, ...loading].map((value) => ({ text: value, where: '/status' }));
    recordPings(world, { via: 'assistant.threads.setStatus', channel: channel.id, ts, texts });
    changed(world);
    return {};
  },
};

const setTitle: Method = {
  scopes: ['assistant:write'],
  token: 'bot',
  run(world, { args }) {
    const { channel, ts } = place(world, args);
    if (channel.kind !== 'im') throw new Refusal('channel_not_found', { detail: 'Invalid channel_id' });
    if (!world.agent) throw new Refusal('feature_not_enabled');
    const title = args.need('title');
    threadState(world, channel.id, ts).title = title;
    titlePings(world, channel, ts, 'assistant.threads.setTitle', title);
    changed(world);
    return {};
  },
};

const setSuggestedPrompts: Method = {
  scopes: ['assistant:write'],
  token: 'bot',
  run(world, { args }) {
    const channel = visibleChannel(world, args.need('channel_id', 'channel_not_found'));
    if (!world.agent) throw new Refusal('feature_not_enabled');
    const prompts = objects(args.json('prompts'));
    const whole = prompts.every((prompt) => text(prompt.title) !== '' && text(prompt.message) !== '');
    if (prompts.length === 0 || prompts.length > SIZES.prompts || !whole) throw new Refusal('invalid_arguments');
    const ts = args.str('thread_ts');
    if (ts) threadState(world, channel.id, ts).prompts = prompts;
    else world.dmPrompts.set(channel.id, prompts);
    const texts = prompts.map((prompt) => ({ text: text(prompt.title), where: '/prompts' }));
    recordPings(world, { via: 'assistant.threads.setSuggestedPrompts', channel: channel.id, ts: ts ?? null, texts });
    changed(world);
    return {};
  },
};

const sessionStatus: Method = {
  scopes: ['chat:write'],
  token: 'bot',
  run(world, { args }) {
    const { channel, ts } = place(world, args);
    const title = args.str('title');
    if (title && title.length > SIZES.sessionTitle) throw new Refusal('invalid_arguments');
    const fresh = threadState(world, channel.id, ts).session === null;
    const state = moveSession(world, channel.id, ts, args.need('status'));
    if (fresh && title) state.title = title;
    if (title) titlePings(world, channel, ts, 'agents.sessions.setStatus', title);
    return { status: state.session, agent_status: state.session, title: state.title ?? '' };
  },
};

const rename: Method = {
  scopes: ['chat:write'],
  token: 'bot',
  run(world, { args }) {
    const { channel, ts } = place(world, args);
    if (!world.agent) throw new Refusal('feature_not_enabled');
    const title = args.need('title');
    if (title.length > SIZES.sessionTitle) throw new Refusal('invalid_arguments');
    const state = threadState(world, channel.id, ts);
    if (state.session === null) throw new Refusal('session_not_found');
    state.title = title;
    titlePings(world, channel, ts, 'agents.sessions.rename', title);
    changed(world);
    return { title };
  },
};

/** Status, titles, suggested prompts and agent sessions (reference, slack 1.7). */
export const sessionMethods: Methods = {
  'assistant.threads.setStatus': setStatus,
  'assistant.threads.setTitle': setTitle,
  'assistant.threads.setSuggestedPrompts': setSuggestedPrompts,
  'agents.sessions.setStatus': sessionStatus,
  'agents.sessions.rename': rename,
};
