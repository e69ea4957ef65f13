import { expect, test } from 'vitest';
import { stage, stillClock } from './stage.ts';

function form(files: ReadonlyArray<readonly [string, number | string]>, json: object = {}): FormData {
  const body = new FormData();
  body.set('payload_json', JSON.stringify(json));
  for (const [at, [name, content]] of files.entries()) {
    body.set(`files[${at}]`, new Blob([typeof content === 'string' ? content : new Uint8Array(content)]), name);
  }
  return body;
}

const mib = 1024 * 1024;

test('a file of 10 MiB passes, one byte more is 413 with 40005', async () => {
  const { ask, channel } = await stage();
  const path = `/channels/${channel.id}/messages`;
  expect((await ask('POST', path, form([['a', 10 * mib]]))).status).toBe(200);
  const refused = await ask('POST', path, form([['a', 10 * mib + 1]]));
  expect([refused.status, refused.code]).toEqual([413, 40005]);
});

test('ten files pass, eleven do not; over 25 MiB in all is 413', async () => {
  const { ask, channel } = await stage();
  const path = `/channels/${channel.id}/messages`;
  const many = (count: number, size: number) =>
    form(Array.from({ length: count }, (_, at) => [`f${at}`, size] as const));
  expect((await ask('POST', path, many(10, 1))).status).toBe(200);
  expect((await ask('POST', path, many(11, 1))).code).toBe(50035);
  expect((await ask('POST', path, many(3, 9 * mib))).code).toBe(40005);
});

test('a download link works for a day, then must be refreshed', async () => {
  const clock = stillClock();
  const { ask, ann, channel, server } = await stage({ clock });
  const said = server.people.say(ann, channel, '', { files: [{ name: 'a.txt', type: 'text/plain', bytes: 'hello' }] });
  const { body } = await ask('GET', `/channels/${channel.id}/messages/${said.id}`);
  const attachments = Array.isArray(body.attachments) ? body.attachments : [];
  const url = String(attachments[0]?.url);
  expect(new URL(url).origin).not.toBe(new URL(server.api).origin);
  expect(await (await fetch(url)).text()).toBe('hello');
  expect((await fetch(url.replace(/hm=[0-9a-f]+/, 'hm=0'))).status).toBe(404);
  clock.advance(24 * 3_600_000);
  expect((await fetch(url)).status).toBe(404);
  const renewed = await ask('POST', '/attachments/refresh-urls', { attachment_urls: [url] });
  const list = Array.isArray(renewed.body.refreshed_urls) ? renewed.body.refreshed_urls : [];
  expect((await fetch(String(list[0]?.refreshed))).status).toBe(200);
});

test('an edit keeps listed files, drops others and adds new ones', async () => {
  const { ask, channel, server } = await stage();
  const made = await ask(
    'POST',
    `/channels/${channel.id}/messages`,
    form(
      [
        ['a', 'a'],
        ['b', 'b'],
      ],
      { content: 'x' },
    ),
  );
  const message = server.world.messages.get(String(made.body.id));
  const kept = message?.attachments[1]?.id;
  await ask(
    'PATCH',
    `/channels/${channel.id}/messages/${String(made.body.id)}`,
    form([['c', 'c']], { attachments: [{ id: kept }, { id: '0', description: 'new' }] }),
  );
  expect(message?.attachments.map((one) => [one.filename, one.description])).toEqual([
    ['b', null],
    ['c', 'new'],
  ]);
});
