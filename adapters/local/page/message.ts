import { html, nothing, type TemplateResult } from 'lit-html';
import type { Button, Controls, Source } from '../../../src/chat/view.ts';
import type { PageFile, PageMessage } from '../protocol.ts';
import { PARLEY } from '../words.ts';
import { avatar, nameOf } from './avatar.ts';
import { copy } from './clipboard.ts';
import { icon } from './icons.ts';
import type { Rich } from './rich-text.ts';
import { act, forgetUnsent, press, runCommand, tryAgain } from './sending.ts';
import { shortcutsOf } from './shortcuts.ts';
import { set, state, type Unsent } from './state.ts';
import { momentOf, sizeOf, timeOf } from './words-of-time.ts';

const NO_SOURCES: readonly Source[] = [];
const SHOWN = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** One message with everything that stands around it. `joined`: the same person goes on, so name and picture are left out. */
export function message(one: PageMessage, joined: boolean): TemplateResult {
  const ours = one.author === PARLEY;
  const name = nameOf(one.author);
  const editing = state.editing === one.id;
  return html`<article class="message ${ours ? 'ours' : 'theirs'} ${joined ? 'joined' : ''} ${one.secret ? 'secret' : ''}" data-testid="message"
    data-id=${one.id} data-author=${ours ? 'parley' : 'person'} data-live=${one.live ? 'true' : 'false'} aria-label="${name}, ${timeOf(one.at)}" aria-busy=${one.live ? 'true' : 'false'}>
    <div class="message-side">${joined ? nothing : avatar(one.author)}</div>
    <div class="message-body">
      ${
        joined
          ? nothing
          : html`<div class="message-head"><span class="author">${name}</span>
              <time title=${momentOf(one.at)} datetime=${new Date(one.at).toISOString()}>${timeOf(one.at)}</time></div>`
      }
      ${one.secret ? html`<p class="only-you">${icon('lock')} Only you see this</p>` : nothing}
      ${one.note ? note(one.note.title, one.note.markdown, one.live) : nothing}
      ${editing ? editor(one) : one.text === '' ? nothing : html`<rich-text class="text" data-testid="text" .rich=${rich(one, ours)}></rich-text>`}
      ${one.edited && !editing ? html`<span class="edited">edited</span>` : nothing}
      ${one.files.length > 0 ? html`<div class="files">${one.files.map(file)}</div>` : nothing}
      ${one.status === null ? nothing : html`<p class="status" data-testid="status"><span class="pulse"></span>${one.status}</p>`}
      ${one.sources.length > 0 ? sources(one.sources) : nothing}
      ${one.reactions.length > 0 ? html`<div class="reactions" data-testid="reactions">${one.reactions.map((emoji) => html`<span class="reaction" title="Parley" role="img" aria-label="${emoji}, from Parley">${emoji}</span>`)}</div>` : nothing}
      ${one.controls ? controls(one, one.controls) : nothing}
    </div>
    ${editing ? nothing : tools(one, ours)}
  </article>`;
}

function rich(one: PageMessage, ours: boolean): Rich {
  return { text: one.text, live: one.live, breaks: !ours, sources: one.live ? NO_SOURCES : one.sources };
}

function note(title: string, markdown: string, live: boolean): TemplateResult {
  return html`<details class="note" data-testid="note"><summary>${title}</summary>
    <rich-text class="text" .rich=${{ text: markdown, live, breaks: false, sources: NO_SOURCES }}></rich-text></details>`;
}

function sources(list: readonly Source[]): TemplateResult {
  return html`<ol class="sources" aria-label="Sources" data-testid="sources">
    ${list.map((one) => {
      const address = one.url === null ? null : URL.parse(one.url);
      const safe = address && /^https?:$/.test(address.protocol) ? address.href : null;
      const inner = html`<span class="source-number">${one.number}</span><span class="source-name">${one.name}</span>`;
      return html`<li>${safe === null ? html`<span class="source">${inner}</span>` : html`<a class="source" href=${safe} target="_blank" rel="noopener noreferrer nofollow">${inner}</a>`}</li>`;
    })}
  </ol>`;
}

function controls(one: PageMessage, all: Controls): TemplateResult {
  const follow = all.buttons.filter((button) => button.role === 'follow-up');
  const others = all.buttons.filter((button) => button.role !== 'follow-up');
  const menu = all.menu;
  return html`<div class="controls" data-testid="controls">
    ${others.length === 0 ? nothing : html`<div class="control-row">${others.map((button) => control(one, button))}</div>`}
    ${
      menu
        ? html`<select class="input menu" aria-label=${menu.placeholder} @change=${(event: Event) => {
            if (event.target instanceof HTMLSelectElement) press(one.id, menu.id, event.target.value);
          }}><option value="" selected disabled>${menu.placeholder}</option>${menu.choices.map((choice) => html`<option value=${choice.value}>${choice.label}</option>`)}</select>`
        : nothing
    }
    ${follow.length === 0 ? nothing : html`<div class="follow-ups" role="group" aria-label="Questions you may ask next">${follow.map((button) => control(one, button))}</div>`}
  </div>`;
}

const ROLE_ICONS = { stop: 'stop', regenerate: 'again', retry: 'again', good: 'good', bad: 'bad' } as const;

