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

/** A round picture of who wrote: initials for people, the mark for Parley. */
export function avatar(author: string): TemplateResult {
  if (author === PARLEY) {
    return html`<span class="avatar parley" aria-hidden="true"
      ><svg viewBox="0 0 24 24"><path d="M4 5.500h11v8H9l-3.5 3v-3H4z"></path><path d="M18 9.500h2v7.500h-1.500v2.500L15.5 17H11v-1.5"></path></svg
    ></span>`;
  }
  return html`<span class="avatar hue-${(state.people.get(author)?.colour ?? 0) % 8}" aria-hidden="true">${initials(nameOf(author))}</span>`;
}
