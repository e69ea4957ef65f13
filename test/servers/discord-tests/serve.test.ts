import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { closeAfter } from '../../close-after.ts';

const address = z.object({ api: z.string(), control: z.string(), token: z.string(), botId: z.string() });

test('it runs in a process of its own, says where, and takes orders', async () => {
  const child = spawn(process.execPath, ['test/servers/discord/serve.ts', '--until-stdin-ends'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  closeAfter(async () => void child.kill('SIGKILL'));
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const { api, control, token } = address.parse(JSON.parse(String(line)));
  const order = async (body: object): Promise<unknown> =>
    (
      await fetch(control, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      })
    ).json();
  const seeded = z
    .object({ channels: z.array(z.string()) })
    .parse(await order({ do: 'seed', guild: 'Home', channels: ['general'] }));
  const channel = seeded.channels[0] ?? '';
  await order({ do: 'limits', limits: { edit: { limit: 1, perMs: 60_000 } } });
  await order({ do: 'say', user: 'ann', channel, text: 'hi' });
  const headers = { authorization: `Bot ${token}`, 'content-type': 'application/json' };
  const made = await fetch(`${api}/v10/channels/${channel}/messages`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ content: 'one' }),
  });
  const { id } = z.object({ id: z.string() }).parse(await made.json());
  const edit = (content: string) =>
    fetch(`${api}/v10/channels/${channel}/messages/${id}`, {
      method: 'PATCH',
      headers,
      body: JSON.stringify({ content }),
    });
  expect((await edit('two')).status).toBe(200);
  expect((await edit('three')).status).toBe(429);
  expect(await order({ do: 'wait', channel, matching: '^two$' })).toMatchObject({
    history: [
      { content: 'one', by: 'create' },
      { content: 'two', by: 'edit' },
    ],
  });
  expect(await order({ do: 'flood', channel, messages: 300, text: 'm' })).toEqual({ messages: 300 });
  expect(await order({ do: 'nonsense' })).toHaveProperty('error');
  child.stdin.end();
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
});
