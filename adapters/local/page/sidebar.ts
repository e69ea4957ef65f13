import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { PageConversation } from '../protocol.ts';
import { TEAM } from '../words.ts';
import { avatar } from './avatar.ts';
import { leave } from './entry.ts';
import { icon } from './icons.ts';
import { go, goNew } from './route.ts';
import { set, state } from './state.ts';
import { nextTheme, themeName } from './theme.ts';
import { dayOf } from './words-of-time.ts';

/** What a conversation is called in the list and above its messages. */
export function titleOf(conversation: PageConversation | undefined, id: string): string {
  if (conversation) return conversation.title ?? (conversation.preview || 'Conversation');
  return id === TEAM ? 'New shared thread' : 'New chat';
}

/** The list of conversations, with what begins a new one. */
export function sidebar(): TemplateResult {
  const wanted = state.filter.trim().toLowerCase();
  const all = [...state.conversations.values()].sort((a, b) => b.usedAt - a.usedAt || (a.id < b.id ? 1 : -1));
  const found =
    wanted === '' ? all : all.filter((one) => `${one.title ?? ''} ${one.preview}`.toLowerCase().includes(wanted));
  return html`<nav class="side ${state.drawer ? 'open' : ''}" id="side" aria-label="Conversations" data-testid="sidebar">
      <div class="side-head">
        ${avatar('parley')}<span class="brand">Parley</span>
        <button class="icon-button only-phone" aria-label="Close the list" @click=${() => set({ drawer: false })}>${icon('close')}</button>
      </div>
      <div class="side-new">
        <button class="primary" data-testid="new-chat" @click=${begin(goNew)}>${icon('plus')} New chat</button>
        <button class="outline" data-testid="new-shared" @click=${begin(() => go(TEAM))} title="Everybody here can read and write in it">
          ${icon('people')} New shared thread
        </button>
      </div>
      <label class="search">
        ${icon('search')}
        <input type="search" placeholder="Find a conversation" aria-label="Find a conversation" data-testid="filter" .value=${state.filter}
          @input=${(event: InputEvent) => {
            const input = event.target;
            if (input instanceof HTMLInputElement) set({ filter: input.value });
          }}>
      </label>
      <div class="side-list" data-testid="conversations">
        ${groups(found).map(
          ([day, list]) => html`<section aria-label=${day}>
            <h2>${day}</h2>
            <ul>
              ${repeat(list, (one) => one.id, row)}
            </ul>
          </section>`,
        )}
        ${found.length > 0 ? nothing : html`<p class="side-empty">${wanted === '' ? 'Your conversations will be listed here.' : 'Nothing has that in its name.'}</p>`}
      </div>
      ${foot()}
    </nav>
    <div class="shade ${state.drawer ? 'open' : ''}" @click=${() => set({ drawer: false })}></div>`;
}

function begin(task: () => void): () => void {
  return () => {
    task();
    document.querySelector<HTMLTextAreaElement>('#composer-text')?.focus();
  };
}

function groups(list: readonly PageConversation[]): [string, PageConversation[]][] {
  const days = new Map<string, PageConversation[]>();
  for (const one of list) {
    const day = dayOf(one.usedAt);
    const group = days.get(day);
    if (group) group.push(one);
    else days.set(day, [one]);
  }
  return [...days];
}

function row(one: PageConversation): TemplateResult {
  const here = one.id === state.current;
  const busy = state.busy.has(one.id);
  return html`<li>
    <a class="conversation ${here ? 'here' : ''}" href="#/${one.id}" aria-current=${here ? 'page' : 'false'} data-testid="conversation" data-id=${one.id}
      @click=${(event: MouseEvent) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        go(one.id);
      }}>
      <span class="emoji" aria-hidden="true">${one.emoji ?? (one.shared ? icon('people') : icon('lock'))}</span>
      <span class="conversation-title">${titleOf(one, one.id)}</span>
      ${busy ? html`<span class="dot" title="Parley is at work" aria-label="Parley is at work"></span>` : nothing}
      ${one.shared && one.emoji !== null ? html`<span class="shared" title="Shared with everybody here">${icon('people')}</span>` : nothing}
      <span class="sr">${one.shared ? 'shared' : 'private'}</span>
    </a>
  </li>`;
}

function foot(): TemplateResult {
  const theme = themeName();
  return html`<div class="side-foot">
    ${avatar(state.me?.id ?? '')}
    <span class="me" data-testid="me">${state.me?.name ?? ''}</span>
    <button class="icon-button" data-testid="theme" @click=${nextTheme} aria-label="Colours: ${theme}. Change" title="Colours: ${theme}">
      ${icon(state.theme === 'dark' ? 'moon' : state.theme === 'light' ? 'sun' : 'auto')}
    </button>
    <button class="icon-button" data-testid="leave" @click=${leave} aria-label="Be somebody else in this tab" title="Be somebody else in this tab">${icon('leave')}</button>
  </div>`;
}
