/**
 * The stand-in in a process of its own, for benches: `node test/servers/openwebui/serve.ts --port 0 --rate 20 --seconds 30`.
 * Prints one line of JSON, `{url, key, adminKey, model}`, and runs until it is told to stop, or until the pipe it was started with ends.
 * The model `bench` writes `rate` pieces of about five units a second for `seconds`.
 */
import { fstatSync } from 'node:fs';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { demoModel } from '../../../src/demo/openwebui/answers/demo-model.ts';
import type { Answer, Model, Step } from '../../../src/demo/openwebui/model.ts';
import { listen, makeOpenWebUI, shut } from '../../../src/demo/openwebui/server.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    rate: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '30' },
  },
});
const rate = Number(values.rate);
const count = Math.round(rate * Number(values.seconds));

const words = ['one ', 'more ', 'small ', 'word ', 'and ', 'then ', 'a ', 'dot. '];
// Made once: a thousand streams write the same bytes, so that the bench measures its client and not this server.
const pieces: Step[] = words.map((word) => ({
  raw: Buffer.from(
    `data: ${JSON.stringify({ id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1, model: 'bench', choices: [{ index: 0, delta: { content: word }, finish_reason: null }] })}\n\n`,
  ),
}));

function* bench(): Generator<Step> {
  const began = Date.now();
  for (let at = 0; at < count; at += 1) {
    // By the clock and not by the last wait, so that a late piece does not make the whole stream slower.
    yield { wait: began + ((at + 1) * 1000) / rate - Date.now() };
    yield pieces[at % pieces.length] ?? { wait: 0 };
  }
}

const demo = demoModel({ seed: 1, pace: 'instant' });
const model: Model = {
  models: [{ id: 'bench', name: 'Bench', description: 'Writes at a steady rate.', vision: false }, ...demo.models],
  answer: (ask): Answer => (ask.model === 'bench' ? { steps: bench() } : demo.answer(ask)),
  task: demo.task,
};

const standIn = makeOpenWebUI({ model });
const server = createServer((request, response) => void standIn.handle(request, response));
const url = await listen(server, Number(values.port));
process.stdout.write(`${JSON.stringify({ url, key: standIn.key, adminKey: standIn.adminKey, model: 'bench' })}\n`);

const stop = async () => {
  await shut(server);
  standIn.stop();
  process.exit(0);
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
// A parent that dies takes its pipe along; a terminal or /dev/null says nothing about a parent.
if (fstatSync(0).isFIFO() || fstatSync(0).isSocket()) process.stdin.on('end', stop).resume();
