/** The least that can read the streams: one undici request each, one parser each, nothing done with the text but to keep it. */
import { createParser } from 'eventsource-parser';
import { Agent, request } from 'undici';
import { readSteady } from '../../servers/openwebui/steady-answer.ts';
import { quantile } from '../figures.ts';
import { type Load, spread, startMeter } from './load.ts';
import { planOf } from './plan.ts';

interface Chunk {
  readonly choices: readonly { readonly delta: { readonly content?: string } }[];
}

const plan = planOf(process.argv.slice(2));
const agent = new Agent({ allowH2: false, bodyTimeout: 0, headersTimeout: 0 });
const allLive = Promise.withResolvers<void>();
const texts: string[] = [];
const firsts: number[] = [];
const lasts: number[] = [];
let live = 0;
let over = 0;

async function read(at: number): Promise<void> {
  const { body } = await request(`${plan.url}/api/chat/completions`, {
    method: 'POST',
    dispatcher: agent,
    headers: { authorization: `Bearer ${plan.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'bench', stream: true, messages: [{ role: 'user', content: `q${at}` }] }),
  });
  let text = '';
  const parser = createParser({
    onEvent({ data }) {
      if (data === '[DONE]') return;
      const chunk: Chunk = JSON.parse(data);
      text += chunk.choices[0]?.delta.content ?? '';
      if (firsts[at] !== undefined) return;
      firsts[at] = Date.now();
      live += 1;
      if (live === plan.streams) allLive.resolve();
    },
  });
  const decoder = new TextDecoder();
  for await (const bytes of body) parser.feed(decoder.decode(bytes, { stream: true }));
  texts[at] = text;
  lasts[at] = Date.now();
  over += 1;
}

const meter = startMeter(plan.streams);
const reading: Promise<void>[] = [];
await spread(plan.streams, plan.rampMs, (at) => reading.push(read(at)));
await allLive.promise;
const load = await meter.measure(plan.windowMs);
const early = over;
await Promise.all(reading);
await agent.close();

const read_ = texts.map((text, at) => readSteady(text, at, plan.pieces));
const result: Load = {
  ...load,
  firstP50: quantile(late('firstAt', firsts), 0.5),
  firstP95: quantile(late('firstAt', firsts), 0.95),
  lastP95: quantile(late('lastAt', lasts), 0.95),
  lost: read_.reduce((sum, each) => sum + each.lost, 0),
  early,
};
process.stdout.write(JSON.stringify(result));

function late(which: 'firstAt' | 'lastAt', seen: readonly number[]): number[] {
  return read_.map((each, at) => (seen[at] ?? 0) - (each[which] ?? 0));
}
