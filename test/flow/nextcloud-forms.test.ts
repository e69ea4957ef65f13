import { expect, test, vi } from 'vitest';
import { closeAfter } from '../close-after.ts';
import { quickClock } from '../quick-clock.ts';
import { openCloud } from './cloud.ts';
import { onDiscord } from './discord-stage.ts';
import { offerEvery, offerLanguages, scheduled } from './nextcloud-shapes.ts';
import { openCloudWorld } from './nextcloud-world.ts';
import { formIn, send, wordsIn } from './prompt-world.ts';
import { onSlack } from './slack-stage.ts';

// The form of a kind of task is made of the shapes that the server tells, whatever they are.

async function open() {
  const world = await openCloudWorld({ clock: quickClock(), server: { held: false, pace: 'instant' } });
  closeAfter(() => world.close());
  offerEvery(world.cloud);
  const run = (line: string) => world.host.accept(world.command('nextcloud', line));
  return { world, run };
}

test('a field for each shape, with names, defaults and what each takes; what may be left out is folded away', async () => {
  const { run } = await open();
  expect(wordsIn(await run('types'))).toMatch(/Every shape/);
  const { fields } = formIn(await run('run test:every'));
  const told = fields.map(({ label, type, required, max, initial }) => [label, type, required, max, initial]);
  expect(told).toEqual([
    ['A Text', 'longText', true, null, null],
    ['A Number', 'number', false, null, '7'],
    ['A Enum', 'choice', false, null, 'formal'],
    ['A File', 'file', true, 1, null],
    ['A Image', 'file', true, 1, null],
    ['A Audio', 'file', true, 1, null],
    ['A Video', 'file', true, 1, null],
    ['A ListOfTexts', 'longText', false, null, null],
    ['A ListOfNumbers', 'longText', false, null, null],
    ['A ListOfFiles', 'file', true, null, null],
    ['A ListOfImages', 'file', true, null, null],
    ['A ListOfAudios', 'file', true, null, null],
    ['A ListOfVideos', 'file', true, null, null],
    ['More options', 'toggle', false, null, null],
  ]);
  const hints = new Map(fields.map(({ label, hint }) => [label, hint]));
  expect(hints.get('A ListOfTexts')).toBe('One on each line. What ListOfTexts holds');
  expect(hints.get('A ListOfNumbers')).toBe('Parted by spaces. What ListOfNumbers holds');
  expect(hints.get('More options')).toMatch(/A Enum, A Number$/);
  expect(fields.find(({ label }) => label === 'A Enum')?.choices.map(({ label, value }) => [label, value])).toEqual([
    ['Plain words', 'plain'],
    ['Formal words', 'formal'],
  ]);
});

test('building blocks are neither listed, nor suggested, nor run', async () => {
  const { world, run } = await open();
  expect(wordsIn(await run('types'))).not.toMatch(/[Ii]nner/);
  const { author, place } = world.command('x');
  const found = world.host.suggest({ command: 'nextcloud run', option: 'type', typed: '', author, place });
  expect(found.map(({ label }) => label)).toEqual(['Every shape']);
  expect(wordsIn(await run('run test:inner'))).toMatch(/no task called “test:inner”/);
});

