import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/chat/secret.ts';
import { PLACE, problem } from '../servers/plain.ts';
import { seen } from './markdown.ts';
import { createWorld, view, type World } from './world.ts';

const TEXT = Array.from({ length: 60 }, (_, i) => `This is sentence ${i}.${i % 6 === 5 ? '\n\n' : ' '}`).join('');

/** Streams `text` over two seconds and says it is the last. */
async function stream(world: World, reply = world.reply(), text = TEXT) {
  for (let i = 1; i <= 20; i += 1) {
    reply.show(view(text.slice(0, Math.ceil((text.length * i) / 20))));
    await new Promise<void>((resolve) => void world.clock.after(100, resolve));
  }
  return reply.finish(view(text));
}

/** The same, and runs the clock until it is over. */
async function streamed(world: World, ms = 60_000, reply = world.reply(), text = TEXT) {
  let over = false;
  const done = stream(world, reply, text).finally(() => {
    over = true;
  });
  for (let passed = 0; passed < ms && !over; passed += 250) await world.clock.advance(250);
  return done;
}

const standing = (world: World): string => world.plain.standing().join(' ').replace(/\s+/g, ' ').trim();
const whole = TEXT.replace(/\s+/g, ' ').trim();

describe('the tail arrives', () => {
  it('after a 429 on the very last edit', async () => {
    const world = createWorld({ latency: () => 50 });
    const reply = world.reply();
    reply.show(view(TEXT.slice(0, 100)));
    await world.clock.advance(5_000);
    world.plain.fail('put', { problem: problem('busy', 3_000), happened: false });
    const done = reply.finish(view(TEXT));
    await world.clock.advance(10_000);
    expect((await done).ok).toBe(true);
    expect(standing(world)).toBe(whole);
    expect(world.delivery.stats().calls['plain edit']?.refused).toBe(1);
  });

  it('after five 429s in a row', async () => {
    const world = createWorld({ latency: () => 50 });
    const refusal = { problem: problem('busy', 1_000), happened: false };
    world.plain.fail('put', refusal, refusal, refusal, refusal, refusal);
    expect((await streamed(world)).ok).toBe(true);
    expect(standing(world)).toBe(whole);
  });

  it('after outages and lost answers', async () => {
    const world = createWorld({ latency: () => 50, max: 300 });
    const lost = { problem: problem('timeout'), happened: true };
    world.plain.fail('put', 'unreachable', lost, 'unreachable', null, lost, 'unreachable');
    world.plain.fail('open', 'unreachable', lost, null, lost, lost);
    expect((await streamed(world)).ok).toBe(true);
    expect(standing(world)).toBe(whole);
    expect(new Set(world.plain.messages.map((one) => one.key)).size).toBe(world.plain.messages.length);
  });

  it('when the store fails for a while', async () => {
    const world = createWorld({ latency: () => 50 });
    world.outbox.broken = 2;
    expect((await streamed(world)).ok).toBe(true);
    expect(standing(world)).toBe(whole);
    expect(world.plain.messages).toHaveLength(1);
  });

  it('when a part is refused as too large', async () => {
    const world = createWorld({ latency: () => 50, max: 300 });
    world.plain.fail('put', 'too-large', 'too-large');
    expect((await streamed(world)).ok).toBe(true);
    expect(standing(world)).toBe(whole);
  });

  it('when an earlier part was deleted', async () => {
    const world = createWorld({ latency: () => 50, max: 300 });
    world.plain.onCall = () => {
      if (world.plain.messages.length === 3) world.plain.delete('M1');
    };
    expect((await streamed(world)).ok).toBe(true);
    expect(whole.endsWith(standing(world))).toBe(true);
  });
});

describe('the reader is told', () => {
  it('when the message is deleted in mid-stream: the reply ends and nothing is posted again', async () => {
    const world = createWorld({ latency: () => 50 });
    const reply = world.reply();
    reply.show(view(TEXT.slice(0, 100)));
    await world.clock.advance(2_000);
    world.plain.delete('M1');
    const done = await streamed(world, 60_000, reply);
    expect(done).toMatchObject({ ok: false, problem: { kind: 'gone' } });
    expect(world.plain.messages).toHaveLength(1);
    expect(world.clock.timers()).toBe(0);
  });

  it('when the place is closed', async () => {
    const world = createWorld();
    world.plain.fail('open', 'closed');
    expect(await streamed(world)).toMatchObject({ ok: false, problem: { kind: 'closed' } });
  });

  it('when the platform stays away until the deadline', async () => {
    const world = createWorld();
    world.plain.fail('put', ...Array.from({ length: 2_000 }, () => 'unreachable' as const));
    const done = await streamed(world, 700_000);
    expect(done).toMatchObject({ ok: false, problem: { kind: 'unreachable' } });
    expect(world.clock.timers()).toBe(0);
  });

  it('when the lease is lost: nothing more is posted', async () => {
    const world = createWorld({ max: 300 });
    const reply = world.reply();
    reply.show(view(TEXT.slice(0, 100)));
    await world.clock.advance(1_000);
    world.outbox.lost = true;
    const done = await streamed(world, 60_000, reply);
    expect(done).toMatchObject({ ok: false, problem: { kind: 'stopped' } });
    expect(world.plain.messages).toHaveLength(1);
  });
});

