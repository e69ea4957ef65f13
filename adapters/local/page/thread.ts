import { html, nothing, type TemplateResult } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';
import { repeat } from 'lit-html/directives/repeat.js';
import type { PageMessage } from '../protocol.ts';
import { PARLEY, TEAM } from '../words.ts';
import { avatar } from './avatar.ts';
import { copyCode } from './clipboard.ts';
import { composer, insertText } from './composer.ts';
import { icon } from './icons.ts';
import { message, unsentMessage } from './message.ts';
import { scroller } from './scrolling.ts';
import { act } from './sending.ts';
import { titleOf } from './sidebar.ts';
import { set, state } from './state.ts';

const JOINED_MS = 5 * 60_000;

const IDEAS = [
  ['✍️', 'Help me write', 'Write a friendly note that asks a colleague to move our meeting to Thursday.'],
  ['💡', 'Explain something', 'Explain how a rainbow comes about, with an example I can try at home.'],
  ['🧮', 'Work on code', 'Write a function that finds duplicate lines in a text file, with a short test.'],
  ['🗺️', 'Make a plan', 'Plan a two-day team retreat for eight people, as a table.'],
] as const;

/** The conversation on the screen: its title, its messages, and where one writes. */
export function thread(): TemplateResult {
  const id = state.current;
  const held = state.held.get(id);
  const messages = held?.messages ?? [];
  const unsent = state.unsent.filter((one) => one.to === id);
  const empty = messages.length === 0 && unsent.length === 0;
  const waiting = [...state.pending.values()].filter((one) => one.conversation === id);
  const busy = state.busy.get(id);
  const loading = held === undefined && state.link === 'open' && state.conversations.has(id);
  return html`<main class="main">
    ${header(id)}
    ${state.notice === null ? nothing : html`<p class="notice" data-testid="notice">${state.notice}</p>`}
    ${state.stale === null ? nothing : html`<div class="banner" role="alert" data-testid="stale"><span>${state.stale}</span><button class="primary small" @click=${() => location.reload()}>Reload</button></div>`}
    ${
      state.link === 'lost' && state.stale === null
        ? html`<div class="banner quiet-banner" role="status" data-testid="lost"><span class="pulse"></span>Connection lost. Trying again…</div>`
        : nothing
    }
    <div class="scroll" data-testid="scroll" tabindex="-1" ${scroller(id)} @click=${copyCode}>
      <div class="thread" data-testid="thread">
        ${held?.more ? html`<p class="older">${held.loadingOlder ? 'Loading earlier messages…' : nothing}</p>` : nothing}
        ${loading ? html`<div class="loading" role="status"><span class="sr">Loading…</span><i></i><i></i><i></i></div>` : nothing}
        ${empty && !loading ? welcome(id) : nothing}
        ${repeat(
          messages,
          (one) => one.id,
          (one, index) => guardedMessage(one, messages[index - 1]),
        )}
        ${repeat(
          unsent,
          (one) => one.n,
          (one) => unsentMessage(one),
        )}
        ${waiting.map((one) => html`<p class="working" data-testid="pending">${avatar(PARLEY)}<span class="typing"><i></i><i></i><i></i></span>${one.label}</p>`)}
        ${
          busy !== undefined && waiting.length === 0 && !messages.at(-1)?.live
            ? html`<p class="working" data-testid="busy" role="status">${avatar(PARLEY)}<span class="typing"><i></i><i></i><i></i></span><span class="sr">Parley is </span>${busy}</p>`
            : nothing
        }
      </div>
    </div>
    <div class="jump-place"><button class="jump" data-testid="jump" hidden>${icon('down')} Newest</button></div>
    ${composer()}
  </main>`;
}

/** Drawn again only when something about it has changed. */
function guardedMessage(one: PageMessage, before: PageMessage | undefined): unknown {
  const joined =
    before !== undefined &&
    before.author === one.author &&
    before.secret === one.secret &&
    one.at - before.at < JOINED_MS &&
    (one.author !== PARLEY || one.part > 0);
  const pressed =
    one.controls === null ? '' : [...state.pressed].filter((name) => name.startsWith(`${one.id} `)).join();
  const name = state.people.get(one.author)?.name;
  return guard([one, joined, name, pressed, state.editing === one.id, state.menuFor === one.id, state.commands], () =>
    message(one, joined),
  );
}

function header(id: string): TemplateResult {
  const conversation = state.conversations.get(id);
  const title = titleOf(conversation, id);
  const shared = id === TEAM || (conversation?.shared ?? false);
  return html`<header class="head">
    <button class="icon-button only-phone" aria-label="Show the list of conversations" aria-expanded=${state.drawer ? 'true' : 'false'} aria-controls="side" data-testid="open-list" @click=${() => set({ drawer: true })}>${icon('menu')}</button>
    <div class="head-title">
      ${state.renaming && conversation ? renamer(id, title) : heading(title, conversation !== undefined)}
      <p class="head-sub">${shared ? html`${icon('people')} Shared with everybody here` : html`${icon('lock')} Only you and Parley`}</p>
    </div>
  </header>`;
}

function heading(title: string, known: boolean): TemplateResult {
  if (!known) return html`<h1 data-testid="title">${title}</h1>`;
  return html`<h1><button class="title-button" data-testid="title" title="Rename" aria-label="${title}. Rename" @click=${() => {
    set({ renaming: true });
    requestAnimationFrame(() => document.querySelector<HTMLInputElement>('#title-text')?.select());
  }}><span>${title}</span>${icon('edit')}</button></h1>`;
}

function renamer(id: string, title: string): TemplateResult {
  const done = (input: EventTarget | null, keepIt: boolean) => {
    if (!state.renaming || !(input instanceof HTMLInputElement)) return;
    const wanted = input.value.trim();
    set({ renaming: false });
    if (keepIt && wanted !== '' && wanted !== title) void act({ type: 'rename', conversation: id, title: wanted });
  };
  return html`<input id="title-text" class="input title-input" data-testid="title-text" aria-label="Title of this conversation" maxlength="120" .value=${title}
    @blur=${(event: Event) => done(event.target, true)}
    @keydown=${(event: KeyboardEvent) => {
      if (event.key === 'Enter') done(event.target, true);
      else if (event.key === 'Escape') done(event.target, false);
    }}>`;
}

function welcome(id: string): TemplateResult {
  const shared = id === TEAM || !id.startsWith('c-');
  return html`<section class="welcome" data-testid="welcome">
    ${avatar(PARLEY)}
    <h2>${shared ? 'Start a thread with everybody here' : `Hello ${state.me?.name ?? ''}. What are you working on?`}</h2>
    <p>${shared ? 'Your first message goes to Parley. Others can join in; write @parley to ask again.' : 'Ask anything, drop a file in, or type / for commands.'}</p>
    <div class="ideas">
      ${IDEAS.map(([emoji, name, text]) => html`<button class="idea" data-testid="idea" @click=${() => insertText(text)}><span class="emoji" aria-hidden="true">${emoji}</span><span><b>${name}</b><small>${text}</small></span></button>`)}
    </div>
  </section>`;
}