test('what is put in reaches the server as each shape wants it, files by their numbers', async () => {
  const { world, run } = await open();
  const form = formIn(await run('run test:every'));
  const more = formIn(await send(world, form, { 'A Text': 'Hello.', 'More options': true }));
  expect(more.fields.map(({ label }) => label).slice(13)).toEqual(['A Enum', 'A Number']);
  expect(more.fields[0]?.initial).toBe('Hello.');
  const file = (name: string, type: string) => world.file(name, type);
  const wrong = await send(world, more, {
    'A File': [file('a.pdf', 'application/pdf')],
    'A Image': [file('b.ogg', 'audio/ogg')],
    'A Audio': [file('c.ogg', 'audio/ogg'), file('d.ogg', 'audio/ogg')],
    'A ListOfNumbers': 'one two',
  });
  const complaints = wrong.do === 'errors' ? wrong.fields : {};
  const complaint = (label: string) => complaints[more.fields.find((field) => field.label === label)?.name ?? ''];
  expect(complaint('A Image')).toMatch(/“b.ogg” is not an image/);
  expect(complaint('A Audio')).toMatch(/one file at a time/);
  expect(complaint('A Video')).toMatch(/choose a file/);
  expect(complaint('A ListOfNumbers')).toMatch(/numbers only/);
  expect(complaint('A File')).toBeUndefined();
  const types = { File: 'application/pdf', Image: 'image/png', Audio: 'audio/ogg', Video: 'video/mp4' };
  const files = Object.entries(types).flatMap(([kind, type]) => [
    [`A ${kind}`, [file('one', type)]] as const,
    [`A ListOf${kind}s`, [file('first', type), file('second', type)]] as const,
  ]);
  const lists = { 'A ListOfTexts': 'One.\n\n Two. ', 'A ListOfNumbers': '1 2,5 -3', 'A Number': '3,5' };
  expect(await send(world, more, { ...Object.fromEntries(files), ...lists })).toEqual({
    do: 'work',
    private: false,
  });
  const number = expect.any(Number);
  await vi.waitFor(() =>
    expect(scheduled(world.cloud)).toMatchObject({
      type: 'test:every',
      appId: 'parley',
      input: {
        ...{ input: 'Hello.', tone: 'formal', texts: ['One.', 'Two.'], numbers: [1, 2.5, -3] },
        ...{ file: number, image: number, audio: number, video: number },
        ...{ files: [number, number], images: [number, number], audios: [number, number], videos: [number, number] },
      },
    }),
  );
  expect(world.cloud.seen({ method: 'PUT', path: /dav\/files/ })).toHaveLength(12);
  // The server offers it no more than before; what was put there for it is taken away all the same.
  await vi.waitFor(() => expect(world.cloud.seen({ method: 'DELETE', path: /dav\/files/ })).toHaveLength(12));
});

test('on Slack it stands in one modal, and comes back from there', async () => {
  const { cloud, nextcloud } = await openCloud({ held: false, pace: 'instant' });
  offerEvery(cloud);
  const { slack, ann, channel, refusals } = await onSlack({ nextcloud });
  await slack.interact.command(ann, channel, '/nextcloud', 'run test:every Hello.');
  const modal = await slack.watch.modal(ann);
  const most = [...JSON.stringify(modal.view.blocks).matchAll(/"max_files":(\d+)/g)].map(([, count]) => Number(count));
  expect(most).toEqual([1, 1, 1, 1, 10, 10, 10, 10]);
  const file = (name: string, mimetype: string) => [slack.people.file(ann, { name, mimetype, bytes: 'bytes' })];
  const [pdf, png] = [file('a.pdf', 'application/pdf'), file('b.png', 'image/png')];
  const [ogg, mp4] = [file('c.ogg', 'audio/ogg'), file('d.mp4', 'video/mp4')];
  const files = {
    '3:f3': pdf,
    '4:f4': png,
    '5:f5': ogg,
    '6:f6': mp4,
    '9:f9': pdf,
    '10:f10': png,
    '11:f11': ogg,
    '12:f12': mp4,
  };
  await slack.interact.submit(modal, { ...files, '2:f2': 'plain', '7:f7': 'One.\nTwo.', '8:f8': '1 2' });
  await vi.waitFor(() =>
    expect(scheduled(cloud)).toMatchObject({
      input: {
        input: 'Hello.',
        number: 7,
        tone: 'plain',
        texts: ['One.', 'Two.'],
        numbers: [1, 2],
        files: [expect.any(Number)],
      },
    }),
  );
  expect(refusals()).toEqual([]);
});

