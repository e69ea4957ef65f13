import { look } from './connection.ts';
import { change, fresh, state } from './state.ts';

/** Goes to a conversation. The address bar names it, so that Back, reload and a second tab find it. */
export function go(conversation: string): void {
  const hash = `#/${conversation}`;
  if (location.hash !== hash) history.pushState(null, '', hash);
  follow();
}

/** Begins a private conversation: nothing is kept of it until something is written. */
export function goNew(): void {
  go(`c-${fresh()}`);
}

/** Shows what the address bar names. */
export function follow(): void {
  const named = /^#\/(team|c-[0-9a-z-]{8,48}|\d{1,15})$/.exec(location.hash)?.[1];
  const id = named ?? `c-${fresh()}`;
  if (!named) history.replaceState(null, '', `#/${id}`);
  change((now) => {
    now.current = id;
    now.drawer = false;
    now.editing = null;
    now.renaming = false;
    now.menuFor = null;
  });
  if (!state.held.has(id)) look(id);
}
