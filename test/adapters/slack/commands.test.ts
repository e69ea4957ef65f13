import { describe, expect, it } from 'vitest';
import { allCommands } from '../../../src/commands/all.ts';
import { awakeTime } from '../../awake.ts';
import { shown } from '../../servers/slack/body.ts';
import { field, form, place, rendered, stage } from './stage.ts';

const { commands } = allCommands();
const say = (markdown: string, isPrivate = true) =>
  ({ do: 'say', private: isPrivate, body: { markdown, controls: null } }) as const;

describe('slash commands', () => {
  it('are told with what was typed, names in place of ids', async () => {
    const { slack, core, ann, bob, channel, event } = await stage();
    core.answer = () => say('Here.');
    const outcome = await slack.interact.command(ann, channel, '/ask', `ask <@${bob}|bob> about R&amp;D`);
    expect(await event('command')).toMatchObject({
      name: 'ask',
      text: 'ask @bob about R&D',
      author: { name: 'ann' },
      place: place(slack, channel),
    });
    expect(outcome.shown && shown(outcome.shown)).toBe('Here.');
    expect(outcome.shown).toHaveProperty('user', ann);
  });

  it('say to everybody what is not private', async () => {
    const { slack, core, ann, channel } = await stage();
    core.answer = () => say('For all.', false);
    const { shown: message } = await slack.interact.command(ann, channel, '/ask', 'x');
    expect(message).toHaveProperty('author', slack.botUserId);
  });

  it('are acknowledged in time though the core is slow, and answered later', async () => {
    const { slack, core, ann, channel } = await stage();
    core.privates.add('ask');
    const late = Promise.withResolvers<void>();
    core.answer = async () => {
      await late.promise;
      return say('At last.');
    };
    const waited = awakeTime();
    const { reply, shown: first } = await slack.interact.command(ann, channel, '/ask', 'x');
    expect(reply).toMatchObject({ ok: true });
    expect(waited()).toBeLessThan(2_500);
    expect(first && shown(first)).toBe('Working on it…');
    late.resolve();
    const note = await slack.watch.ephemeral(ann, (_note, seen) => seen === 'At last.');
    expect(note.versions.map((one) => one.via)).toEqual(['command', 'response_url']);
  });

  it('say so when the core cannot take them in, since Slack never repeats them', async () => {
    const { slack, core, ann, channel } = await stage();
    core.answer = () => {
      throw new Error('the disk is full');
    };
    const { shown: note } = await slack.interact.command(ann, channel, '/ask', 'x');
    expect(note && shown(note)).toContain('Something went wrong');
  });

  it('say that Parley is being restarted while it is', async () => {
    const leaving = new AbortController();
    const { slack, core, ann, channel } = await stage({ signal: leaving.signal });
    leaving.abort();
    const { shown: note } = await slack.interact.command(ann, channel, '/ask', 'x');
    expect(note && shown(note)).toContain('being restarted');
    expect(core.events).toEqual([]);
  });

  it('keep what was typed where the bot is not, and say how to invite it', async () => {
    const { slack, core, ann } = await stage();
    const other = slack.people.channel({ name: 'other', members: [ann], bot: false });
    const { shown: note } = await slack.interact.command(ann, other, '/ask', 'why?');
    expect(note && shown(note)).toContain('/invite @parley');
    expect(note && shown(note)).toContain('/ask why?');
    expect(core.events).toEqual([]);
    slack.people.invite(ann, other);
    await slack.interact.command(ann, other, '/ask', 'why?');
    expect(core.events.filter((one) => one.type === 'command')).toHaveLength(1);
  });

  it('tell apart a conversation of others, where the bot can never be', async () => {
    const { slack, ann, bob } = await stage();
    const theirs = slack.people.channel({ id: 'D0THEIRS', kind: 'im', members: [ann, bob], bot: false });
    const { shown: note } = await slack.interact.command(ann, theirs, '/ask', 'why?');
    expect(note && shown(note)).toContain('conversation of others');
  });

  it('put a private answer in the place of “Working on it…”, once, at the end', async () => {
    const { slack, adapter, core, ann, channel, event } = await stage();
    core.privates.add('ask');
    core.answer = () => ({ do: 'work', private: true });
    await slack.interact.command(ann, channel, '/ask', 'x');
    const { trigger } = await event('command');
    expect(trigger.private).toBe(true);
    const surface = await adapter.open(place(slack, channel), rendered(adapter, 'a'), 'k', trigger);
    expect(surface.mode).toBe('once');
    expect(surface.diesAt).toBe(trigger.expiresAt);
    await surface.put(rendered(adapter, 'The **whole** answer.'), true);
    const note = await slack.watch.ephemeral(ann);
    expect(shown(note)).toBe('The *whole* answer.');
    expect(slack.world.ephemerals).toHaveLength(1);
    const again = await adapter.reopen(surface.ref);
    expect(again).toHaveProperty('mode', 'once');
    const old = { ...surface.ref, via: { ...trigger, expiresAt: trigger.expiresAt - 86_400_000 } };
    expect(await adapter.reopen(old)).toBe('post-anew');
  });
});

