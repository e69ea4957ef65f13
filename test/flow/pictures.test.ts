import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { answer } from '../servers/openwebui/script.ts';
import { openWorld, type World } from './world.ts';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]).toString('base64');
const image = (url: string) => ({
  frame: {
    choices: [{ index: 0, delta: { images: [{ type: 'image_url', image_url: { url } }] }, finish_reason: null }],
  },
});

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

async function draw(...urls: string[]): Promise<string> {
  world.openWebUI.next(answer(urls.map(image)));
  await world.host.accept(world.message('Draw a cat'));
  await vi.waitFor(() => expect(world.logged.join('')).toContain('"turn over"'), { timeout: 5_000 });
  return world.plain.standing().join('\n');
}

describe('a picture that a model makes', () => {
  it('is posted below the answer', async () => {
    expect(await draw(`data:image/png;base64,${PNG}`)).toContain('The picture stands below');
    expect(world.plain.files.map((file) => file.name)).toEqual(['picture-1.png']);
  });

  it('is not posted when it is none', async () => {
    await draw(`data:image/png;base64,${Buffer.from('<script>').toString('base64')}`);
    expect(world.plain.files).toEqual([]);
  });

  it('elsewhere is a link and is never fetched', async () => {
    expect(await draw('https://pictures.example.org/cat.png')).toContain('https://pictures.example.org/cat.png');
    expect(world.plain.files).toEqual([]);
  });

  it('more than four are too many', async () => {
    await draw(...Array.from({ length: 6 }, () => `data:image/png;base64,${PNG}`));
    expect(world.plain.files).toHaveLength(4);
  });
});