test('on Discord it stands in three steps, and comes back from there', async () => {
  const { cloud, nextcloud } = await openCloud({ held: false, pace: 'instant' });
  offerEvery(cloud);
  const { server, ann, channel, refusals } = await onDiscord({ nextcloud });
  const file = (name: string, type: string) => [{ name, type, bytes: Buffer.from('bytes') }];
  const [pdf, png] = [file('a.pdf', 'application/pdf'), file('b.png', 'image/png')];
  const [ogg, mp4] = [file('c.ogg', 'audio/ogg'), file('d.mp4', 'video/mp4')];
  const opened = server.acts.run(ann, channel, 'nextcloud run', { type: 'test:every', text: 'Hello.' });
  expect((await opened.modal()).title).toBe('Every shape (1 of 3)');
  const first = await server.acts.submit(opened, { 't.f2': ['plain'], 'f.f3': pdf, 'f.f4': png });
  const second = server.acts.click(ann, await first.ephemeral(), 'Continue');
  expect((await second.modal()).title).toBe('Every shape (2 of 3)');
  const half = await server.acts.submit(second, {
    ...{ 'f.f5': png, 'f.f6': mp4, 't.f7': 'One.\nTwo.', 't.f8': '1 2', 'f.f9': pdf },
  });
  const third = server.acts.click(ann, await half.ephemeral(), 'Continue');
  expect((await third.modal()).title).toBe('Every shape (3 of 3)');
  const wrong = await server.acts.submit(third, { 'f.f10': png, 'f.f11': ogg, 'f.f12': mp4 });
  const note = await wrong.ephemeral();
  expect(note.content).toMatch(/\*\*A Audio\*\*: “b.png” is not a recording/);
  const again = server.acts.click(ann, note, 'Fix it');
  // Files cannot be filled in again there.
  await server.acts.submit(again, { 'f.f5': ogg, 'f.f6': mp4, 'f.f9': pdf });
  const input = { ...{ input: 'Hello.', number: 7, tone: 'plain' }, ...{ texts: ['One.', 'Two.'], numbers: [1, 2] } };
  await vi.waitFor(() => expect(scheduled(cloud)).toMatchObject({ input }));
  expect(refusals()).toEqual([]);
});

const german = { origin_language: 'detect_language', target_language: 'de', input: 'Good day.' };

test('a hundred languages: on Slack they stand in groups', async () => {
  const { cloud, nextcloud } = await openCloud({ held: false, pace: 'instant' });
  offerLanguages(cloud);
  const { slack, ann, channel, refusals } = await onSlack({ nextcloud });
  await slack.interact.command(ann, channel, '/nextcloud', 'translate Good day.');
  const modal = await slack.watch.modal(ann);
  expect(JSON.stringify(modal.view.blocks)).toContain('option_groups');
  await slack.interact.submit(modal, { '2:f2': 'de' });
  await vi.waitFor(() => expect(scheduled(cloud)).toMatchObject({ input: german }));
  expect(refusals()).toEqual([]);
});

test('a hundred languages: on Discord one is typed, in full or in part, and completed in the command itself', async () => {
  const { cloud, nextcloud } = await openCloud({ held: false, pace: 'instant' });
  offerLanguages(cloud);
  const { server, ann, channel, refusals } = await onDiscord({ nextcloud });
  const opened = server.acts.run(ann, channel, 'nextcloud translate', { text: 'Good day.' });
  await opened.modal();
  await server.acts.submit(opened, { 't.f2': 'german' });
  await vi.waitFor(() => expect(scheduled(cloud)).toMatchObject({ input: german }));
  const languages = () => server.acts.suggest(ann, channel, 'nextcloud translate', { to: 'german (f' }, 'to').choices();
  await expect.poll(languages).toEqual([{ name: 'German (formal)', value: 'de-formal' }]);
  server.acts.run(ann, channel, 'nextcloud translate', { to: 'language 12', text: 'Good day.' });
  await vi.waitFor(() => expect(scheduled(cloud)).toMatchObject({ input: { target_language: 'l12' } }));
  expect(refusals()).toEqual([]);
});
