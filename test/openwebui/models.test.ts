import { describe, expect, it } from 'vitest';
import { listModels } from '../../src/openwebui/models.ts';
import { onWire, sends } from './wire.ts';

/** What is read of a model with this `info.meta`. */
async function model(meta: unknown) {
  let read: Awaited<ReturnType<typeof listModels>> = [];
  await onWire(
    (response) => sends(response, 200, { data: [{ id: 'm', info: { meta } }] }),
    async ({ server }) => {
      read = await listModels(server);
    },
  );
  return read[0];
}

describe('a model of the list', () => {
  it.each([
    ['says so', { defaultFeatureIds: ['web_search'] }, true],
    ['says so and may', { defaultFeatureIds: ['web_search'], capabilities: { web_search: true } }, true],
    ['says so and may not', { defaultFeatureIds: ['web_search'], capabilities: { web_search: false } }, false],
    ['may, and does not say so', { capabilities: { web_search: true } }, false],
    ['says nothing', null, false],
  ])('searches the web for each question when it %s: %j', async (_name, meta, searches) => {
    expect(await model(meta)).toMatchObject({ id: 'm', searches });
  });

  it('brings its tools and its knowledge', async () => {
    const meta = { toolIds: ['weather'], knowledge: [{ id: 'boats' }] };
    expect(await model(meta)).toMatchObject({ toolIds: ['weather'], knowledge: true });
  });
});
