import { createHash } from 'node:crypto';
import type { Rendered } from '../chat/view.ts';

/** The key of one message of a reply: what the platform is given to tell a repeat, and what `find` looks for (DESIGN, Delivery 9). */
export function partKey(job: string, generation: number, part: number): string {
  return hash(`${job}\n${generation}\n${part}`);
}

/** What a message shows, in few characters: two bodies with the same print need no second call. */
export function printOf(rendered: Rendered): string {
  return hash(JSON.stringify(rendered.payload) ?? '');
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