describe('after a crash', () => {
  /** Runs a reply and ends its process at the n-th call of any kind; gives back whether it got that far. */
  async function crashAt(world: World, n: number): Promise<boolean> {
    let calls = 0;
    let crashed = false;
    world.plain.onCall = () => {
      calls += 1;
      if (calls === n) {
        crashed = true;
        world.delivery.stop(0).catch(() => undefined);
      }
    };
    await streamed(world, 20_000);
    world.plain.onCall = null;
    await world.clock.advance(1_000);
    return crashed;
  }

  it('at any call, the next process ends the same reply: nothing lost, nothing twice', async () => {
    for (let n = 1; n < 60; n += 1) {
      const world = createWorld({ latency: () => 50, max: 300, partsBeforeFile: 3 });
      if (!(await crashAt(world, n))) break;
      world.restart();
      expect((await streamed(world)).ok).toBe(true);
      expect(standing(world)).toBe(whole);
      expect(new Set(world.plain.messages.map((one) => one.key)).size).toBe(world.plain.messages.length);
      expect(world.plain.files.length).toBeGreaterThanOrEqual(1);
      expect([...world.outbox.rows.values()].every((row) => row.state === 'done')).toBe(true);
    }
  });

  it('between intent and sent, the message is found and not posted again', async () => {
    const world = createWorld();
    const first = world.reply();
    first.show(view(TEXT));
    await world.clock.advance(1_000);
    first.abandon();
    for (const [key, row] of world.outbox.rows) world.outbox.rows.set(key, { ...row, state: 'intent', ref: null });
    world.restart();
    expect((await streamed(world)).ok).toBe(true);
    expect(world.plain.messages).toHaveLength(1);
    expect(world.plain.calls.get('find')).toBe(1);
  });

  it('a shorter answer of the second run leaves no old parts behind', async () => {
    const world = createWorld({ max: 300 });
    const first = world.reply();
    first.show(view(TEXT));
    await world.clock.advance(5_000);
    first.abandon();
    expect(world.plain.standing().length).toBeGreaterThan(3);
    world.restart();
    await streamed(world, 60_000, world.reply(), 'Short this time.');
    expect(world.plain.standing()).toEqual(['Short this time.']);
    expect(world.outbox.rows.size).toBe(1);
  });

  it('a reply that was complete costs no call', async () => {
    const world = createWorld();
    await streamed(world);
    const puts = world.plain.calls.get('put');
    world.restart();
    const done = world.reply().finish(view(TEXT));
    await world.clock.advance(1_000);
    expect((await done).ok).toBe(true);
    expect(world.plain.calls.get('put')).toBe(puts);
    expect(world.plain.messages).toHaveLength(1);
  });

  it('a complete reply that is too old to be changed is not posted a second time', async () => {
    const world = createWorld({ diesAfterMs: 3_600_000 });
    await streamed(world);
    await world.clock.advance(4_000_000);
    world.restart();
    const done = world.reply().finish(view(TEXT, { controls: { buttons: [], menu: null } }));
    await world.clock.advance(1_000);
    expect((await done).ok).toBe(true);
    expect(world.plain.messages).toHaveLength(1);
  });
});

