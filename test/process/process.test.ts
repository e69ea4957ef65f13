import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startNextcloud } from '../../src/demo/nextcloud/server.ts';
import { answer, says } from '../servers/openwebui/script.ts';
import { type ScriptedOpenWebUI, startScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import { outcome, type ParleyProcess, run, start } from './parley-process.ts';
import { visit } from './visitor.ts';

let folder = '';
let openWebUI: ScriptedOpenWebUI;
const started: ParleyProcess[] = [];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parley-process-'));
  openWebUI = await startScriptedOpenWebUI();
});
afterEach(async () => {
  for (const parley of started.splice(0)) await parley.kill();
  await openWebUI.close();
  rmSync(folder, { recursive: true, force: true });
});

function settings(more: Record<string, string> = {}): Record<string, string> {
  return {
    PARLEY_STORE: `sqlite:${join(folder, 'parley.db')}`,
    PARLEY_LISTEN: '127.0.0.1:0',
    PARLEY_TOKEN: 'a-token-for-tests',
    ...more,
  };
}

async function startParley(more: Record<string, string> = {}): Promise<ParleyProcess> {
  const asking = { OPENWEBUI_URL: openWebUI.url, OPENWEBUI_API_KEY: openWebUI.key };
  const parley = await start(settings({ ...asking, PARLEY_FOLLOW_UPS: 'off', ...more }), folder);
  started.push(parley);
  return parley;
}

describe('Parley started wrongly', () => {
  it('ends, names every wrong setting, and prints no secret', async () => {
    const wrong = { OPENWEBUI_URL: 'chat.example.org', OPENWEBUI_API_KEY: 'sk-secret secret', PARLEY_TITLES: 'maybe' };
    const { code, err, out } = await outcome(run(settings(wrong), [], folder));
    expect(code).toBe(1);
    for (const name of Object.keys(wrong)) expect(err).toContain(name);
    expect(err + out).not.toContain('secret secret');
    expect(err).not.toMatch(/^\s+at /m);
  });

  it('says so when its address is taken', async () => {
    const taken = new URL(openWebUI.url).host;
    const { code, err } = await outcome(run(settings({ PARLEY_LISTEN: taken }), [], folder));
    expect(code).toBe(1);
    expect(err).toContain(`PARLEY_LISTEN: another program already listens on ${taken}`);
  });

  it('says so when its store cannot be opened', async () => {
    const { code, err } = await outcome(run(settings({ PARLEY_STORE: 'postgres://db.example.org/x' }), [], folder));
    expect(code).toBe(1);
    expect(err).toMatch(/^Parley cannot start\. The store address/);
  });
});

describe('Parley with nowhere to answer', () => {
  it('says so and ends', async () => {
    const { code, err } = await outcome(run(settings({ PARLEY_LOCAL: 'off' }), [], folder));
    expect(code).toBe(1);
    expect(err).toMatch(/nowhere to answer/);
  });
});

describe('Parley started with nothing set', () => {
  it('serves the page on the stand-in and says so plainly', async () => {
    const parley = await start(settings(), folder);
    started.push(parley);
    expect(parley.lines.join('\n')).toMatch(/Demo: a built-in stand-in answers, not a language model/);
    const ann = await visit(parley.link, 'Ann');
    ann.send('Show me a table');
    await ann.until(() => ann.answers().some((message) => !message.live && message.text.includes('|')));
    ann.leave();
  });

  it('runs tasks in a stand-in Nextcloud, and says that it is one', async () => {
    const parley = await start(settings(), folder);
    started.push(parley);
    expect(parley.lines.join('\n')).toMatch(/Demo: a built-in stand-in does the tasks of \/nextcloud/);
    const ann = await visit(parley.link, 'Ann');
    ann.send('/nextcloud summarize The cat sat on the mat.');
    await ann.until(() => ann.answers().some((message) => !message.live && message.text === 'The cat sat on the mat.'));
    ann.leave();
  });
});

describe('Parley killed in the middle of an answer', () => {
  it('ends the question with one whole answer after the restart', async () => {
    const whole = 'One two three four five six seven eight nine ten.';
    openWebUI.next(answer(['One two three', { hold: true }]));
    const before = await startParley();
    const ann = await visit(before.link, 'Ann');
    ann.send('Count to ten');
    await ann.until(() => ann.answers().some((message) => message.text.startsWith('One two three')));
    await before.kill();
    openWebUI.next(says(whole));
    const after = await startParley();
    const again = await visit(after.link, 'Ann', ann.me);
    await again.until(() => again.answers().some((message) => message.text === whole && !message.live));
    expect(again.answers().map((message) => message.text)).toEqual([whole]);
    await openWebUI.until(() => JSON.stringify(openWebUI.chats()).includes(whole));
    expect(openWebUI.chats()).toHaveLength(1);
    again.leave();
  });
});

