import type { PageFile } from '../protocol.ts';
import { ask } from './connection.ts';
import { hasTexts, keep, kept } from './keep.ts';
import { go } from './route.ts';
import { change, fresh, set, state, toast, type Unsent } from './state.ts';

/**
 * Messages on their way. They are kept in the browser until the server has them, so neither a lost connection nor a reload
 * loses one; sending one again under its number is the same message, never a second.
 */
export function loadUnsent(): void {
  const found = kept(key());
  const list = Array.isArray(found) ? found.filter(isUnsent) : [];
  set({ unsent: list });
}

function key(): string {
  return `unsent:${state.me?.id ?? ''}`;
}

function isUnsent(value: unknown): value is Unsent {
  return hasTexts(value, 'n', 'to', 'text') && 'files' in value && Array.isArray(value.files);
}

function replace(list: readonly Unsent[]): void {
  set({ unsent: list });
  keep(key(), list.length > 0 ? list : null);
}

/** Sends a message. */
export function send(to: string, text: string, files: readonly PageFile[]): void {
  const unsent: Unsent = { n: fresh(), to, text, files, at: Date.now(), failed: null };
  replace([...state.unsent, unsent]);
  void attempt(unsent);
}

/** Sends one again that did not get through. */
export function tryAgain(n: string): void {
  const found = state.unsent.find((one) => one.n === n);
  if (!found) return;
  const again = { ...found, failed: null };
  replace(state.unsent.map((one) => (one.n === n ? again : one)));
  void attempt(again);
}

/** The server has it, or its author no longer wants it sent. */
export function forgetUnsent(n: string): void {
  if (state.unsent.some((one) => one.n === n)) replace(state.unsent.filter((one) => one.n !== n));
}

/** After the connection came back. */
export function resendAll(): void {
  for (const one of state.unsent) if (one.failed === null || one.failed === '') void attempt({ ...one, failed: null });
}

async function attempt(unsent: Unsent): Promise<void> {
  const { n, to, text, files } = unsent;
  if (state.link !== 'open') return;
  const answer = await ask({ type: 'send', to, text, files: files.map((file) => file.id) }, n);
  if (answer.type === 'done') {
    forgetUnsent(n);
    if (to === 'team' && state.current === 'team' && answer.conversation !== null) go(answer.conversation);
  } else if (answer.type === 'refused' && state.link === 'open') {
    replace(state.unsent.map((one) => (one.n === n ? { ...one, failed: answer.why } : one)));
  }
}

/** Runs a command typed as `/name the rest`. False when the text is none. */
export function runCommand(to: string, line: string, files: readonly PageFile[], target: string | null): boolean {
  const match = /^\/([\p{L}][\p{L}\p{N}_-]{0,63})(?:\s+([\s\S]*))?$/u.exec(line.trim());
  const name = match?.[1]?.toLowerCase();
  if (!match || !name) return false;
  void ask({ type: 'command', to, name, text: match[2] ?? '', files: files.map((file) => file.id), target }).then(
    (answer) => {
      if (answer.type === 'refused') toast(answer.why);
      else if (answer.type === 'done' && to === 'team' && answer.conversation !== null) go(answer.conversation);
    },
  );
  return true;
}

/** Presses a button under a message, once. */
export function press(message: string, control: string, value: string | null): void {
  const name = `${message} ${control}`;
  if (state.pressed.has(name)) return;
  change((now) => void now.pressed.add(name));
  void ask({ type: 'press', message, control, value }).then((answer) => {
    change((now) => void now.pressed.delete(name));
    if (answer.type === 'refused') toast(answer.why);
  });
}

/** Does a small thing to a message or conversation; says so when it did not work. */
export async function act(frame: Parameters<typeof ask>[0]): Promise<boolean> {
  const answer = await ask(frame);
  if (answer.type === 'refused') toast(answer.why);
  return answer.type !== 'refused';
}
