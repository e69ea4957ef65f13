import { html, nothing, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { MESSAGE_UNITS, TEAM } from '../words.ts';
import { icon } from './icons.ts';
import { keep, kept } from './keep.ts';
import { press, runCommand, send } from './sending.ts';
import { type Offer, type OfferItem, offer } from './slash.ts';
import { change, set, state, toast } from './state.ts';
import { type Attached, upload } from './uploads.ts';
import { sizeOf } from './words-of-time.ts';

/** What is being written, by conversation. Text is kept in the browser too; files only until the tab is closed. */
const files = new Map<string, Attached[]>();
let shown = { conversation: '', key: '', text: '' };
let offered: { offer: Offer; marked: number; moved: boolean } | null = null;
let dragging = 0;

const redraw = () => change(() => undefined);
const field = () => document.querySelector<HTMLTextAreaElement>('#composer-text');

function draftKey(conversation: string): string {
  return `draft:${state.me?.id ?? ''}:${conversation.startsWith('c-') && !state.conversations.has(conversation) ? 'new' : conversation}`;
}

function text(): string {
  const key = draftKey(state.current);
  if (shown.key === key && shown.conversation === state.current) return shown.text;
  if (shown.conversation === state.current && shown.text !== '') {
    // A new conversation has become a known one while something was being written in it.
    keep(shown.key, null);
    write(shown.text);
  } else {
    const found = kept(key);
    shown = { conversation: state.current, key, text: typeof found === 'string' ? found : '' };
    offered = null;
    requestAnimationFrame(grow);
  }
  return shown.text;
}

function write(next: string): void {
  const key = draftKey(state.current);
  keep(key, next === '' ? null : next);
  shown = { conversation: state.current, key, text: next };
}

/** Puts text where one writes, and the cursor at its end. */
export function insertText(next: string): void {
  write(next);
  redraw();
  requestAnimationFrame(() => {
    const area = field();
    area?.focus();
    area?.setSelectionRange(next.length, next.length);
    grow();
  });
}

/** As high as its text, up to a third of the window. */
function grow(): void {
  const area = field();
  if (!area) return;
  area.style.height = 'auto';
  area.style.height = `${Math.min(area.scrollHeight, Math.max(120, window.innerHeight / 3))}px`;
}

function attached(): Attached[] {
  return files.get(state.current) ?? [];
}

/** Adds files to the message being written. */
function addFiles(list: Iterable<File>): void {
  for (const file of list) {
    if (attached().length >= state.filesPerMessage) {
      toast(`At most ${state.filesPerMessage} files fit one message.`);
      break;
    }
    const one = upload(file, redraw);
    if (one) files.set(state.current, [...attached(), one]);
  }
  redraw();
}

function removeFile(id: string): void {
  attached()
    .find((one) => one.id === id)
    ?.cancel();
  files.set(
    state.current,
    attached().filter((one) => one.id !== id),
  );
  redraw();
  field()?.focus();
}

function submit(): void {
  const words = text();
  const ready = attached().flatMap((one) => (one.file ? [one.file] : []));
  if (words.trim() === '' && ready.length === 0) return;
  if (attached().some((one) => one.file === null && one.failed === null))
    return void toast('A file is still on its way. One moment.');
  if (words.length > MESSAGE_UNITS) {
    return void toast(
      `That is ${words.length.toLocaleString()} characters; ${MESSAGE_UNITS.toLocaleString()} fit. Send it as a file.`,
    );
  }
  if (words.trimStart().startsWith('/') && state.link !== 'open')
    return void toast('There is no connection right now. It comes back by itself.');
  if (!runCommand(state.current, words, ready, null)) send(state.current, words.trim(), ready);
  write('');
  files.delete(state.current);
  offered = null;
  redraw();
  requestAnimationFrame(() => {
    grow();
    document.dispatchEvent(new Event('parley-sent'));
  });
}

/** The Stop button of the answer that is being written here. */
function stopButton(): { message: string; control: string } | null {
  const messages = state.held.get(state.current)?.messages ?? [];
  for (const one of messages.toReversed().slice(0, 10)) {
    const stop = one.controls?.buttons.find((button) => button.role === 'stop');
    if (stop && one.live) return { message: one.id, control: stop.id };
  }
  return null;
}

function look(): void {
  const area = field();
  if (!area) return;
  const show = (found: Offer | null) => {
    offered = found && { offer: found, marked: found.eager ? 0 : -1, moved: false };
    redraw();
  };
  const typed = area.value;
  show(offer(typed, area.selectionStart, (found) => typed === field()?.value && show(found)));
}

function choose(item: OfferItem): void {
  const area = field();
  const cursor = area?.selectionStart ?? text().length;
  const next = text().slice(0, item.from) + item.insert + text().slice(cursor);
  const at = item.from + item.insert.length;
  write(next);
  if (area) {
    area.value = next;
    area.focus();
    area.setSelectionRange(at, at);
  }
  look();
}

function keys(event: KeyboardEvent): void {
  if (event.isComposing) return;
  if (offered && offered.offer.items.length > 0 && offerKeys(event, offered)) return void event.preventDefault();
  if (event.key === 'Enter' && !event.shiftKey) {
    event.preventDefault();
    submit();
  } else if (event.key === 'Escape') {
    const stop = stopButton();
    if (offered) offered = null;
    else if (stop) press(stop.message, stop.control, null);
    redraw();
  } else if (event.key === 'ArrowUp' && text() === '') {
    const mine = state.held.get(state.current)?.messages.findLast((one) => one.author === state.me?.id);
    if (!mine) return;
    event.preventDefault();
    set({ editing: mine.id });
    requestAnimationFrame(() => document.querySelector<HTMLTextAreaElement>('#edit-text')?.focus());
  }
}

function offerKeys(event: KeyboardEvent, now: NonNullable<typeof offered>): boolean {
  const { items, eager } = now.offer;
  const move = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (move !== 0) {
    offered = {
      ...now,
      marked: now.marked < 0 && move < 0 ? items.length - 1 : (now.marked + move + items.length) % items.length,
      moved: true,
    };
    redraw();
    requestAnimationFrame(() =>
      document.querySelector('#offers [aria-selected="true"]')?.scrollIntoView({ block: 'nearest' }),
    );
    return true;
  }
  const marked = items[now.marked];
  const first = marked ?? items[0];
  if (event.key === 'Tab' && !event.shiftKey && first) choose(first);
  else if (event.key !== 'Enter' || event.shiftKey || !marked || !(eager || now.moved)) return false;
  // A command's whole name is there: Enter runs it.
  else if (marked.runs && text().slice(marked.from) === marked.insert.trim()) return false;
  else choose(marked);
  return true;
}

function typed(event: Event): void {
  if (!(event.target instanceof HTMLTextAreaElement)) return;
  write(event.target.value);
  grow();
  look();
}

function pasted(event: ClipboardEvent): void {
  const list = [...(event.clipboardData?.files ?? [])];
  if (list.length === 0) return;
  event.preventDefault();
  addFiles(list);
}

document.addEventListener('dragenter', (event) => {
  if (!event.dataTransfer?.types.includes('Files') || !state.me) return;
  dragging += 1;
  redraw();
});
document.addEventListener('dragleave', () => {
  if (dragging === 0) return;
  dragging -= 1;
  redraw();
});
document.addEventListener('dragover', (event) => {
  if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
});
document.addEventListener('drop', (event) => {
  dragging = 0;
  const list = [...(event.dataTransfer?.files ?? [])];
  if (list.length === 0 || !state.me) return;
  event.preventDefault();
  addFiles(list);
});

/** Where one writes. */
export function composer(): TemplateResult {
  const words = text();
  const conversation = state.conversations.get(state.current);
  const shared = state.current === TEAM || conversation?.shared;
  const stop = stopButton();
  const items = offered?.offer.items ?? [];
  const canSend = words.trim() !== '' || attached().some((one) => one.file);
  return html`<footer class="composer-place">
    ${dragging > 0 ? html`<div class="drop" data-testid="drop">Drop files to add them</div>` : nothing}
    ${offered && (items.length > 0 || offered.offer.hint) ? offerList() : nothing}
    <form class="composer" data-testid="composer" @submit=${(event: Event) => {
      event.preventDefault();
      submit();
    }}>
      ${attached().length > 0 ? html`<ul class="chips" aria-label="Files to send">${attached().map(chip)}</ul>` : nothing}
      <div class="composer-row">
        <label class="icon-button" title="Add files">${icon('clip')}<span class="sr">Add files</span>
          <input class="sr" type="file" multiple data-testid="file-input" @change=${(event: Event) => {
            const input = event.target;
            if (!(input instanceof HTMLInputElement)) return;
            addFiles([...(input.files ?? [])]);
            input.value = '';
          }}></label>
        <textarea id="composer-text" rows="1" dir="auto" data-testid="composer-text" .value=${live(words)} aria-label="Your message" enterkeyhint="send" autocomplete="off"
          role="combobox" aria-expanded=${items.length > 0 ? 'true' : 'false'} aria-controls="offers" aria-autocomplete="list" aria-activedescendant=${offered && offered.marked >= 0 && items.length > 0 ? `offer-${offered.marked}` : nothing}
          placeholder=${shared ? (state.current === TEAM ? 'Ask Parley, for all to read…' : 'Write to all, or @parley to ask…') : 'Ask anything, or type /'}
          @input=${typed} @keydown=${keys} @click=${look} @paste=${pasted} @blur=${() => {
            setTimeout(() => {
              if (document.activeElement === field() || offered === null) return;
              offered = null;
              redraw();
            }, 150);
          }}></textarea>
        ${
          stop && !canSend
            ? html`<button type="button" class="send stop" aria-label="Stop the answer" title="Stop (Escape)" data-testid="stop" ?disabled=${state.pressed.has(`${stop.message} ${stop.control}`)} @click=${() => {
                press(stop.message, stop.control, null);
                // The button goes away. A keyboard on the screen is not called up for that.
                if (matchMedia('(pointer: fine)').matches) field()?.focus();
              }}>${icon('stop')}</button>`
            : html`<button class="send" aria-label="Send" title="Send (Enter)" data-testid="send" ?disabled=${!canSend}>${icon('send')}</button>`
        }
      </div>
    </form>
    <p class="composer-hint"><span><kbd>Enter</kbd> sends</span><span><kbd>Shift</kbd>+<kbd>Enter</kbd> new line</span><span><kbd>/</kbd> commands</span><span><kbd>↑</kbd> edits your last message</span></p>
  </footer>`;
}

function chip(one: Attached): TemplateResult {
  const stateText = one.failed ?? (one.file ? sizeOf(one.file.size) : `${Math.round(one.progress * 100)} %`);
  return html`<li class="file-chip ${one.failed ? 'failed' : ''}" data-testid="file-chip" data-ready=${one.file ? 'true' : 'false'}>${icon('file')}<span>${one.name}</span><small>${stateText}</small>
    ${one.file || one.failed ? nothing : html`<progress max="1" .value=${one.progress} aria-label="Sending ${one.name}"></progress>`}
    <button type="button" class="icon-button" aria-label="Take out ${one.name}" @click=${() => removeFile(one.id)}>${icon('close')}</button></li>`;
}

function offerList(): TemplateResult {
  const { offer: now, marked } = offered ?? { offer: { items: [], hint: null }, marked: 0 };
  return html`<div class="offers" data-testid="offers">
    ${now.hint ? html`<p class="offers-hint"><code>${now.hint.usage}</code>${now.hint.now}</p>` : nothing}
    <ul id="offers" role="listbox" aria-label="Suggestions">
      ${now.items.map(
        (
          item,
          index,
        ) => html`<li id="offer-${index}" role="option" aria-selected=${index === marked ? 'true' : 'false'} data-testid="offer" @mousedown=${(event: Event) => event.preventDefault()} @click=${() => choose(item)}>
          <b>${item.label}</b><span>${item.hint}</span></li>`,
      )}
    </ul>
  </div>`;
}
