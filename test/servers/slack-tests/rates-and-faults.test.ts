import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock } from '../slack/clock.ts';
import type { Channel } from '../slack/model.ts';
import { type SlackServer, startSlack } from '../slack/server.ts';
import { call, callFull, outcome } from './call.ts';

const clock = manualClock();
let slack: SlackServer;
let room: Channel;
let other: Channel;

beforeEach(async () => {
  slack = await startSlack({ clock });
  room = slack.people.channel({ members: [] });
  other = slack.people.channel({ members: [] });
});
afterEach(() => slack.close());

const post = (channel: Channel) => callFull(slack, 'chat.postMessage', { channel: channel.id, text: 'x' });

test('a method over its rate gets 429 with Retry-After, and is let in again when that has passed', async () => {
  slack.rates.set('chat.update', { perMinute: 60, burst: 2 });
  const ts = (await post(room)).body.ts;
  const update = () => callFull(slack, 'chat.update', { channel: room.id, ts, text: 'y' });
  expect([(await update()).status, (await update()).status]).toEqual([200, 200]);
  const refused = await update();
  expect([refused.status, refused.headers.get('retry-after'), refused.body.error]).toEqual([429, '1', 'ratelimited']);
  clock.advance(1_000);
  expect((await update()).status).toBe(200);
  expect(slack.rates.refused.get('chat.update')).toBe(1);
});

test('postMessage is counted for each channel apart, and for all together', async () => {
  for (let i = 0; i < 5; i += 1) expect((await post(room)).status).toBe(200);
  expect((await post(room)).status).toBe(429);
  expect((await post(other)).status).toBe(200);
  slack.rates.set('chat.postMessage', { perMinute: 1, burst: 1 });
  clock.advance(60_000);
  expect([(await post(room)).status, (await post(other)).status]).toEqual([200, 429]);
});

test('a refusal can also come with status 200, and limits can be off', async () => {
  slack.rates.style = 'body';
  slack.rates.set('auth.test', { perMinute: 1, burst: 1 });
  await call(slack, 'auth.test');
  const refused = await callFull(slack, 'auth.test');
  expect([refused.status, refused.body.error]).toEqual([200, 'ratelimited']);
  slack.rates.on = false;
  expect(await outcome(slack, 'auth.test')).toBe('ok');
});

test('scripted faults hit the next calls of a method only', async () => {
  slack.faults.next('auth.test', { do: '429', retryAfter: 30 });
  slack.faults.next('auth.test', { do: 'ratelimited' });
  slack.faults.next('auth.test', { do: 'status', status: 500 });
  slack.faults.next('auth.test', { do: 'error', error: 'fatal_error' });
  const first = await callFull(slack, 'auth.test');
  expect([first.status, first.headers.get('retry-after')]).toEqual([429, '30']);
  expect(await outcome(slack, 'auth.test')).toBe('ratelimited');
  expect((await callFull(slack, 'auth.test')).status).toBe(500);
  expect(await outcome(slack, 'auth.test')).toBe('fatal_error');
  expect(await outcome(slack, 'auth.test')).toBe('ok');
  const stop = slack.faults.always('auth.test', { do: 'reset' });
  await expect(outcome(slack, 'auth.test')).rejects.toThrow();
  await expect(outcome(slack, 'auth.test')).rejects.toThrow();
  stop();
  expect(await outcome(slack, 'auth.test')).toBe('ok');
});

test('a lost answer was carried out all the same', async () => {
  slack.faults.next('chat.postMessage', { do: 'lost' });
  await expect(post(room)).rejects.toThrow();
  expect(room.messages.length).toBe(1);
  expect(slack.calls.at(-1)).toMatchObject({ ok: true, fault: 'lost' });
});

test('a delay holds an answer back until its time, a hang for ever', async () => {
  slack.faults.latency('auth.test', { min: 100, max: 200 });
  let done = false;
  const slow = outcome(slack, 'auth.test').then((result) => {
    done = true;
    return result;
  });
  await slack.watch.until(() => slack.calls.some((one) => one.method === 'auth.test'));
  clock.advance(99);
  expect(done).toBe(false);
  clock.advance(101);
  expect(await slow).toBe('ok');
  slack.faults.next('api.test', { do: 'hang' });
  const hung = new AbortController();
  const waiting = fetch(`${slack.apiUrl}api.test`, { method: 'POST', signal: hung.signal });
  await slack.watch.until(() => slack.calls.find((one) => one.fault === 'hang'));
  hung.abort();
  await expect(waiting).rejects.toThrow();
});

test('an outage cuts everything until it is over', async () => {
  const over = slack.faults.outage(8_000);
  await expect(outcome(slack, 'auth.test')).rejects.toThrow();
  clock.advance(8_000);
  await over;
  expect(await outcome(slack, 'auth.test')).toBe('ok');
});