describe('words of the core', () => {
  it('name commands as they are typed in Slack', async () => {
    const { adapter } = await stage();
    await adapter.publish?.(commands);
    expect(adapter.spell?.('Try `/help`, `/model <name>` or `/ask`. `/etc` stays, and /help in words too.')).toBe(
      'Try `/parley help`, `/parley model <name>` or `/ask`. `/etc` stays, and /help in words too.',
    );
  });
});

describe('forms of commands', () => {
  it('open at once', async () => {
    const { slack, core, ann, channel } = await stage();
    core.answer = () => ({ do: 'form', form: form([field('text', { required: true })]) });
    await slack.interact.command(ann, channel, '/ask');
    const view = await slack.watch.modal(ann);
    expect(view.view).toMatchObject({ callback_id: 'form:form-1', title: { text: '/ask' } });
  });

  it('are bridged by a loading view when the core is slow', async () => {
    const { slack, adapter, core, ann, channel } = await stage();
    await adapter.publish?.(commands);
    const late = Promise.withResolvers<void>();
    core.answer = async () => {
      await late.promise;
      return { do: 'form', form: form([field('text')]) };
    };
    await slack.interact.command(ann, channel, '/ask');
    const loading = await slack.watch.modal(ann);
    expect(JSON.stringify(loading.view)).toContain('One moment');
    late.resolve();
    const view = await slack.watch.modal(ann, (one) => one.view.callback_id === 'form:form-1');
    expect(view.id).toBe(loading.id);
  });

  it('that come too late are offered with a button', async () => {
    const { slack, core, ann, channel } = await stage();
    slack.faults.next('views.open', { do: 'error', error: 'expired_trigger_id' });
    core.answer = () => ({ do: 'form', form: form([field('text')]) });
    await slack.interact.command(ann, channel, '/ask', 'x');
    const note = await slack.watch.ephemeral(ann);
    await slack.interact.act(ann, note, 'Open the form');
    expect((await slack.watch.modal(ann)).view.callback_id).toBe('form:form-1');
  });
});

describe('message shortcuts', () => {
  it('run the command on the message, in its thread', async () => {
    const { slack, core, ann, bob, channel, event } = await stage();
    const said = slack.people.say(bob, channel, 'The *plan* is here');
    core.answer = (one) => (one.type === 'command' ? say('Read it.') : { do: 'none' });
    expect((await slack.interact.messageShortcut(ann, said, 'run:ask')).ok).toBe(true);
    const used = await event('command');
    expect(used).toMatchObject({ name: 'ask', author: { name: 'ann' }, place: place(slack, channel, said.ts) });
    expect(used.target).toMatchObject({ text: 'The *plan* is here', author: { name: 'bob' }, ref: { id: said.ts } });
    expect(shown(await slack.watch.ephemeral(ann))).toBe('Read it.');
  });

  it('of an older manifest say so', async () => {
    const { slack, ann, channel } = await stage();
    const said = slack.people.say(ann, channel, 'x');
    expect((await slack.interact.messageShortcut(ann, said, 'old_one')).ok).toBe(true);
    expect(shown(await slack.watch.ephemeral(ann))).toContain('do not know that shortcut');
  });

  it('that are global and not ours are still acknowledged', async () => {
    const { slack, ann } = await stage();
    expect((await slack.interact.globalShortcut(ann, 'whatever')).ok).toBe(true);
  });
});
