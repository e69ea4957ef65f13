import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Api } from '../../../adapters/slack/api.ts';
import { createStatuses } from '../../../adapters/slack/status.ts';
import { Failure } from '../../../src/chat/errors.ts';
import { createTestClock } from '../../clock.ts';
import { shown } from '../../servers/slack/body.ts';
import { ALL_EVENTS } from '../../servers/slack/events.ts';
import { threadState } from '../../servers/slack/world.ts';
import { adapterFor, createCore, place, rendered, stage } from './stage.ts';

describe('the status', () => {
  it('shows while the bot is at work and goes when it is done', async () => {
    const { slack, adapter, ann, channel } = await stage();
    const { ts } = slack.people.say(ann, channel, 'x');
    await adapter.busy?.(place(slack, channel, ts), 'thinking…');
    expect(await slack.watch.status(channel, ts, (status) => status !== '')).toBe('is thinking…');
    await adapter.busy?.(place(slack, channel, ts), null);
    expect(await slack.watch.status(channel, ts, (status) => status === '')).toBe('');
  });

  it('is renewed before two minutes, not for ever, and taken away when the adapter stops', async () => {
    const clock = createTestClock();
    const sent: string[] = [];
    const api: Api = {
      base: 'http://x/',
      authorization: () => '',
      async call(_method, args, answer) {
        sent.push(String(args.status));
        return z.parse(answer, { ok: true });
      },
    };
    const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
    const statuses = createStatuses(api, clock, silent);
    const where = { platform: 'slack', team: 'T', channel: 'C', thread: '1.1', kind: 'public' } as const;
    await statuses.show(where, 'thinking…');
    for (let minutes = 0; minutes < 60; minutes += 1) await clock.advance(60_000);
    const renewals = sent.length - 1;
    expect(renewals).toBeGreaterThanOrEqual(13);
    expect(renewals).toBeLessThanOrEqual(15);
    await statuses.show({ ...where, thread: '2.2' }, 'reading');
    await statuses.clear();
    expect(sent.slice(-2)).toEqual(['is reading', '']);
    await clock.advance(600_000);
    expect(sent.at(-1)).toBe('');
  });
});

describe('titles', () => {
  async function answered(agent: boolean, direct = false) {
    const set = await stage({ server: { agent, scopes: agentScopes } });
    const where = direct ? set.slack.people.dm(set.ann).id : set.channel;
    const { ts } = set.slack.people.say(set.ann, where, 'x');
    const at = place(set.slack, where, ts, direct ? 'direct' : 'public');
    const surface = await set.adapter.open(at, rendered(set.adapter, 'The answer'), 'k', null);
    return { ...set, at, ts, where, surface };
  }
  const agentScopes = [
    'chat:write',
    'users:read',
    'assistant:write',
    'channels:read',
    'im:read',
    'channels:history',
    'im:history',
  ];

  it('name the session of an agent, which is made when there is none', async () => {
    const { slack, adapter, at, ts, where } = await answered(true);
    await adapter.title?.(at, 'First <!here>', 'model');
    await adapter.title?.(at, 'Second', 'person');
    await adapter.title?.(at, 'By the model', 'model');
    expect(threadState(slack.world, where, ts)).toMatchObject({ title: 'Second', session: 'active' });
    expect(slack.pings).toEqual([]);
  });

  it('stand above the first answer of an ordinary app, and stay there when it changes', async () => {
    const { slack, adapter, at, where, surface } = await answered(false);
    await adapter.title?.(at, 'About the sky', 'model');
    await surface.put(rendered(adapter, 'A better answer'), true);
    const message = await slack.watch.answer(where);
    expect(message.blocks.map((block) => block.type)).toEqual(['header', 'markdown']);
    expect(shown(message)).toContain('About the sky');
    expect(shown(message)).toContain('A better answer');
    await adapter.open(at, rendered(adapter, 'Second answer'), 'k2', null);
    await adapter.title?.(at, 'Renamed', 'person');
    const first = slack.world.channels.get(where)?.messages.find((one) => one.ts === surface.ref.id);
    expect(first && shown(first)).toContain('Renamed');
    expect(slack.calls.filter((one) => one.method === 'agents.sessions.rename')).toHaveLength(1);
  });

  it('stay above an answer that is changed after a restart', async () => {
    const { slack, adapter, at, where, surface } = await answered(false);
    await adapter.title?.(at, 'About the sky', 'model');
    const later = adapterFor(slack, []);
    await later.start(createCore(), new AbortController().signal);
    await later.open(at, rendered(later, 'Second answer'), 'k2', null);
    const again = await later.reopen(surface.ref);
    if (typeof again === 'string') throw new Error(again);
    await again.put(rendered(later, 'Without buttons'), true);
    const first = slack.world.channels.get(where)?.messages.find((one) => one.ts === surface.ref.id);
    expect(first?.blocks.map((block) => block.type)).toEqual(['header', 'markdown']);
    expect(first && shown(first)).toBe('About the sky\nWithout buttons');
  });

  it('do not meet a newer text half-way', async () => {
    const { slack, adapter, at, where, surface } = await answered(false);
    slack.faults.latency('chat.update', { min: 0, max: 40 });
    await Promise.all([
      adapter.title?.(at, 'Title', 'model'),
      surface.put(rendered(adapter, 'The last text'), true),
      adapter.title?.(at, 'Title again', 'model'),
    ]);
    const message = await slack.watch.answer(where);
    expect(shown(message)).toContain('The last text');
    expect(shown(message)).toContain('Title again');
  });

  it('given by a person in Slack are told', async () => {
    const { slack, adapter, channel, ann, event } = await stage({ server: { agent: true, events: ALL_EVENTS } });
    const { ts } = slack.people.say(ann, channel, 'x');
    slack.people.renameSession(ann, channel, ts, 'Mine');
    expect(await event('renamed')).toMatchObject({ title: 'Mine', place: { channel, thread: ts } });
    await adapter.title?.(place(slack, channel, ts), 'The model’s', 'model');
    expect(threadState(slack.world, channel, ts).title).toBe('Mine');
  });
});

