import { expect, test } from 'vitest';
import { stage } from './stage.ts';

const option = (at: number, more: object = {}) => ({ type: 3, name: `o${at}`, description: 'd', ...more });
const many = (count: number) => Array.from({ length: count }, (_, at) => at);
const command = (more: object = {}) => ({ name: 'ask', description: 'd', ...more });

test.each([
  ['a name with capitals', [command({ name: 'Ask' })]],
  ['a name of 33', [command({ name: 'x'.repeat(33) })]],
  ['no description', [command({ description: '' })]],
  ['a description of 101', [command({ description: 'x'.repeat(101) })]],
  ['26 options', [command({ options: many(26).map((at) => option(at)) })]],
  [
    '26 choices',
    [command({ options: [option(1, { choices: many(26).map((at) => ({ name: `c${at}`, value: 'v' })) })] })],
  ],
  ['a choice of 101', [command({ options: [option(1, { choices: [{ name: 'x'.repeat(101), value: 'v' }] })] })]],
  [
    'choices and autocomplete',
    [command({ options: [option(1, { autocomplete: true, choices: [{ name: 'a', value: 'a' }] })] })],
  ],
  ['a required option after an optional one', [command({ options: [option(1), option(2, { required: true })] })]],
  ['an option name twice', [command({ options: [option(1), option(1)] })]],
  ['a name twice', [command(), command()]],
  [
    '8001 characters',
    [
      command({
        options: many(25).map((at) =>
          option(at, {
            description: 'x'.repeat(100),
            choices: many(25).map((of) => ({ name: `n${of}`, value: 'v'.repeat(10) })),
          }),
        ),
      }),
    ],
  ],
  ['a menu command with a description', [{ name: 'About', type: 3, description: 'x' }]],
])('%s is refused', async (_, body) => {
  const { ask, server } = await stage();
  expect((await ask('PUT', `/applications/${server.world.app.id}/commands`, body)).code).toBe(50035);
});

test('100 commands, 15 message commands pass; one more is 30032', async () => {
  const { ask, server } = await stage();
  const path = `/applications/${server.world.app.id}/commands`;
  const slash = (count: number) => many(count).map((at) => command({ name: `c${at}` }));
  const menus = (count: number) => many(count).map((at) => ({ name: `M ${at}`, type: 3 }));
  expect((await ask('PUT', path, [...slash(100), ...menus(15)])).status).toBe(200);
  expect((await ask('PUT', path, slash(101))).code).toBe(30032);
  expect((await ask('PUT', path, menus(16))).code).toBe(30032);
});

test('a second bulk put keeps the ids of commands with the same name, and gets list them', async () => {
  const { ask, server, guild } = await stage();
  const path = `/applications/${server.world.app.id}/commands`;
  const first = await ask('PUT', path, [command()]);
  const second = await ask('PUT', path, [command({ description: 'new' }), command({ name: 'other' })]);
  const ids = (body: unknown) => (Array.isArray(body) ? body.map((one) => one.id) : []);
  expect(ids(second.body)[0]).toBe(ids(first.body)[0]);
  expect(ids((await ask('GET', path)).body)).toHaveLength(2);
  const own = `/applications/${server.world.app.id}/guilds/${guild.id}/commands`;
  expect(ids((await ask('GET', own)).body)).toEqual([]);
});

test('the 201st new command of a day is refused with 30034', async () => {
  const { ask, server } = await stage();
  const path = `/applications/${server.world.app.id}/commands`;
  const batch = (from: number) => many(100).map((at) => command({ name: `c${from + at}` }));
  expect((await ask('PUT', path, batch(0))).status).toBe(200);
  expect((await ask('PUT', path, batch(100))).status).toBe(200);
  expect((await ask('PUT', path, batch(101))).code).toBe(30034);
});
