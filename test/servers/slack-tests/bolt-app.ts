import { App, type AppOptions, LogLevel, SocketModeReceiver } from '@slack/bolt';
import type { SlackServer } from '../slack/server.ts';

/** A real Bolt app on Socket Mode against the server, not started yet. Retries are off, so that refusals show at once. */
export function boltApp(slack: SlackServer, options: Partial<AppOptions> = {}): App {
  const receiver = new SocketModeReceiver({
    appToken: slack.tokens.app,
    logLevel: LogLevel.ERROR,
    installerOptions: { clientOptions: { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } } },
  });
  return new App({
    token: slack.tokens.bot,
    receiver,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true },
    ...options,
  });
}
