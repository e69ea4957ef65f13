import { keep, kept } from './keep.ts';
import { set, state } from './state.ts';

const NAMES = { auto: 'as the system', light: 'light', dark: 'dark' } as const;
const NEXT = { auto: 'light', light: 'dark', dark: 'auto' } as const;

/** Takes the colours that were chosen before. */
export function loadTheme(): void {
  const found = kept('theme');
  use(found === 'light' || found === 'dark' ? found : 'auto');
}

/** Light, dark, or as the system: one after the other. */
export function nextTheme(): void {
  use(NEXT[state.theme]);
  keep('theme', state.theme);
}

/** How the colours are chosen now, in words. */
export function themeName(): string {
  return NAMES[state.theme];
}

function use(theme: keyof typeof NAMES): void {
  document.documentElement.dataset.theme = theme;
  set({ theme: theme });
}