describe('files', () => {
  it('come as they are, with the token only to Slack', async () => {
    const { slack, adapter, ann, event } = await stage();
    slack.people.say(ann, slack.people.dm(ann), 'look', { files: [{ name: 'a.png', bytes: 'not really' }] });
    const { message } = await event('message');
    const [file] = message.files;
    expect(file).toMatchObject({ name: 'a.png', type: 'image/png', size: 10 });
    if (!file) return;
    const got = await adapter.download(file, 100);
    expect(new TextDecoder().decode(got.bytes)).toBe('not really');
    expect(slack.world.downloads.map((one) => one.authorized)).toEqual([true]);
    const elsewhere = { ...file, token: 'https://evil.example/files/x' };
    await expect(adapter.download(elsewhere, 100)).rejects.toMatchObject({ problem: { kind: 'invalid' } });
    const almost = { ...file, token: 'https://slack.com.evil.example/x' };
    await expect(adapter.download(almost, 100)).rejects.toMatchObject({ problem: { kind: 'invalid' } });
  });

  it('that lie about their size are still cut off', async () => {
    const { slack, adapter, ann, event } = await stage();
    const big = { name: 'big.txt', bytes: 'x'.repeat(50_000), claimedSize: 5 };
    slack.people.say(ann, slack.people.dm(ann), 'look', { files: [big] });
    const [file] = (await event('message')).message.files;
    if (!file) throw new Error('no file');
    await expect(adapter.download(file, 1_000)).rejects.toMatchObject({ problem: { kind: 'too-large' } });
  });

  it('of another workspace are asked for first', async () => {
    const { slack, adapter, ann, event } = await stage();
    slack.people.say(ann, slack.people.dm(ann), 'look', {
      files: [{ name: 'c.txt', bytes: 'hello', checkInfo: true }],
    });
    const [file] = (await event('message')).message.files;
    if (!file) throw new Error('no file');
    expect(file.token).toBe('');
    const got = await adapter.download(file, 100);
    expect([got.name, new TextDecoder().decode(got.bytes)]).toEqual(['c.txt', 'hello']);
  });

  it('that may not be read are told from a page to sign in on', async () => {
    const { slack, adapter, ann, event } = await stage();
    slack.people.say(ann, slack.people.dm(ann), 'look', { files: [{ name: 'c.txt', bytes: 'hello' }] });
    const [file] = (await event('message')).message.files;
    slack.world.scopes.delete('files:read');
    if (!file) throw new Error('no file');
    const error: unknown = await adapter.download(file, 100).catch((thrown: unknown) => thrown);
    expect(error instanceof Failure && error.problem.say).toContain('files:read');
    // The redirect was followed without the token.
    expect(slack.world.downloads).toHaveLength(1);
  });

  it('go out into the thread, and are found again by their key', async () => {
    const { slack, adapter, ann, channel } = await stage();
    const { ts } = slack.people.say(ann, channel, 'x');
    const at = place(slack, channel, ts);
    const bytes = new TextEncoder().encode('# All of it');
    const ref = await adapter.upload(at, { name: 'answer.md', type: 'text/markdown', bytes, alt: null }, 'file-key');
    const message = await slack.watch.answer(channel, (one) => one.files.length > 0);
    expect(ref).toEqual({ place: at, id: message.ts });
    expect(message.threadTs).toBe(ts);
    expect(await adapter.find(at, 'file-key', null)).toMatchObject({ id: message.ts });
  });
});