describe('other surfaces', () => {
  it('regenerating puts the new answer into the old messages and deletes the surplus', async () => {
    const world = createWorld({ max: 300 });
    const old = await streamed(world);
    const reply = world.reply({ generation: 1, reuse: old.parts });
    const done = await streamed(world, 60_000, reply, 'A new answer.');
    expect(done).toMatchObject({ ok: true, parts: [{ id: 'M1' }] });
    expect(world.plain.standing()).toEqual(['A new answer.']);
  });

  it('regenerating posts anew from the first old message that is gone', async () => {
    const world = createWorld({ max: 300 });
    const old = await streamed(world);
    world.plain.delete('M2');
    await streamed(world, 60_000, world.reply({ generation: 1, reuse: old.parts }));
    expect(standing(world)).toBe(whole);
  });

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
    let text = '';
    for (let i = 0; i < 90; i += 1) {
      text += `Second ${i} has passed. `;
      reply.show(view(text));
      await world.clock.advance(1_000);
    }
    const done = reply.finish(view(text));
    await world.clock.advance(5_000);
    expect((await done).ok).toBe(true);
    expect(world.plain.messages).toHaveLength(1);
    const all = [...world.plain.standing(), ...world.plain.told.map((one) => one.body.markdown)].join(' ');
    expect(all.replace(/\s+/g, ' ')).toBe(text.trim());
  });

  it('a public answer whose message can no longer be changed goes on in a new one', async () => {
    const world = createWorld({ diesAfterMs: 60_000 });
    const reply = world.reply();
    let text = '';
    for (let i = 0; i < 50; i += 1) {
      text += `Second ${i} has passed. `;
      reply.show(view(text));
      await world.clock.advance(1_000);
    }
    const done = reply.finish(view(text));
    await world.clock.advance(5_000);
    expect((await done).ok).toBe(true);
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

  it('a last view with nothing in it takes the status away and posts nothing', async () => {
    const world = createWorld();
    const reply = world.reply();
    reply.show(view('', { status: 'thinking…' }));
    await world.clock.advance(11_000);
    expect(world.plain.standing()).toHaveLength(1);
    const done = reply.finish(view(''));
    await world.clock.advance(1_000);
    expect(await done).toEqual({ ok: true, parts: [] });
    expect(world.plain.standing()).toEqual([]);
  });

  it('a text that does not go on from the one before replaces it', async () => {
    const world = createWorld();
    const reply = world.reply();
    reply.show(view('Half of an answer that'));
    await world.clock.advance(1_000);
    const done = reply.finish(view('Sorry, the model stopped. Please try again.'));
    await world.clock.advance(1_000);
    expect((await done).ok).toBe(true);
    expect(world.plain.standing()).toEqual(['Sorry, the model stopped. Please try again.']);
  });

  it('buttons stand only under the last part', async () => {
    const world = createWorld({ max: 300 });
    const controls = { buttons: [{ id: 'stop', label: 'Stop', style: 'danger', role: 'stop' }], menu: null } as const;
    const reply = world.reply();
    reply.show(view(TEXT, { controls }));
    await world.clock.advance(5_000);
    expect(world.plain.messages.map((one) => one.controls !== null)).toEqual(
      world.plain.messages.map((_, i) => i === world.plain.messages.length - 1),
    );
    const done = reply.finish(view(TEXT));
    await world.clock.advance(5_000);
    await done;
    expect(world.plain.messages.every((one) => one.controls === null)).toBe(true);
  });

  it('shows the status after ten seconds without text, then the text in its place', async () => {
    const world = createWorld();
    const reply = world.reply();
    reply.show(view('', { status: 'thinking…' }));
    await world.clock.advance(9_000);
    expect(world.plain.messages).toHaveLength(0);
    await world.clock.advance(1_500);
    expect(world.plain.messages[0]?.part.status).toBe('thinking…');
    await streamed(world, 60_000, reply);
    expect(world.plain.messages).toHaveLength(1);
    expect(standing(world)).toBe(whole);
    expect(world.plain.messages[0]?.part.status).toBeNull();
  });

  it('says one thing once, however often it is asked to', async () => {
    const world = createWorld();
    const saying = {
      lease: null,
      job: 'j',
      place: PLACE,
      body: { markdown: 'Hello.', controls: null },
      via: null,
      expiresAt: 1e15,
    };
    const first = world.delivery.say(saying);
    await world.clock.advance(500);
    world.restart();
    const second = world.delivery.say(saying);
    await world.clock.advance(500);
    expect([(await first).ok, (await second).ok]).toEqual([true, true]);
    expect(world.plain.standing()).toEqual(['Hello.']);
  });

  it('stops with no timer left, after what was finishing has finished', async () => {
    const world = createWorld({ latency: () => 50 });
    const reply = world.reply();
    const unfinished = world.reply({ job: 'other' });
    reply.show(view(TEXT));
    unfinished.show(view('Half an'));
    await world.clock.advance(10);
    const done = reply.finish(view(TEXT));
    const stopped = world.delivery.stop(5_000);
    await world.clock.advance(6_000);
    await stopped;
    expect((await done).ok).toBe(true);
    expect(world.clock.timers()).toBe(0);
  });
});
