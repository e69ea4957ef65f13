import { join } from 'node:path';
import * as z from 'zod';
import { type Running, startServer } from '../processes.ts';

const slackSchema = z.object({ apiUrl: z.string(), botToken: z.string(), appToken: z.string() });
const discordSchema = z.object({ api: z.string(), token: z.string() });
const openWebUISchema = z.object({ url: z.string(), key: z.string() });

/** Everything that Parley connects to, in processes of their own. */
export interface Outside {
  /** The settings that make Parley use all of it. */
  readonly settings: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Starts the test servers of all platforms and the stand-in Open WebUI. */
export async function startOutside(): Promise<Outside> {
  const servers = join(import.meta.dirname, '../../servers');
  const running: Running[] = [];
  const serve = async (name: string, args: readonly string[]) => {
    const server = await startServer(join(servers, name, 'serve.ts'), args);
    running.push(server);
    return server.ready;
  };
  const stop = async () => {
    await Promise.all(running.map((server) => server.stop()));
  };
  try {
    const slack = slackSchema.parse(await serve('slack', []));
    const discord = discordSchema.parse(await serve('discord', ['--until-stdin-ends']));
    const openWebUI = openWebUISchema.parse(await serve('openwebui', []));
    const settings = {
      OPENWEBUI_URL: openWebUI.url,
      OPENWEBUI_API_KEY: openWebUI.key,
      SLACK_API_URL: slack.apiUrl,
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      DISCORD_API_URL: discord.api,
      DISCORD_TOKEN: discord.token,
      PARLEY_LOCAL: 'on',
    };
    return { settings, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