describe('meeting people', () => {
  const hello = { do: 'say', private: false, body: { markdown: '**Hello!** <!channel>', controls: null } } as const;

  it('greets a channel it is invited to', async () => {
    const { slack, core, ann } = await stage();
    core.answer = (one) => (one.type === 'joined' ? hello : { do: 'none' });
    const other = slack.people.channel({ name: 'other', members: [ann], bot: false });
    slack.people.invite(ann, other);
    expect(shown(await slack.watch.answer(other.id))).toContain('Hello!');
    expect(slack.pings).toEqual([]);
  });

  it('greets somebody who opens the conversation with it for the first time, and only then', async () => {
    const { slack, core, ann, bob } = await stage();
    core.answer = (one) => (one.type === 'joined' ? hello : { do: 'none' });
    slack.people.openHome(ann, 'messages');
    const dm = slack.people.dm(ann).id;
    expect(shown(await slack.watch.answer(dm))).toContain('Hello!');
    slack.people.openHome(ann, 'messages');
    slack.people.say(bob, slack.people.dm(bob), 'I wrote before');
    slack.people.openHome(bob, 'messages');
    await slack.watch.until(() => slack.deliveries.filter((one) => one.ackedAt !== null).length === 4);
    expect(core.events.filter((one) => one.type === 'joined')).toHaveLength(1);
  });

  it('fills the Home tab', async () => {
    const { slack, core, ann } = await stage();
    const buttons = [{ id: 'next:x:0', label: 'Models', style: 'plain', role: 'other' } as const];
    core.answer = (one) =>
      one.type === 'home' ? { ...hello, body: { ...hello.body, controls: { buttons, menu: null } } } : { do: 'none' };
    slack.people.openHome(ann);
    const home = await slack.watch.home(ann);
    expect(JSON.stringify(home.view)).toContain('*Hello!*');
    expect((await slack.interact.act(ann, home, 'Models')).ok).toBe(true);
    await slack.watch.until(() => core.events.some((one) => one.type === 'button' && one.place.channel === ann));
  });

  it('tells guests, strangers and programs from members', async () => {
    const { slack, event, core } = await stage();
    const guest = slack.people.user({ name: 'gus', guest: 'single' });
    const stranger = slack.people.user({ name: 'eve', stranger: true });
    const robot = slack.people.user({ name: 'robo', bot: true });
    const shared = slack.people.channel({ name: 'shared', members: [guest, stranger, robot] });
    slack.people.say(robot, shared, `<@${slack.botUserId}> beep`);
    slack.people.say(robot, shared, 'beep to everybody');
    slack.people.say(guest, shared, `<@${slack.botUserId}> may I?`);
    slack.people.say(stranger, shared, `<@${slack.botUserId}> and I?`);
    const first = await event('message', (one) => one.message.text === 'may I?');
    expect(first.message.author).toMatchObject({ guest: true, stranger: false });
    const second = await event('message', (one) => one.message.text === 'and I?');
    expect(second.message.author).toMatchObject({ guest: false, stranger: true });
    const third = await event('message', (one) => one.message.text === 'beep');
    expect(third.message.author).toMatchObject({ bot: true, ref: { id: robot.botId } });
    expect(core.events).toHaveLength(3);
  });

  it('tells an e-mail address only where it is known to be theirs', async () => {
    const { slack, channel, event } = await stage();
    const [ada, bob] = ['ada', 'bob'].map((name) => slack.people.user({ name }));
    if (!ada || !bob) throw new Error('nobody is there');
    bob.emailConfirmed = false;
    slack.world.scopes.add('users:read.email');
    slack.people.say(ada, channel, 'first');
    slack.people.say(bob, channel, 'second');
    expect((await event('message', (one) => one.message.text === 'first')).message.author.email).toBe(ada.email);
    expect((await event('message', (one) => one.message.text === 'second')).message.author.email).toBeNull();
  });

  it('hears of changed and deleted messages', async () => {
    const { slack, ann, channel, event, core } = await stage();
    const said = slack.people.say(ann, channel, 'frist');
    await event('message');
    slack.people.edit(said, 'first');
    expect((await event('edited')).message).toMatchObject({ text: 'first', ref: { id: said.ts } });
    slack.people.remove(said);
    const gone = await event('deleted');
    expect(gone.ref).toEqual({ place: place(slack, channel), id: said.ts });
    expect(new Set(core.events.map((one) => one.key)).size).toBe(3);
  });

  it('takes in a message of 40,000 characters whole', async () => {
    const { slack, ann, event } = await stage();
    const text = 'word '.repeat(8_000).trim();
    slack.people.say(ann, slack.people.dm(ann), text);
    expect((await event('message')).message.text).toBe(text);
  });
});

