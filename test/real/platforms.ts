import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { createDiscord } from '../../adapters/discord/discord.ts';
import { createSlack } from '../../adapters/slack/slack.ts';
import { branch } from '../../src/openwebui/chat-tree.ts';
import { createLog } from '../../src/ops/log.ts';
import { optionsFor as discordOptions } from '../adapters/discord/stage.ts';
import { openSlack, optionsFor as slackOptions } from '../adapters/slack/stage.ts';
import { closeAfter } from '../close-after.ts';
import { start } from '../process/parley-process.ts';
import { visit } from '../process/visitor.ts';
import { stage } from '../servers/discord-tests/stage.ts';
import { chatWith, type House, moveIn } from './house.ts';

/** What the scripted provider gives for a title. */
const TITLE = "The team's plan";

/** The texts of a chat's shown branch, once it has the title that the model gave it. */
async function told(house: House, text: string): Promise<string[]> {
  await vi.waitFor(async () => expect((await chatWith(house, text)).title).toBe(TITLE), { timeout: 20_000 });
  return branch((await chatWith(house, text)).tree).map((turn) => turn.text);
}

/** Questions through the real libraries of each platform, and through Parley's own page, to the real server and back. */
export function platformsOn(at: () => House): void {
  describe('a question and the next one', () => {
    test('through Slack stream into a thread and stand in one chat with its title', async () => {
      const slack = await openSlack();
      const ann = slack.people.user({ name: 'ann' }).id;
      const channel = slack.people.channel({ name: 'general', members: [ann] }).id;
      const adapter = createSlack({ ...slackOptions(slack), log: createLog('silent') });
      const lodger = await moveIn(at(), () => [{ adapter, mode: 'thread' }]);
      closeAfter(() => lodger.stop());
      const lengths = new Set<number>();
      const answered = (text: RegExp) =>
        slack.watch.answer(
          channel,
          (_message, seen) => {
            if (/slack/.test(seen)) lengths.add(seen.length);
            return text.test(seen) && /Regenerate/.test(seen);
          },
          30_000,
        );
      const words = 'one two three four five six seven eight nine ten eleven';
      const question = slack.people.say(ann, channel, `<@${slack.botUserId}> slack ${words}`);
      const answer = await answered(/eleven/);
      expect(answer.threadTs).toBe(question.ts);
      expect(lengths.size).toBeGreaterThan(1);
      slack.people.say(ann, channel, 'slack and then?', { thread_ts: question.ts });
      expect((await answered(/and then/)).threadTs).toBe(question.ts);
      const both = [`ann: slack ${words}`, 'ann: slack and then?'];
      expect(await told(at(), both[1] ?? '')).toEqual([both[0], both[0], both[1], both[1]]);
      expect(slack.pings).toEqual([]);
    });

    test('through Discord stream into a thread and stand in one chat with its title', async () => {
      const { server, ann, channel } = await stage();
      const lodger = await moveIn(at(), (store) => [
        {
          adapter: createDiscord({
            ...discordOptions(server),
            recent: (platform, since) => store.conversations.recent(platform, since, 200),
          }),
          mode: 'thread',
        },
      ]);
      closeAfter(() => lodger.stop());
      const words = 'one two three four five six seven eight nine ten eleven';
      const question = server.people.say(ann, channel, `<@${server.world.app.user.id}> discord ${words}`);
      const thread = await server.until('a thread', () => server.world.channels.get(question.threadId ?? ''), 20_000);
      const lengths = new Set<number>();
      const answered = (text: RegExp) =>
        server.message(
          thread,
          (one) => {
            if (one.content.startsWith('Ann: discord')) lengths.add(one.content.length);
            return text.test(one.content) && /Regenerate/.test(JSON.stringify(one.components));
          },
          30_000,
        );
      await answered(/eleven/);
      expect(lengths.size).toBeGreaterThan(1);
      server.people.say(ann, thread, 'discord and then?');
      await answered(/and then/);
      const both = [`Ann: discord ${words}`, 'Ann: discord and then?'];
      expect(await told(at(), both[1] ?? '')).toEqual([both[0], both[0], both[1], both[1]]);
      await vi.waitFor(() => expect(thread.name).toBe(TITLE), { timeout: 10_000 });
      expect(server.pings).toEqual([]);
    });

    test('through the local page of `npm start` stream and stand in one chat with its title', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'parley-real-'));
      closeAfter(async () => rmSync(folder, { recursive: true, force: true }));
      const parley = await start(
        {
          OPENWEBUI_URL: at().real.url,
          OPENWEBUI_API_KEY: at().real.userKey,
          OPENWEBUI_MODEL: 'echo-slow',
          PARLEY_STORE: `sqlite:${join(folder, 'parley.db')}`,
          PARLEY_LISTEN: '127.0.0.1:0',
        },
        folder,
      );
      closeAfter(() => parley.terminate());
      const ann = await visit(parley.link, 'Ann');
      closeAfter(async () => ann.leave());
      const lengths = new Set<number>();
      const answered = (text: RegExp) =>
        ann.until(() =>
          ann.answers().some((message) => {
            if (message.text.includes('page one')) lengths.add(message.text.length);
            return text.test(message.text) && message.controls?.buttons.some(({ label }) => label === 'Regenerate');
          }),
        );
      const words = 'page one two three four five six seven eight nine ten eleven';
      ann.send(words, 'c-real0001');
      await answered(/eleven/);
      expect(lengths.size).toBeGreaterThan(1);
      ann.send('page and then?', 'c-real0001');
      await answered(/and then/);
      expect(await told(at(), 'page and then?')).toEqual([words, words, 'page and then?', 'page and then?']);
    });
  });
}
