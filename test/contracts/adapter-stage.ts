import { expect } from 'vitest';
import type { Adapter, Answer, Surface } from '../../src/chat/adapter.ts';
import { Failure, type ProblemKind } from '../../src/chat/errors.ts';
import type { ChatEvent } from '../../src/chat/events.ts';
import type { MessageRef, Place, UserRef } from '../../src/chat/places.ts';
import type { Part, Rendered } from '../../src/chat/view.ts';

/** A started adapter on a platform that answers, fresh for each test. */
export interface OpenedAdapter {
  readonly adapter: Adapter;
  /** Every event that the adapter's host was given, in order. */
  readonly events: readonly ChatEvent[];
  /** Resolves when the host has been given an event that passes. */
  event(wanted: (event: ChatEvent) => boolean): Promise<ChatEvent>;
  /** A conversation in which the bot may write. */
  readonly place: Place;
  /** Somebody who takes part in it. */
  readonly person: UserRef;
  /** That person writes a message in the conversation; resolves when the platform has it. */
  makeMessage(text: string): Promise<MessageRef>;
  /** A message that begins a conversation of its own: in the channel where there are threads. */
  makeOpening(text: string): Promise<MessageRef>;
  /** Deletes a message on the platform, behind the adapter's back. */
  deleteMessage(ref: MessageRef): Promise<void>;
  /** The person runs a command for their eyes only, answered with `first`, presses its one button, answered with `then`; what they see then of both. */
  turns(first: Answer, then: Answer): Promise<readonly string[]>;
  /** Whether somebody would be pinged if this were posted. */
  pings(rendered: Rendered): boolean;
  close(): Promise<void>;
}

/** A whole part with nothing in it but its text. */
export const plain: Omit<Part, 'markdown'> = { index: 0, last: true, status: null, note: null, sources: [] };

/** What the adapter's contract does again and again, on whatever is opened for the running test. */
export interface AdapterStage {
  opened(): OpenedAdapter;
  adapter(): Adapter;
  render(markdown: string, live?: boolean): Rendered;
  /** Posts in the conversation. */
  post(markdown: string, key: string): Promise<Surface>;
  /** The newest texts of the conversation, oldest first. */
  texts(): Promise<string[]>;
}

export function adapterStage(opened: () => OpenedAdapter): AdapterStage {
  const adapter = () => opened().adapter;
  const render = (markdown: string, live = false) => adapter().render({ ...plain, markdown }, { live, controls: null });
  return {
    opened,
    adapter,
    render,
    post: (markdown, key) => adapter().open(opened().place, render(markdown), key, null),
    texts: async () =>
      (await adapter().history(opened().place, { before: null, after: null }, 50)).map((message) =>
        message.text.trim(),
      ),
  };
}

/** Passes when the work fails with a problem of one of these kinds. */
export async function failsWith(work: () => Promise<unknown>, ...kinds: ProblemKind[]): Promise<void> {
  const thrown: unknown = await work().then(
    () => null,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(Failure);
  if (thrown instanceof Failure) expect(kinds).toContain(thrown.problem.kind);
}
