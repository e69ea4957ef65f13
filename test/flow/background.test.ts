import { describe, expect, it, vi } from 'vitest';
import { demoModel } from '../../src/demo/openwebui/answers/demo-model.ts';
import { branch, chatTree } from '../../src/openwebui/chat-tree.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createVault } from '../../src/store/vault.ts';
import { closeAfter } from '../close-after.ts';
import { defectsOf } from '../openwebui/tree-defects.ts';
import { answer, refuses, says, silence, sources, toolCall } from '../servers/openwebui/script.ts';
import { startScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import { DIRECT, openWorld, type World } from './world.ts';

/** A model with a tool of its own: the server runs it, and so makes the answer by itself. */
const armed = { ...demoModel({ seed: 1, pace: 'instant' }) };
const models = armed.models.slice(0, 1).map((model) => ({ ...model, toolIds: ['weather'] }));

async function serverWithTools(profile: '0.8' | '0.10' | '0.12' = '0.12') {
  const openWebUI = await startScriptedOpenWebUI({ profile, model: { ...armed, models } });
  closeAfter(() => openWebUI.close());
  return openWebUI;
}

async function opened(given: Parameters<typeof openWorld>[0] = {}): Promise<World> {
  const world = await openWorld({ openWebUI: await serverWithTools(), ...given });
  closeAfter(() => world.close());
  return world;
}

const over = (world: World, count = 1) =>
  vi.waitFor(() => expect(world.logged.filter((line) => line.includes('"turn over"'))).toHaveLength(count), {
    timeout: 8_000,
  });

/** The only chat once the server's and our own writing has ended. */
async function chat(world: World) {
  await vi.waitFor(
    () => {
      const tree = chatTree.parse(world.openWebUI.chats()[0]?.chat);
      expect(branch(tree).at(-1)).toMatchObject({ role: 'assistant', done: true });
      expect(defectsOf(tree)).toEqual([]);
    },
    { timeout: 8_000 },
  );
  expect(world.openWebUI.chats()).toHaveLength(1);
  return chatTree.parse(world.openWebUI.chats()[0]?.chat);
}

describe('a model with tools', () => {
  it('is let answer by the server itself: the tool at work is told, the answer stands once in the chat', async () => {
    const world = await opened();
    const source = sources({ name: 'Map', url: 'https://example.com/map' });
    const tool = toolCall('get_weather', { place: 'Bonn' });
    const told = () => world.plain.states.includes('using get weather…');
    world.openWebUI.next(answer([source, tool, told, 'Sunny ', 'in Bonn.']));
    await world.host.accept(world.message('Weather?', { place: DIRECT }));
    await over(world);
    expect(world.plain.standing()).toEqual(['Sunny in Bonn.']);
    expect(branch(await chat(world)).map(({ text }) => text)).toEqual(['Weather?', 'Sunny in Bonn.']);
    expect(world.openWebUI.asked).toHaveLength(1);
    expect(world.openWebUI.asked[0]?.body).toMatchObject({ session_id: expect.any(String), tool_ids: ['weather'] });
  });

  it('answered anew stands beside the first answer', async () => {
    const world = await opened();
    world.openWebUI.next(says('First.'));
    await world.host.accept(world.message('Weather?', { place: DIRECT }));
    await over(world);
    await chat(world);
    world.openWebUI.next(says('Second.'));
    await world.press('Regenerate');
    await over(world, 2);
    await vi.waitFor(async () => expect(branch(await chat(world)).at(-1)?.text).toBe('Second.'));
    const { messages } = (await chat(world)).history;
    expect(Object.values(messages).filter((one) => one.role === 'assistant')).toHaveLength(2);
    expect(world.plain.standing()).toEqual(['Second.']);
  });

  it('is stopped on the server, and what was there stays in both places', async () => {
    const world = await opened();
    world.openWebUI.next(answer(['Rain, ', silence]));
    await world.host.accept(world.message('Weather?', { place: DIRECT }));
    await vi.waitFor(() => expect(world.last()?.text).toBe('Rain,'), { timeout: 5_000 });
    await world.press('Stop');
    await over(world);
    await vi.waitFor(() => expect(world.plain.standing()).toEqual(['Rain,\n\n*Stopped.*']));
    expect(world.openWebUI.seen({ path: /^\/api\/tasks\/chat\/.*\/stop$/ })).toHaveLength(1);
    expect(
      branch(await chat(world))
        .at(-1)
        ?.text.trim(),
    ).toBe('Rain,');
  });

  it('whose answer is under way when the process ends is looked at again by the next, and asked once', async () => {
    const vault = createVault(null);
    const store = openSqlite(':memory:', { vault });
    closeAfter(() => store.close());
    const openWebUI = await serverWithTools();
    const first = await openWorld({ store, openWebUI });
    let anew = false;
    openWebUI.next(answer(['Sunny ', () => anew, 'in Bonn.']));
    await first.host.accept(first.message('Weather?', { place: DIRECT }));
    await vi.waitFor(() => expect(first.last()?.text).toBe('Sunny'), { timeout: 5_000 });
    await first.close();
    const second = await openWorld({ store, openWebUI, plain: first.plain });
    closeAfter(() => second.close());
    anew = true;
    await over(second);
    expect(second.plain.standing()).toEqual(['Sunny in Bonn.']);
    expect(branch(await chat(second)).map(({ text }) => text)).toEqual(['Weather?', 'Sunny in Bonn.']);
    expect(openWebUI.asked).toHaveLength(1);
    expect(openWebUI.seen({ path: /^\/api\/tasks\/chat\/.*\/stop$/ })).toEqual([]);
  });

  it('that the provider refuses says so, with Retry', async () => {
    const world = await opened();
    world.openWebUI.next(refuses(429, { error: { message: 'Rate limit reached' } }));
    await world.host.accept(world.message('Weather?', { place: DIRECT }));
    await over(world);
    expect(world.last()?.text).toMatch(/busy/);
    expect(world.buttons()).toEqual(['Retry']);
    await vi.waitFor(() => expect(chatTree.parse(world.openWebUI.chats()[0]?.chat).history.currentId).not.toBeNull());
  });

  it('of a server that shows nothing before the end comes whole', async () => {
    const world = await opened({ openWebUI: await serverWithTools('0.10') });
    world.openWebUI.next(answer(['Sunny ', 500, 'in Bonn.']));
    await world.host.accept(world.message('Weather?', { place: DIRECT }));
    await over(world);
    expect(world.plain.standing()).toEqual(['Sunny in Bonn.']);
    expect(branch(await chat(world)).map(({ text }) => text)).toEqual(['Weather?', 'Sunny in Bonn.']);
  });

  it('is asked directly where servers do not call natively by themselves, and in the background once it calls a tool all the same', async () => {
    const world = await opened({ openWebUI: await serverWithTools('0.8') });
    world.openWebUI.next(answer([toolCall('get_weather', {})]));
    world.openWebUI.next(says('Sunny.'));
    await world.host.accept(world.message('Weather?', { place: DIRECT }));
    await over(world);
    expect(world.plain.standing()).toEqual(['Sunny.']);
    expect(world.openWebUI.asked.map(({ body }) => 'session_id' in body)).toEqual([false, true]);
    await chat(world);
    world.openWebUI.next(says('Rain.'));
    await world.host.accept(world.message('And now?', { place: DIRECT }));
    await over(world, 2);
    expect(world.openWebUI.asked.map(({ body }) => 'session_id' in body)).toEqual([false, true, true]);
    await vi.waitFor(async () => expect(branch(await chat(world)).at(-1)?.text).toBe('Rain.'));
  });
});
