import { html, nothing, render } from 'lit-html';
import type { Entered } from '../protocol.ts';
import { connect, disconnect } from './connection.ts';
import { entry, forget, onlyOne, remembered } from './entry.ts';
import { formDialog } from './form-dialog.ts';
import { keep } from './keep.ts';
import { take } from './news.ts';
import './rich-text.ts';
import { follow } from './route.ts';
import { loadUnsent } from './sending.ts';
import { sidebar, titleOf } from './sidebar.ts';
import { change, drawWith, set, state } from './state.ts';
import { loadTheme } from './theme.ts';
import { thread } from './thread.ts';

const root = document.querySelector<HTMLElement>('#app');

function draw(): void {
  if (!root) return;
  if (state.link === 'out') {
    // The server does not know this person: its data was replaced.
    const before = remembered();
    if (before) forget(before.id);
  }
  document.title = state.me ? `${titleOf(state.conversations.get(state.current), state.current)} · Parley` : 'Parley';
  const page = state.me
    ? html`<div class="app" data-link=${state.link}><a class="skip" href="#composer-text" @click=${skip}>Skip to writing</a>${sidebar()}${thread()}</div>`
    : entry(begin);
  render(
    html`${page}${formDialog()}
      <p class="toast" data-testid="toast" ?hidden=${state.toast === null}>${state.toast ?? nothing}</p>
      <div class="sr" role="status" aria-live="polite" data-testid="said">${state.said}</div>`,
    root,
  );
}

function skip(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLTextAreaElement>('#composer-text')?.focus();
}

function begin(me: Entered): void {
  keep('me', me, sessionStorage);
  disconnect();
  change((now) => {
    now.me = me;
    now.link = 'connecting';
    now.book = null;
    now.seq = 0;
  });
  loadUnsent();
  follow();
  connect(take);
  requestAnimationFrame(() => document.querySelector<HTMLTextAreaElement>('#composer-text')?.focus());
}

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  change((now) => {
    now.drawer = false;
    now.menuFor = null;
  });
});
document.addEventListener('click', (event) => {
  if (state.menuFor !== null && event.target instanceof Element && !event.target.closest('.more')) {
    set({ menuFor: null });
  }
});
window.addEventListener('popstate', follow);

drawWith(draw);
loadTheme();
const me = remembered() ?? onlyOne();
if (me) begin(me);
else change(() => undefined);
