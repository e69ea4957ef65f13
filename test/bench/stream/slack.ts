import { join } from 'node:path';
import * as z from 'zod';
import { createSlack } from '../../../adapters/slack/slack.ts';
import { systemClock } from '../../../src/chat/clock.ts';
import type { Place } from '../../../src/chat/places.ts';
import { Secret } from '../../../src/chat/secret.ts';
import { startServer } from '../processes.ts';
import { type Ground, quietHost } from './ground.ts';
import { LATENCY } from './scenarios.ts';

const ready = z.object({
  apiUrl: z.string(),
  controlUrl: z.string(),
  botToken: z.string(),
  appToken: z.string(),
  teamId: z.string(),
});
const withId = z.object({ id: z.string() });
const said = z.object({ ts: z.string() });
const version = z.object({ at: z.number(), shown: z.string() });
const stored = z.object({ messages: z.array(z.object({ ts: z.string(), versions: z.array(version) })) });

/** Slack's test server, reached through Bolt in Socket Mode. Each reply has a thread in a channel of its own, all in one workspace. */
export async function openSlack(seed: number): Promise<Ground> {
  const server = await startServer(join(import.meta.dirname, '../../servers/slack/serve.ts'), ['--seed', String(seed)]);
  const { apiUrl, controlUrl, botToken, appToken, teamId } = ready.parse(server.ready);
  const silent = () => undefined;
  const adapter = createSlack({
    botToken: new Secret(botToken),
    appToken: new Secret(appToken),
    signingSecret: null,
    apiUrl,
    direct: 'threads',
    clock: systemClock,
    log: { debug: silent, info: silent, warn: silent, error: silent },
  });

  async function order(name: string, body: object): Promise<unknown> {
    const answer = await fetch(controlUrl + name, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${name}: ${await answer.text()}`);
    return answer.json();
  }

  try {
    await adapter.start(quietHost(silent), new AbortController().signal);
    const { id: user } = withId.parse(await order('user', { name: 'ann' }));
    for (const method of ['chat.update', 'chat.postMessage']) await order('latency', { method, ms: LATENCY });
    return {
      platform: 'Slack',
      adapter,
      async prepare({ edits, posts, replies }) {
        const set = {
          'chat.update': { perMinute: edits.perSecond * 60, burst: edits.burst },
          'chat.postMessage#channel': { perMinute: posts.perSecond * 60, burst: posts.burst },
        };
        await order('rates', { set });
        const places: Place[] = [];
        for (let at = 0; at < replies; at += 1) {
          const { id: channel } = withId.parse(await order('channel', { members: [user] }));
          const { ts } = said.parse(await order('say', { user, channel, text: 'Please explain.' }));
          places.push({ platform: 'slack', team: teamId, channel, thread: ts, kind: 'public' });
        }
        return places;
      },
      async changes(places) {
        const all = places.map(async ({ channel }) => {
          const answer = await fetch(`${controlUrl}messages?channel=${channel}`);
          const { messages } = stored.parse(await answer.json());
          return messages.flatMap(({ ts, versions }) =>
            versions.map(({ at, shown }) => ({ at, message: ts, text: shown })),
          );
        });
        return (await Promise.all(all)).flat().sort((a, b) => a.at - b.at);
      },
      refused: async () => null,
      async close() {
        await adapter.stop();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
