import { isObject, type Json, parse } from '../slack/json.ts';
import type { SlackServer } from '../slack/server.ts';

/** The body of an answer, with its status and headers beside it. */
export interface Answered {
  status: number;
  headers: Headers;
  body: Json;
}

/** Calls a method as the SDK does: a form, objects as JSON in their field, the bot token unless another is given. */
export async function callFull(
  slack: SlackServer,
  method: string,
  args: Json = {},
  token = slack.tokens.bot,
): Promise<Answered> {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(args))
    form.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  const response = await fetch(`${slack.apiUrl}${method}`, { method: 'POST', body: form, headers });
  const body = parse(await response.text());
  return { status: response.status, headers: response.headers, body: isObject(body) ? body : {} };
}

/** The body of an answer. */
export async function call(slack: SlackServer, method: string, args: Json = {}, token?: string): Promise<Json> {
  return (await callFull(slack, method, args, token)).body;
}

/** Slack's error code of a call, or 'ok'. */
export async function outcome(slack: SlackServer, method: string, args: Json = {}, token?: string): Promise<string> {
  const body = await call(slack, method, args, token);
  return body.ok === true ? 'ok' : String(body.error);
}

/** A `plain_text` object. */
export const plain = (text: string) => ({ type: 'plain_text', text });

/** An `actions` block with one button. */
export const withButton = (button: Json): Json[] => [
  { type: 'actions', elements: [{ type: 'button', text: plain('Go'), action_id: 'go', ...button }] },
];
