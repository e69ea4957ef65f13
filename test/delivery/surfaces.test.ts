import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/chat/secret.ts';
import { PLACE } from '../servers/plain.ts';
import { seen } from './markdown.ts';
import { standing, streamed, TEXT, whole } from './streamed.ts';
import { createWorld, view, type World } from './world.ts';

/** Writes a sentence a second into a reply, for so many seconds, and ends it well. Gives the text. */
async function secondBySecond(world: World, reply: ReturnType<World['reply']>, seconds: number): Promise<string> {
  let text = '';
  for (let i = 0; i < seconds; i += 1) {
    text += `Second ${i} has passed. `;
    reply.show(view(text));
    await world.clock.advance(1_000);
  }
  const done = reply.finish(view(text));
  await world.clock.advance(5_000);
  expect((await done).ok).toBe(true);
  return text;
}

describe('regenerating', () => {
  it('puts the new answer into the old messages and deletes the surplus', async () => {
    const world = createWorld({ max: 300 });
    const old = await streamed(world);
    const reply = world.reply({ generation: 1, reuse: old.parts });
    const done = await streamed(world, 60_000, reply, 'A new answer.');
    expect(done).toMatchObject({ ok: true, parts: [{ id: 'M1' }] });
    expect(world.plain.standing()).toEqual(['A new answer.']);
  });

  it('posts anew from the first old message that is gone', async () => {
    const world = createWorld({ max: 300 });
    const old = await streamed(world);
    world.plain.delete('M2');
    await streamed(world, 60_000, world.reply({ generation: 1, reuse: old.parts }));
    expect(standing(world)).toBe(whole);
  });
});

describe('surfaces', () => {
  it('a surface that is put once is put once, at the end', async () => {
    const world = createWorld({ mode: 'once' });
    expect((await streamed(world)).ok).toBe(true);
    expect(world.plain.calls.get('put')).toBe(1);
    expect(standing(world)).toBe(whole);
  });

  it('an append-only surface only ever grows', async () => {
    const world = createWorld({ mode: 'append', max: 400, latency: () => 20 });
    const text =
      'Here is **some bold text** and `code`, see [the page](https://example.org/page).\n\n```js\nlet a = 1;\n```\n\n'.repeat(
        12,
      );
    expect((await streamed(world, 60_000, world.reply(), text)).ok).toBe(true);
    expect(world.log).toEqual([]);
    for (const message of world.plain.messages) {
      message.history.forEach((state, i) => {
        expect(state.text.startsWith(message.history[i - 1]?.text ?? '')).toBe(true);
      });
      expect(message.final).toBe(true);
    }
    expect(world.plain.standing().flatMap(seen).join('').replace(/\s/g, '')).toBe(
      seen(text).join('').replace(/\s/g, ''),
    );
  });

  it('a private answer that outlives its token goes on in a direct message', async () => {
    const world = createWorld({ diesAfterMs: 60_000, max: 2_000 });
    const user = { platform: 'plain', team: 'T1', id: 'U1' };
    const via = {
      platform: 'plain',
      id: 'X',
      place: PLACE,
      user,
      token: new Secret('t'),
      expiresAt: world.clock.now() + 60_000,
      private: true,
    };
    const reply = world.reply({ via, answerUser: user });
    const text = await secondBySecond(world, reply, 90);
    expect(world.plain.messages).toHaveLength(1);
    const all = [...world.plain.standing(), ...world.plain.told.map((one) => one.body.markdown)].join(' ');
    expect(all.replace(/\s+/g, ' ')).toBe(text.trim());
  });

  it('a public answer whose message can no longer be changed goes on in a new one', async () => {
    const world = createWorld({ diesAfterMs: 60_000 });
    const reply = world.reply();
    const text = await secondBySecond(world, reply, 50);
    expect(world.plain.messages).toHaveLength(2);
    expect(standing(world)).toBe(text.trim());
  });

  it('a message that expires without warning keeps what it shows, and the rest follows', async () => {
    const world = createWorld();
    const reply = world.reply();
    reply.show(view(TEXT.slice(0, 200)));
    await world.clock.advance(2_000);
    world.plain.fail('put', 'expired');
    reply.show(view(TEXT.slice(0, 400)));
    await world.clock.advance(2_000);
    const done = reply.finish(view(TEXT));
    await world.clock.advance(2_000);
    expect((await done).ok).toBe(true);
    expect(world.plain.messages).toHaveLength(2);
    expect(standing(world).replace(/ /g, '')).toBe(whole.replace(/ /g, ''));
  });
});
