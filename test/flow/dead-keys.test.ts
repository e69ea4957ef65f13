import { describe, expect, it, vi } from 'vitest';
import { openSqlite } from '../../src/store/sqlite.ts';
import { closeAfter } from '../close-after.ts';
import { person } from '../person.ts';
import { answer, says } from '../servers/openwebui/script.ts';
import { annLosesHerKey, file, open } from './credential-world.ts';
import { lastingVault, link, markdownOf } from './linked.ts';
import { openWorld, THREAD } from './world.ts';

// Keys that end: the owner's of a conversation, and the asker's.

describe('an owner whose key is dead', () => {
  it('does not keep others from answers; what was said is added, in order, as soon as they link again', async () => {
    const { world, openWebUI, by, completions, ask, settled, chatsOf } = await annLosesHerKey();
    openWebUI.next(says('Two.'));
    await ask('Second?', 'Ben');
    openWebUI.next(says('Three.'));
    await ask('Third?', 'Ben');
    await settled();
    expect(openWebUI.asked[2]?.messages.map((one) => one.text)).toEqual([
      'Ann: First?',
      'One.',
      'Ben: Second?',
      'Two.',
      'Ben: Third?',
    ]);
    expect(completions().map(by)).toEqual(['a dead key', 'Ben', 'Ben']);
    expect(world.plain.told.map(({ user, body }) => [user.id, body.markdown])).toEqual([
      ['ann', expect.stringContaining('/link')],
    ]);
    expect(chatsOf('Ann')).toEqual([['Ann: First?', 'One.']]);
    const dead = openWebUI.requests.filter((one) => by(one) === 'a dead key').length;
    await ask('Fourth?', 'Ben');
    expect(openWebUI.requests.filter((one) => by(one) === 'a dead key')).toHaveLength(dead);
    await link(world, 'Ann');
    await vi.waitFor(() => expect(chatsOf('Ann')[0]).toHaveLength(8));
    expect(chatsOf('Ann')[0]?.slice(0, 7)).toEqual([
      'Ann: First?',
      'One.',
      'Ben: Second?',
      'Two.',
      'Ben: Third?',
      'Three.',
      'Ben: Fourth?',
    ]);
    openWebUI.next(says('Five.'));
    await ask('Fifth?', 'Ben');
    await settled();
    expect(chatsOf('Ann')[0]?.slice(-2)).toEqual(['Ben: Fifth?', 'Five.']);
    expect(await world.store.jobs.pending('after', 'kept:plain:T1:ann')).toEqual([]);
  });

  it('has everything in its place although the next question comes at once', async () => {
    const { world, openWebUI, overs, ask, settled, chatsOf } = await annLosesHerKey();
    for (const text of ['Two.', 'Other two.', 'Three.', 'Four.']) openWebUI.next(says(text));
    await ask('Second?', 'Ben');
    await world.press('Regenerate', 'Ben');
    await vi.waitFor(() => expect(overs()).toBe(3));
    await ask('Third?', 'Ben');
    expect(openWebUI.asked[3]?.messages.map((one) => one.text)).toEqual([
      'Ann: First?',
      'One.',
      'Ben: Second?',
      'Other two.',
      'Ben: Third?',
    ]);
    await link(world, 'Ann');
    await ask('Fourth?', 'Ben');
    await settled();
    expect(chatsOf('Ann')).toEqual([
      ['Ann: First?', 'One.', 'Ben: Second?', 'Other two.', 'Ben: Third?', 'Three.', 'Ben: Fourth?', 'Four.'],
    ]);
    expect(JSON.stringify(openWebUI.chats())).toContain('"Two."');
  });

  it('gets what was kept before what comes after, also when saving fails at first', async () => {
    const { world, openWebUI, ask, settled, chatsOf } = await annLosesHerKey();
    openWebUI.next(says('Two.'));
    await ask('Second?', 'Ben');
    await settled();
    let linked = false;
    openWebUI.next(answer(['Three', () => linked, '.']));
    const third = ask('Third?', 'Ben');
    await vi.waitFor(() => expect(world.last()?.text).toContain('Three'));
    openWebUI.fault({ method: 'POST', path: /^\/api\/v1\/chats\/(?!new)[^/]+$/ }, { status: 503, body: 'down' });
    await link(world, 'Ann');
    linked = true;
    await third;
    await settled();
    await vi.waitFor(() =>
      expect(chatsOf('Ann')).toEqual([['Ann: First?', 'One.', 'Ben: Second?', 'Two.', 'Ben: Third?', 'Three.']]),
    );
  });

  it('finds the files of what was kept with it', async () => {
    const { world, openWebUI, revoke, ask, settled, chatsOf } = await open(['Ann', 'Ben']);
    await ask('First?', 'Ann');
    await settled();
    revoke('Ann');
    await ask('And these?', 'Ben', { files: [file('loaf.png'), file('plan.txt')] });
    await settled();
    expect(openWebUI.asked[1]?.messages.at(-1)).toMatchObject({
      text: expect.stringContaining('rye on Monday'),
      images: [expect.stringMatching(/^data:image\/png/)],
    });
    await link(world, 'Ann');
    await vi.waitFor(() => expect(chatsOf('Ann')[0]).toHaveLength(4));
    const kept = JSON.stringify(openWebUI.chats());
    expect(kept).toContain('rye on Monday');
    expect(kept).toContain('data:image/png;base64,iVBOR');
  });

  it('is waited for over a restart', async () => {
    const vault = lastingVault();
    const store = openSqlite(':memory:', { vault });
    closeAfter(() => store.close());
    const { world, openWebUI, ask, settled, chatsOf } = await annLosesHerKey({ store, vault });
    openWebUI.next(says('Two.'));
    await ask('Second?', 'Ben');
    await settled();
    await world.close();
    const again = await openWorld({ store, vault, openWebUI });
    closeAfter(() => again.close());
    await link(again, 'Ann');
    await vi.waitFor(() => expect(chatsOf('Ann')).toEqual([['Ann: First?', 'One.', 'Ben: Second?', 'Two.']]));
  });

  it('who cannot be told in private is told with the answer', async () => {
    const { world, openWebUI, revoke, ask, settled } = await open(['Ann', 'Ben']);
    await ask('First?', 'Ann');
    await settled();
    revoke('Ann');
    world.plain.fail('tell', 'forbidden', 'forbidden');
    openWebUI.next(says('Two.'));
    await ask('Second?', 'Ben');
    await ask('Third?', 'Ben');
    expect(world.plain.told).toEqual([]);
    expect(
      world.plain
        .standing()
        .slice(-2)
        .map((text) => text.includes('added there once it is linked again')),
    ).toEqual([true, true]);
  });

  it('in the middle of an answer loses nothing', async () => {
    const { world, openWebUI, revoke, ask, settled, chatsOf } = await open(['Ann', 'Ben']);
    await ask('First?', 'Ann');
    await settled();
    openWebUI.next(() => {
      revoke('Ann');
      return says('Two.');
    });
    await ask('Second?', 'Ben');
    await settled();
    expect(world.plain.standing().at(-1)).toBe('Two.');
    expect(chatsOf('Ann')[0]).toHaveLength(3);
    await link(world, 'Ann');
    await vi.waitFor(() => expect(chatsOf('Ann')[0]?.slice(2)).toEqual(['Ben: Second?', 'Two.']));
  });

  it('a title given meanwhile reaches the chat too', async () => {
    const { world, openWebUI, revoke, ask, settled } = await open(['Ann', 'Ben']);
    await ask('First?', 'Ann');
    await settled();
    revoke('Ann');
    await world.host.accept({ type: 'renamed', key: 'r1', place: THREAD, title: 'Our bread' });
    await settled();
    await link(world, 'Ann');
    await vi.waitFor(() => expect(openWebUI.chats()[0]?.title).toBe('Our bread'));
  });
});

