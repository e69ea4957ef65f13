import { expect, it } from 'vitest';
import { readSteady, steadyAnswer } from '../servers/openwebui/steady-answer.ts';

const COUNT = 40;

function written(question: number): string {
  let text = '';
  for (const step of steadyAnswer(question, 1_000_000, COUNT)) {
    if (!('raw' in step)) continue;
    text += JSON.parse(Buffer.from(step.raw).toString('utf8').replace('data: ', '')).choices[0].delta.content;
  }
  return text;
}

it('finds nothing lost in an answer that arrived whole, wherever it was cut into messages', () => {
  const text = written(17);
  expect(readSteady(text, 17, COUNT)).toMatchObject({
    lost: 0,
    firstAt: expect.any(Number),
    lastAt: expect.any(Number),
  });
  expect(readSteady(text.replaceAll(' ', '\n'), 17, COUNT).lost).toBe(0);
});

it('notices a piece that is missing, an end that is missing, and the answer to another question', () => {
  const text = written(17);
  expect(readSteady(text.replace('dot.', ''), 17, COUNT).lost).toBeGreaterThan(0);
  expect(readSteady(text.slice(0, -3), 17, COUNT).lost).toBeGreaterThan(0);
  expect(readSteady(text, 18, COUNT).lost).toBeGreaterThan(0);
  expect(readSteady('', 17, COUNT).lost).toBeGreaterThan(0);
});
