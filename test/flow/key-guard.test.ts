import { describe, expect, it, vi } from 'vitest';
import { openLinkWorld } from './link-world.ts';
import { formIn, makePrompt, pressIn, send, wordsIn } from './prompt-world.ts';

describe('what looks like a key', () => {
  const key = `sk-${'0a'.repeat(16)}`;

  it('is answered with a warning for its writer alone, and reaches no model and no row', async () => {
    const world = await openLinkWorld();
    for (const said of [
      await world.host.accept(world.message(`What is ${key}?`)),
      await world.host.accept(world.message(`/link ${key}`)),
      await world.slash('ask', `What is ${key}?`),
      await world.slash('link', key),
      await world.host.accept(world.command('ask', '', { options: { text: `What is ${key}?` } })),
    ]) {
      expect(said).toMatchObject({ do: 'say', private: true });
      expect(wordsIn(said)).toMatch(/looks like a key.*Delete/s);
      expect(formIn(await pressIn(world, said, 'Link my account')).title).toBe('Link your account');
    }
    expect(world.openWebUI.asked).toHaveLength(0);
    expect(await world.store.jobs.nextAt('turn')).toBeNull();
  });

  it('is not taken in a form’s plain field', async () => {
    const world = await openLinkWorld();
    await makePrompt(world, { command: 'greet', content: 'Hello {{who | text:required}}' });
    const form = formIn(await world.slash('prompt', 'greet'));
    const [field] = form.fields;
    expect(wordsIn(await send(world, form, { [field?.label ?? '']: key }))).toMatch(/looks like a key/);
    expect(world.openWebUI.asked).toHaveLength(0);
  });

  it('is left alone where nobody asked Parley', async () => {
    const world = await openLinkWorld();
    expect(await world.host.accept(world.message(key, { addressed: 'ambient' }))).toEqual({ do: 'none' });
  });

  it('is taken out of what a question replies to', async () => {
    const world = await openLinkWorld();
    const event = world.message('What did Ben mean?');
    const theirs = world.message(`Use ${key} please`, { by: 'Ben' }).message;
    await world.host.accept({ ...event, replyTo: theirs });
    await vi.waitFor(() => expect(world.openWebUI.asked).toHaveLength(1));
    const text = world.openWebUI.asked[0]?.messages.at(-1)?.text ?? '';
    expect(text).toContain('Use [a key, left out] please');
    expect((await world.store.jobs.byKey(event.key))?.payload).not.toContain(key);
  });
});