function control(one: PageMessage, button: Button): TemplateResult {
  const name = button.role === 'follow-up' || button.role === 'other' ? null : ROLE_ICONS[button.role];
  // A thumb says enough to those who see it; its label is for the others.
  const thumb = button.role === 'good' || button.role === 'bad';
  const look =
    button.role === 'follow-up'
      ? 'follow-up'
      : button.style === 'primary'
        ? 'primary small'
        : button.style === 'danger'
          ? 'outline small danger'
          : 'outline small';
  return html`<button type="button" class=${look} data-testid="control" data-role=${button.role} ?disabled=${state.pressed.has(`${one.id} ${button.id}`)}
    @click=${() => press(one.id, button.id, null)} title=${thumb ? button.label : nothing}>${name ? icon(name) : nothing}<span class=${thumb ? 'sr' : ''}>${button.label}</span></button>`;
}

function file(one: PageFile): TemplateResult {
  const address = `/local/files/${one.id}`;
  if (SHOWN.has(one.type)) {
    return html`<a class="picture" href=${address} target="_blank" rel="noopener"><img src=${address} alt=${one.name} loading="lazy"></a>`;
  }
  return html`<a class="file" href=${address} download=${one.name}>${icon('file')}<span>${one.name}</span><small>${sizeOf(one.size)}</small></a>`;
}

function tools(one: PageMessage, ours: boolean): TemplateResult {
  const mine = one.author === state.me?.id;
  const shortcuts = one.text === '' && one.files.length === 0 ? [] : shortcutsOf(state.commands);
  const open = state.menuFor === one.id;
  return html`<div class="tools ${open ? 'open' : ''}" role="group" aria-label="What to do with this message">
    ${one.text === '' || one.live ? nothing : html`<button class="icon-button" aria-label=${ours ? 'Copy this answer' : 'Copy this message'} title="Copy" data-testid="copy" @click=${() => void copy(one.text)}>${icon('copy')}</button>`}
    ${mine ? html`<button class="icon-button" aria-label="Edit this message" title="Edit" data-testid="edit" @click=${() => set({ editing: one.id })}>${icon('edit')}</button>` : nothing}
    ${mine || one.secret ? html`<button class="icon-button" aria-label=${mine ? 'Delete this message' : 'Put this note away'} title=${mine ? 'Delete' : 'Put away'} data-testid="delete" @click=${() => void act({ type: 'delete', message: one.id })}>${icon('trash')}</button>` : nothing}
    ${
      shortcuts.length === 0 || one.live
        ? nothing
        : html`<div class="more"><button class="icon-button" aria-label="More" title="More" aria-haspopup="menu" aria-expanded=${open ? 'true' : 'false'} data-testid="more"
              @click=${() => set({ menuFor: open ? null : one.id })}>${icon('more')}</button>
            ${
              open
                ? html`<div class="menu-list" role="menu" @keydown=${menuKeys}>${shortcuts.map(
                    ({ label, path }) =>
                      html`<button role="menuitem" data-testid="shortcut" @click=${() => {
                        set({ menuFor: null });
                        runCommand(one.conversation, `/${path}`, [], one.id);
                      }}>${label}</button>`,
                  )}</div>`
                : nothing
            }</div>`
    }
  </div>`;
}

function menuKeys(event: KeyboardEvent): void {
  const { currentTarget } = event;
  if (!(currentTarget instanceof HTMLElement)) return;
  const items = [...currentTarget.querySelectorAll('button')];
  const at = items.findIndex((item) => item.matches(':focus'));
  if (event.key === 'ArrowDown') items[(at + 1) % items.length]?.focus();
  else if (event.key === 'ArrowUp') items.at(at - 1)?.focus();
  else return;
  event.preventDefault();
}

function editor(one: PageMessage): TemplateResult {
  const close = () => {
    set({ editing: null });
    document.querySelector<HTMLTextAreaElement>('#composer-text')?.focus();
  };
  const save = async (text: string) => {
    if (text.trim() === '' || text === one.text) return close();
    if (await act({ type: 'edit', message: one.id, text })) close();
  };
  const field = () => document.querySelector<HTMLTextAreaElement>('#edit-text');
  return html`<div class="editor">
    <textarea id="edit-text" class="input" dir="auto" aria-label="Edit your message" data-testid="edit-text" rows=${Math.min(12, one.text.split('\n').length + 1)} .value=${one.text}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key === 'Escape') close();
        else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
          event.preventDefault();
          void save(field()?.value ?? '');
        }
      }}></textarea>
    <div class="control-row"><button class="primary small" data-testid="save-edit" @click=${() => void save(field()?.value ?? '')}>Save</button>
      <button class="outline small" @click=${close}>Cancel</button></div>
  </div>`;
}

/** A message on its way, or one that was not sent. */
export function unsentMessage(one: Unsent): TemplateResult {
  const me = state.me?.id ?? '';
  return html`<article class="message theirs unsent" data-testid="unsent" data-failed=${one.failed === null ? 'false' : 'true'}>
    <div class="message-side">${avatar(me)}</div>
    <div class="message-body">
      <div class="message-head"><span class="author">${nameOf(me)}</span>
        <time>${one.failed !== null ? 'not sent' : state.link === 'open' ? 'sending…' : 'waiting for the connection…'}</time></div>
      ${one.text === '' ? nothing : html`<rich-text class="text" .rich=${{ text: one.text, live: false, breaks: true, sources: NO_SOURCES }}></rich-text>`}
      ${one.files.length > 0 ? html`<div class="files">${one.files.map(file)}</div>` : nothing}
      ${
        one.failed === null
          ? nothing
          : html`<div class="not-sent" role="alert"><p>Not sent. ${one.failed}</p>
              <div class="control-row"><button class="primary small" data-testid="try-again" @click=${() => tryAgain(one.n)}>${icon('again')}Try again</button>
              <button class="outline small" @click=${() => forgetUnsent(one.n)}>Discard</button></div></div>`
      }
    </div>
  </article>`;
}
