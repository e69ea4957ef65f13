/**
 * The stand-in in a process of its own, for benches: `node test/servers/openwebui/serve.ts --port 0 --rate 20 --seconds 30`.
 * Prints one line of JSON, `{url, key, adminKey, model}`, and runs until it is told to stop, or until the pipe it was started with ends.
 * The model `bench` answers the question `q17` with the steady answer 17: `rate` pieces a second for `seconds`.
 */
import { fstatSync } from 'node:fs';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { demoModel } from '../../../src/demo/openwebui/answers/demo-model.ts';
import type { Answer, Ask, Model } from '../../../src/demo/openwebui/model.ts';
import { listen, makeOpenWebUI, shut } from '../../../src/demo/openwebui/server.ts';
import { steadyAnswer } from './steady-answer.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    rate: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '30' },
  },
});
const rate = Number(values.rate);
const count = Math.round(rate * Number(values.seconds));

const demo = demoModel({ seed: 1, pace: 'instant' });
const model: Model = {
  models: [{ id: 'bench', name: 'Bench', description: 'Writes at a steady rate.', vision: false }, ...demo.models],
  answer: (ask): Answer =>
    ask.model === 'bench' ? { steps: steadyAnswer(numberOf(ask), rate, count) } : demo.answer(ask),
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

/** The number that the question names; 0 when it names none. */
function numberOf(ask: Ask): number {
  return Number(/\bq(\d+)\b/.exec(ask.messages.at(-1)?.text ?? '')?.[1] ?? 0);
}