describe('clicks', () => {
  it('on feedback buttons name the verdict, and what is answered can be seen', async () => {
    const { slack, adapter, core, ann, channel, event } = await stage();
    const role = (name: 'good' | 'bad') => ({ id: `${name}:j1:0`, label: name, style: 'plain', role: name }) as const;
    await adapter.open(
      place(slack, channel),
      rendered(adapter, 'x', { buttons: [role('good'), role('bad')], menu: null }),
      'k',
      null,
    );
    core.answer = () => ({ do: 'say', private: true, body: { markdown: 'Thank you.', controls: null } });
    await slack.interact.act(ann, await slack.watch.answer(channel), 'feedback', { verdict: 'negative' });
    expect((await event('button')).control).toBe('bad:j1:0');
    expect(shown(await slack.watch.ephemeral(ann))).toBe('Thank you.');
  });

  it('on a list name the choice', async () => {
    const { slack, adapter, ann, channel, event } = await stage();
    const menu = { id: 'pick:j1:0', placeholder: 'Model', choices: [{ label: 'Llama', value: 'llama' }] };
    await adapter.open(place(slack, channel), rendered(adapter, 'x', { buttons: [], menu }), 'k', null);
    await slack.interact.act(ann, await slack.watch.answer(channel), 'pick:j1:0', { value: 'llama' });
    expect(await event('button')).toMatchObject({ control: 'pick:j1:0', value: 'llama' });
  });

  it('are acknowledged in time though the core is slow, also on controls nobody knows', async () => {
    const { slack, adapter, core, ann, channel } = await stage();
    const buttons = [{ id: 'who:knows:0', label: 'Old', style: 'plain', role: 'other' } as const];
    await adapter.open(place(slack, channel), rendered(adapter, 'x', { buttons, menu: null }), 'k', null);
    const late = Promise.withResolvers<void>();
    core.answer = async () => {
      await late.promise;
      return { do: 'say', private: true, body: { markdown: 'I do not know that button.', controls: null } };
    };
    const reply = await slack.interact.act(ann, await slack.watch.answer(channel), 'Old');
    expect(reply).toMatchObject({ ok: true });
    late.resolve();
    expect(shown(await slack.watch.ephemeral(ann))).toContain('do not know that button');
  });

  it('without an address to answer to are answered beside the message', async () => {
    const { slack, adapter, core, ann, channel } = await stage();
    const buttons = [{ id: 'a:b:0', label: 'Press', style: 'plain', role: 'other' } as const];
    await adapter.open(place(slack, channel), rendered(adapter, 'x', { buttons, menu: null }), 'k', null);
    core.answer = () => ({ do: 'say', private: true, body: { markdown: 'Here.', controls: null } });
    await slack.interact.act(ann, await slack.watch.answer(channel), 'Press', { respond: false });
    expect((await slack.watch.ephemeral(ann)).via).toBe('chat.postEphemeral');
  });
});