describe('an asker whose key is dead', () => {
  it('is told so with Retry; the key is not tried again, and no other takes its place', async () => {
    const { world, openWebUI, revoke, by, completions, ask, settled, chatsOf } = await open(['Ann', 'Ben']);
    await ask('First?', 'Ann');
    await settled();
    revoke('Ben');
    await ask('Second?', 'Ben');
    expect(world.last()?.text).toContain('Ben, use `/link`');
    expect(world.buttons()).toEqual(['Retry']);
    const dead = openWebUI.requests.filter((one) => by(one) === 'a dead key').length;
    const asked = completions().length;
    expect(markdownOf(await world.press('Retry', 'Ben'))).toContain('/link');
    expect(openWebUI.requests.filter((one) => by(one) === 'a dead key')).toHaveLength(dead);
    expect(completions()).toHaveLength(asked);
    // The Retry was kept, and is asked with the new key.
    openWebUI.next(says('Two.'));
    await link(world, 'Ben');
    await vi.waitFor(() => expect(world.plain.standing().at(-1)).toBe('Two.'));
    await settled();
    expect(completions().slice(-1).map(by)).toEqual(['Ben']);
    expect(chatsOf('Ann')[0]?.slice(-2)).toEqual(['Ben: Second?', 'Two.']);
  });

  it('is not answered again once they have deleted the question, although the Retry was kept', async () => {
    const { world, revoke, completions, overs, ask, settled } = await open(['Ann', 'Ben']);
    await ask('First?', 'Ann');
    await settled();
    revoke('Ben');
    const before = overs();
    const second = world.message('Second?', { by: 'Ben' });
    await world.host.accept(second);
    await vi.waitFor(() => expect(overs()).toBe(before + 1));
    expect(markdownOf(await world.press('Retry', 'Ben'))).toContain('/link');
    await world.host.accept({ type: 'deleted', key: 'gone', ref: second.message.ref });
    const asked = completions().length;
    expect(await link(world, 'Ben')).not.toContain('your question');
    expect(completions()).toHaveLength(asked);
  });

  it('is told so, as is the owner, in words that name commands as they are typed on the platform', async () => {
    const { world, revoke, ask, settled } = await open(['Ann', 'Ben'], {
      prefix: 'ai-',
      wrap: (adapter) => ({ ...adapter, spell: (words) => words.replaceAll('`/ai-', '`/plain ai-') }),
    });
    await ask('First?', 'Ann');
    await settled();
    revoke('Ben');
    await ask('Second?', 'Ben');
    expect(world.last()?.text).toContain('Ben, use `/plain ai-link`');
    revoke('Ann');
    await ask('Third?', 'Cora');
    await vi.waitFor(() => expect(world.plain.told[0]?.body.markdown).toContain('`/plain ai-link`'));
    const said = await world.host.accept(world.command('whoami', '', { author: person('Cora') }));
    expect(markdownOf(said)).toContain('`/plain ai-link`');
  });

  it('who unlinks in the middle of an answer gets it whole; it waits for their next link', async () => {
    const { world, openWebUI, ask, settled, chatsOf } = await open(['Ann'], {
      titles: true,
      emoji: true,
      followUps: true,
    });
    let unlinked = false;
    openWebUI.next(answer(['Half ', () => unlinked, 'and whole.']));
    const asked = ask('First?', 'Ann');
    await vi.waitFor(() => expect(world.last()?.text).toContain('Half'));
    await world.host.accept(world.command('unlink', '', { author: person('Ann') }));
    unlinked = true;
    await asked;
    await settled();
    // Nobody else's account does what would have followed.
    expect(openWebUI.seen({ path: /^\/api\/v1\/tasks\// })).toEqual([]);
    expect(world.plain.standing()).toEqual(['Half and whole.']);
    expect(world.buttons()).toContain('Regenerate');
    expect(chatsOf('Ann')).toEqual([['Ann: First?']]);
    await link(world, 'Ann');
    await vi.waitFor(() => expect(chatsOf('Ann')).toEqual([['Ann: First?', 'Half and whole.']]));
  });
});
