import { afterEach, describe, expect, it, vi } from 'vitest';
import { heldFile } from './held-file.ts';
import { openWorld, THREAD, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

async function answered(count = 1): Promise<void> {
  await vi.waitFor(() => expect(world.logged.filter((line) => line.includes('"turn over"'))).toHaveLength(count), {
    timeout: 5_000,
  });
}

describe('a title', () => {
  it('given by a person before there is a chat is the chat’s title too', async () => {
    const held = heldFile();
    world = await openWorld({
      wrap: held.wrap,
    });
    await world.host.accept(world.message('Read this', { files: [held.file] }));
    await vi.waitFor(() => expect(world.plain.states).toEqual(['thinking…']));
    await world.host.accept({ type: 'renamed', key: 'r1', place: THREAD, title: 'My reading' });
    held.arrive();
    await answered();
    expect(world.openWebUI.chats()[0]?.title).toBe('My reading');
  });

  it('typed as a command is answered at once, however slow the platform is to show it', async () => {
    world = await openWorld({ wrap: (adapter) => ({ ...adapter, title: () => new Promise(() => undefined) }) });
    await world.host.accept(world.message('Hi'));
    await answered();
    expect(await world.host.accept(world.command('title', 'Bread'))).toMatchObject({
      body: { markdown: expect.stringContaining('“Bread”') },
    });
    await vi.waitFor(() => expect(world.openWebUI.chats()[0]?.title).toBe('Bread'));
  });

  it('from the model reaches Open WebUI although it was down in that moment', async () => {
    world = await openWorld({ titles: true });
    const rename = { method: 'POST', path: /^\/api\/v1\/chats\/(?!new)[^/]+$/ };
    world.openWebUI.nextTask('title', () => {
      world.openWebUI.fault(rename, { status: 503, body: 'down' });
      return '{"title":"Baking"}';
    });
    await world.host.accept(world.message('Bread?'));
    await answered();
    await vi.waitFor(() => expect(world.openWebUI.chats()[0]?.title).toBe('Baking'), { timeout: 8_000 });
  });
});
