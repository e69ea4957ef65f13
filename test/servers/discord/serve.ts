import { parseArgs } from 'node:util';
import { control, info } from './control.ts';
import { startDiscord } from './server.ts';

// Runs the fake Discord as a process of its own: one JSON line with its addresses, then it serves until SIGTERM or SIGINT. With
// `--until-stdin-ends` it also stops when its standard input ends, so that it never outlives a parent that died.
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    'cdn-port': { type: 'string', default: '0' },
    token: { type: 'string' },
    'heartbeat-ms': { type: 'string', default: '41250' },
    'no-message-content': { type: 'boolean', default: false },
    'until-stdin-ends': { type: 'boolean', default: false },
  },
});

const server = await startDiscord({
  port: Number(values.port),
  cdnPort: Number(values['cdn-port']),
  heartbeatMs: Number(values['heartbeat-ms']),
  messageContent: !values['no-message-content'],
  control,
  ...(values.token === undefined ? {} : { token: values.token }),
});
process.stdout.write(`${JSON.stringify(info(server))}\n`);

const stop = () => void server.close().then(() => process.exit(0));
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
if (values['until-stdin-ends']) process.stdin.once('end', stop).resume();
