import { parseArgs } from 'node:util';
import { startSlack } from './server.ts';

/**
 * Runs the pretend Slack as a process of its own: `node test/servers/slack/serve.ts --port 0 [--no-rates] [--seed 1]
 * [--request-url URL --signing-secret S]`. Prints one line of JSON with its addresses and tokens; ends on SIGTERM or SIGINT.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    'no-rates': { type: 'boolean', default: false },
    'request-url': { type: 'string' },
    'signing-secret': { type: 'string', default: 'test-signing-secret' },
  },
});
const requestUrl = values['request-url'];
const slack = await startSlack({
  port: Number(values.port),
  seed: Number(values.seed),
  rates: !values['no-rates'],
  control: true,
  ...(requestUrl ? { http: { requestUrl, signingSecret: values['signing-secret'] } } : {}),
});
const { url, apiUrl, tokens, botUserId, teamId } = slack;
const ready = {
  url,
  apiUrl,
  controlUrl: `${url}/_test/`,
  botToken: tokens.bot,
  appToken: tokens.app,
  botUserId,
  teamId,
};
process.stdout.write(`${JSON.stringify(ready)}\n`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void slack.close());
