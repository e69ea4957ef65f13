import { toast } from './state.ts';

/** Copies text and says so. Where the page was opened without encryption from another machine, the old way still works. */
export async function copy(text: string): Promise<void> {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return toast('Copied.');
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
    }
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'sr';
  const focused = document.activeElement;
  document.body.append(area);
  area.select();
  toast(document.execCommand('copy') ? 'Copied.' : 'The browser does not let me copy. Select the text and copy it.');
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
}

/** Copy buttons inside drawn text: one listener for all. */
export function copyCode(event: Event): void {
  const button = event.target instanceof Element ? event.target.closest('[data-copy="code"]') : null;
  const code = button?.closest('.code')?.querySelector('code')?.textContent;
  if (code !== null && code !== undefined) void copy(code.replace(/\n$/, ''));
}