describe('Parley told to end', () => {
  it('lets an answer end, and ends with 0', async () => {
    openWebUI.next(says('A long answer that takes a moment to write.', { everyMs: 40 }));
    const parley = await startParley();
    const ann = await visit(parley.link, 'Ann');
    ann.send('Write');
    await ann.until(() => ann.answers().some((message) => message.text.startsWith('A long')));
    expect(await parley.terminate()).toBe(0);
    const next = await startParley();
    const again = await visit(next.link, 'Ann', ann.me);
    await again.until(() =>
      again.answers().some((message) => message.text === 'A long answer that takes a moment to write.'),
    );
    expect(openWebUI.asked).toHaveLength(1);
    again.leave();
  });
});

describe('Parley told to end while it connects', () => {
  it('closes, and says no more that it is ready or what it could not reach', async () => {
    const nobody = createServer((socket) => void socket.destroy()).listen(0, '127.0.0.1');
    await once(nobody, 'listening');
    const address = nobody.address();
    const port = typeof address === 'object' ? address?.port : null;
    const slack = {
      SLACK_API_URL: `http://127.0.0.1:${port}/api/`,
      SLACK_BOT_TOKEN: 'xoxb-1-2',
      SLACK_APP_TOKEN: 'xapp-1-2',
    };
    const child = run(
      settings({ OPENWEBUI_URL: openWebUI.url, OPENWEBUI_API_KEY: openWebUI.key, ...slack }),
      [],
      folder,
    );
    let told = false;
    child.stdout?.on('data', (chunk: Buffer) => {
      // It says so at each of its tries, but a second signal would end it at once.
      if (!told && chunk.toString().includes('Slack cannot be asked who we are')) told = child.kill('SIGTERM');
    });
    const { code, out } = await outcome(child);
    nobody.close();
    const said = out.split('\n').flatMap((line) => /"msg":"([^"]*)"/.exec(line)?.[1] ?? []);
    expect(said.slice(said.indexOf('closing'))).toEqual(['closing', 'closed']);
    expect(code).toBe(0);
  });
});

describe('doctor', () => {
  it('finds everything in order, and says what to mend', async () => {
    const asking = { OPENWEBUI_URL: openWebUI.url, OPENWEBUI_API_KEY: openWebUI.key };
    const { code, out } = await outcome(run(settings(asking), ['doctor'], folder));
    expect(code).toBe(0);
    expect(out).toMatch(/ok {4}API key: Accepted; API keys are enabled\. The account is Parley \(user\)\./);
    expect(out).toMatch(/note {2}PARLEY_SECRET_KEY: Not set/);
  });

  it('looks at Nextcloud where one is set, all three settings or none', async () => {
    const cloud = await startNextcloud();
    const asking = { OPENWEBUI_URL: openWebUI.url, OPENWEBUI_API_KEY: openWebUI.key, NEXTCLOUD_URL: cloud.url };
    const half = await outcome(run(settings(asking), ['doctor'], folder));
    expect(half.code).toBe(1);
    expect(half.err).toMatch(/NEXTCLOUD_USER is missing, but NEXTCLOUD_URL is set/);
    const whole = { ...asking, NEXTCLOUD_USER: cloud.user, NEXTCLOUD_APP_PASSWORD: cloud.password };
    const { code, out } = await outcome(run(settings(whole), ['doctor'], folder));
    expect(code).toBe(0);
    expect(out).toMatch(/ok {4}AI tasks: \d+ kinds of task through TaskProcessing\./);
    expect(out).not.toContain(cloud.password);
    await cloud.close();
  });

  it('tells wrong settings as JSON too', async () => {
    const { code, out } = await outcome(run(settings({ LOG_LEVEL: 'loud' }), ['doctor', '--json'], folder));
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ well: false, findings: [{ what: 'LOG_LEVEL', state: 'fail' }] });
  });

  it('fails on a wrong key and a server that is down, also as JSON', async () => {
    const wrong = { OPENWEBUI_URL: openWebUI.url, OPENWEBUI_API_KEY: 'sk-0000000000000000' };
    const first = await outcome(run(settings(wrong), ['doctor', '--json'], folder));
    expect(first.code).toBe(1);
    expect(JSON.parse(first.out)).toMatchObject({
      well: false,
      findings: expect.arrayContaining([expect.objectContaining({ what: 'API key', state: 'fail' })]),
    });
    await openWebUI.down();
    const second = await outcome(run(settings(wrong), ['doctor'], folder));
    expect(second.code).toBe(1);
    expect(second.out).toMatch(/FAIL {2}Open WebUI:/);
    expect(second.out + first.out).not.toContain('sk-0000000000000000');
  });
});
