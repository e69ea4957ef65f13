import { html, type TemplateResult } from 'lit-html';
import { PARLEY } from '../words.ts';
import { state } from './state.ts';

/** What the author of a message is called. */
export function nameOf(author: string): string {
  return author === PARLEY ? 'Parley' : (state.people.get(author)?.name ?? 'Somebody');
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : ''].map((word) => [...(word ?? '')][0] ?? '');
  return letters.join('').toUpperCase();
}

/** One of eight colours, the same for a person everywhere. */
function hue(id: string): number {
  let sum = 0;
  for (const char of id) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 1_000_003;
  return sum % 8;
}

/** A round picture of who wrote: initials for people, the mark for Parley. */
export function avatar(author: string): TemplateResult {
  if (author === PARLEY) {
    return html`<span class="avatar parley" aria-hidden="true"
      ><svg viewBox="0 0 24 24"><path d="M4 5.500h11v8H9l-3.500 3v-3H4z"></path><path d="M18 9.500h2v7.500h-1.500v2.500L15.500 17H11v-1.500"></path></svg
    ></span>`;
  }
  return html`<span class="avatar hue-${hue(author)}" aria-hidden="true">${initials(nameOf(author))}</span>`;
}
