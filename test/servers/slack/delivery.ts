import type { Json } from './json.ts';

/** One attempt to hand something to the app, by socket or by request. Times in ms. */
export interface Attempt {
  readonly kind: 'events_api' | 'slash_commands' | 'interactive' | 'url_verification';
  readonly payload: Json;
  /** Event id, or the trigger of an interaction. */
  readonly id: string;
  readonly attempt: number;
  readonly reason: string;
  /** Envelope id of a socket, or the address of a request. */
  readonly envelope: string;
  /** The number of the socket it went to; null by request. */
  readonly socket: number | null;
  readonly at: number;
  ackedAt: number | null;
  /** HTTP status of the answer; null over a socket. */
  status: number | null;
  /** What the acknowledgement carried. */
  answer: Json;
}

/** What became of a command or an interaction: the app's acknowledgement, or what the person saw instead. */
export type Reply =
  | { readonly ok: true; readonly payload: Json; readonly ms: number }
  | { readonly ok: false; readonly error: 'operation_timeout' | 'dispatch_failed' | 'unknown_command' };

/** A way to the app. */
export interface Transport {
  /** An event: redelivered until acknowledged, at most three more times. */
  event(envelope: Json): void;
  /** A command or an interaction: tried once, three seconds. */
  ask(kind: 'slash_commands' | 'interactive', payload: Json): Promise<Reply>;
  close(): void;
}

/** Waits before the second, third and fourth attempt (Slack: at once, after a minute, after five). */
export const RETRY_WAITS: readonly number[] = [0, 60_000, 300_000];
