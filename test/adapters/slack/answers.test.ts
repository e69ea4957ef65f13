import { describe, expect, it } from 'vitest';
import { shown } from '../../servers/slack/body.ts';
import { place, rendered, stage } from './stage.ts';

describe('answers', () => {
  it('stand in the thread, grow by edits and end with buttons', async () => {
    const { slack, adapter, ann, channel } = await stage();
    const question = slack.people.say(ann, channel, 'hi');
    const where = await adapter.thread({ place: place(slack, channel), id: question.ts }, 'hi');
    const surface = await adapter.open(where, rendered(adapter, 'Once upon'), 'key-1', null);
    await surface.put(rendered(adapter, 'Once upon a **time**'), false);
    const buttons = [{ id: 'regenerate:j1:0', label: 'Regenerate', style: 'plain', role: 'regenerate' } as const];
    await surface.put(rendered(adapter, 'Once upon a **time**.', { buttons, menu: null }), true);
    const message = await slack.watch.answer(channel);
    expect(message.threadTs).toBe(question.ts);
    expect(shown(message)).toContain('Once upon a **time**.');
    expect(shown(message)).toContain('Regenerate');
    expect(message.versions).toHaveLength(3);
    expect(surface.ref.id).toBe(message.ts);
    expect(adapter.openScopes(where)).toEqual([`chat.postMessage:${channel}`]);
    expect(surface.scopes('grow')).toEqual([`chat.update:${slack.teamId}`]);
  });

  it('are found again by their key, and only after the question', async () => {
    const { slack, adapter, ann, channel } = await stage();
    const question = slack.people.say(ann, channel, 'hi');
    const where = place(slack, channel, question.ts);
    const surface = await adapter.open(where, rendered(adapter, 'one'), 'key-1', null);
    const after = { place: where, id: question.ts };
    expect(await adapter.find(where, 'key-1', after)).toMatchObject({ id: surface.ref.id });
    expect(await adapter.find(where, 'key-2', after)).toBeNull();
    expect(await adapter.find(where, 'key-1', { place: where, id: surface.ref.id })).toBeNull();
  });

  it('tell a button that was pressed, with who and where', async () => {
    const { slack, adapter, core, ann, channel, event } = await stage();
    const question = slack.people.say(ann, channel, 'hi');
    const where = place(slack, channel, question.ts);
    const buttons = [{ id: 'stop:j1:0', label: 'Stop', style: 'danger', role: 'stop' } as const];
    await adapter.open(where, rendered(adapter, 'text', { buttons, menu: null }), 'k', null);
    const words = { do: 'say', private: true, body: { markdown: 'Only **Bob** can.', controls: null } } as const;
    core.answer = (one) => (one.type === 'button' ? words : { do: 'none' });
    const reply = await slack.interact.act(ann, await slack.watch.answer(channel), 'Stop');
    expect(reply.ok).toBe(true);
    const pressed = await event('button');
    expect(pressed).toMatchObject({ control: 'stop:j1:0', value: null, author: { name: 'ann' }, place: where });
    const note = await slack.watch.ephemeral(ann);
    expect(shown(note)).toBe('Only *Bob* can.');
    expect(note.threadTs).toBe(question.ts);
  });

  it('are deleted, and one that is gone already is no error', async () => {
    const { slack, adapter, channel } = await stage();
    const surface = await adapter.open(place(slack, channel), rendered(adapter, 'one'), 'k', null);
    await surface.remove();
    await surface.remove();
    await expect(surface.put(rendered(adapter, 'two'), false)).rejects.toMatchObject({ problem: { kind: 'gone' } });
  });
});
