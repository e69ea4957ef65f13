import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Adapter } from '../../src/chat/adapter.ts';
import { person } from '../person.ts';
import { says } from '../servers/openwebui/script.ts';
import { DIRECT, openWorld, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
  world.openWebUI.next(says('Bread needs time.'));
  await world.host.accept(world.message('Bread?'));
  await vi.waitFor(() => expect(JSON.stringify(world.openWebUI.chats())).toContain('"done":true'));
});
afterEach(() => world.close());

const told = (words: RegExp) => ({ do: 'say', private: true, body: { markdown: expect.stringMatching(words) } });
const kept = () => world.openWebUI.seen({ method: 'POST', path: /^\/api\/v1\/evaluations\/feedback/ });

describe('what people think of an answer', () => {
  it('is kept with its chat, and they are thanked for it', async () => {
    expect(await world.press('Good answer', 'Ben')).toMatchObject(told(/Thank you/));
    expect(kept()).toHaveLength(1);
    expect(kept()[0]?.body).toMatchObject({ type: 'rating', data: { rating: 1 } });
  });

  it('that it was bad asks what was wrong, and keeps the reason', async () => {
    const opened = await world.press('Bad answer');
    if (opened.do !== 'form') throw new Error('no form');
    expect(opened.form.fields.map((field) => field.name)).toEqual(['reason', 'comment']);
    expect(kept()).toHaveLength(0);
    const { trigger, author, place } = world.command('x');
    const values = new Map([
      ['reason', 'not_factually_correct'],
      ['comment', 'Rye does not.'],
    ]);
    const sent = { type: 'form', key: 'f1', trigger, author, place, form: opened.form.id, values } as const;
    expect(await world.host.accept(sent)).toMatchObject(told(/Thank you/));
    expect(kept()[0]?.body).toMatchObject({
      data: { rating: -1, reason: 'not_factually_correct', comment: 'Rye does not.' },
    });
  });

  it('may change: a second opinion of the same person replaces the first', async () => {
    await world.press('Good answer');
    const { trigger, author, place } = world.command('x');
    const opened = await world.press('Bad answer');
    if (opened.do !== 'form') throw new Error('no form');
    const values = new Map([['reason', 'other']]);
    await world.host.accept({ type: 'form', key: 'f2', trigger, author, place, form: opened.form.id, values });
    const [first, second] = kept();
    expect(first?.path).toBe('/api/v1/evaluations/feedback');
    expect(second?.path).toMatch(/^\/api\/v1\/evaluations\/feedback\/.+/);
  });

  it('can be typed as a command for the last answer, and says so where there is none', async () => {
    expect(await world.host.accept(world.command('feedback', 'good'))).toMatchObject(told(/Thank you/));
    expect(await world.host.accept(world.command('feedback', 'good', { place: DIRECT }))).toMatchObject(
      told(/no finished answer/),
    );
  });

  it('is not lost on a server that is down: it is said, and may be sent again', async () => {
    await world.openWebUI.down();
    expect(await world.press('Good answer')).toMatchObject(told(/Open WebUI/));
    await world.openWebUI.up();
    expect(await world.press('Good answer')).toMatchObject(told(/Thank you/));
  });
});

describe('the page of Parley on a platform', () => {
  it('shows the model, the person’s own conversations with links, and every command', async () => {
    world.openWebUI.next(says('Yes.'));
    await world.host.accept(world.message('Is rye good?', { place: DIRECT, addressed: 'direct' }));
    await vi.waitFor(() => expect(JSON.stringify(world.openWebUI.chats())).toContain('Yes.'));
    const shown = await world.host.accept({ type: 'home', key: 'h1', author: person('Ann'), place: DIRECT });
    const text = JSON.stringify(shown);
    expect(text).toMatch(/\[Is rye good\?\]\(http/);
    expect(text).not.toContain('Bread?');
    expect(text).toContain('**Model:** Demo.');
    expect(text).toContain('/summarise');
  });
});

describe('a summary', () => {
  it('is made of what was written in the conversation', async () => {
    await world.close();
    const history: Adapter['history'] = async (place) => [
      { ref: { place, id: 'old' }, author: person('Ben'), text: 'We ship on Friday.', files: [], at: 0, ours: false },
    ];
    world = await openWorld({ wrap: (adapter) => ({ ...adapter, history }) });
    world.openWebUI.next(says('You ship on Friday.'));
    expect(await world.host.accept(world.command('summarise'))).toEqual({ do: 'work', private: false });
    await vi.waitFor(() => expect(world.plain.standing()).toContain('You ship on Friday.'));
    expect(world.openWebUI.asked.at(-1)?.messages.at(-1)?.text).toContain('Ben: We ship on Friday.');
    expect(world.plain.standing()).toContain('Ann asked for a summary of this conversation.');
  });
});
