import { noChange } from 'lit-html';
import { Directive, directive, type ElementPart, type PartInfo, PartType } from 'lit-html/directive.js';
import { ask } from './connection.ts';
import { change, state } from './state.ts';

const NEAR = 60;
const TOP = 300;
const EDGE = 12;

/**
 * Keeps the newest message in sight while the reader is at the end, and leaves them where they are otherwise. Older messages
 * come in above without moving what is read.
 */
class Scroller extends Directive {
  #box: HTMLElement | null = null;
  #conversation = '';
  #stuck = true;
  #firstId: string | null = null;
  #height = 0;
  #top = 0;

  constructor(info: PartInfo) {
    super(info);
    if (info.type !== PartType.ELEMENT) throw new Error('scroller belongs on an element');
  }

  render(_conversation: string): typeof noChange {
    return noChange;
  }

  override update(part: ElementPart, [conversation]: [string]): typeof noChange {
    if (this.#box === null && part.element instanceof HTMLElement) this.#begin(part.element);
    if (conversation !== this.#conversation) {
      this.#conversation = conversation;
      this.#stuck = true;
      this.#firstId = null;
    }
    this.#height = this.#box?.scrollHeight ?? 0;
    // After the rest of the page has been drawn.
    queueMicrotask(() => this.#settle());
    return noChange;
  }

  #begin(box: HTMLElement): void {
    this.#box = box;
    box.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.#settle()).observe(box);
    const content = box.firstElementChild;
    // Pictures and code come in late and push; one who reads the end stays there.
    if (content) new ResizeObserver(() => this.#stick()).observe(content);
    box.parentElement?.addEventListener('click', (event) => {
      if (event.target instanceof Element && event.target.closest('.jump')) this.#toEnd(true);
    });
    document.addEventListener('parley-sent', () => this.#toEnd(false));
  }

  #settle(): void {
    const box = this.#box;
    const held = state.held.get(this.#conversation);
    const first = held?.messages[0]?.id ?? null;
    if (box && !this.#stuck && this.#firstId !== null && first !== this.#firstId)
      box.scrollTop += box.scrollHeight - this.#height;
    this.#firstId = first;
    this.#stick();
  }

  #stick(): void {
    if (this.#box && this.#stuck && !this.#empty()) {
      const note = this.#longNote(this.#box);
      // The edge of its box stays in sight, so that one sees where the note begins.
      if (note) this.#box.scrollTop += note.getBoundingClientRect().top - this.#box.getBoundingClientRect().top - EDGE;
      else this.#box.scrollTop = this.#box.scrollHeight;
      this.#stuck = note === null;
    }
    this.#jump();
  }

  /** A note for the reader alone that does not fit: it is read from its top, not from its end. */
  #longNote(box: HTMLElement): Element | null {
    const last = [...box.querySelectorAll('.message')].at(-1);
    const isLong = last?.classList.contains('secret') && last.getBoundingClientRect().height > box.clientHeight;
    return last && isLong ? last : null;
  }

  /** A greeting is read from its top. */
  #empty(): boolean {
    return this.#box?.querySelector('.message') === null;
  }

  #scrolled(): void {
    const box = this.#box;
    if (!box) return;
    // Only a reader moves up; a page that grows under them, or is laid out anew, does not.
    if (box.scrollHeight - box.scrollTop - box.clientHeight < NEAR) this.#stuck = true;
    else if (box.scrollTop < this.#top) this.#stuck = false;
    this.#top = box.scrollTop;
    this.#jump();
    const held = state.held.get(this.#conversation);
    const before = held?.messages[0]?.id;
    if (box.scrollTop < TOP && held?.more && !held.loadingOlder && before !== undefined && !this.#stuck) {
      const conversation = this.#conversation;
      change((now) => void now.held.set(conversation, { ...held, loadingOlder: true }));
      void ask({ type: 'older', conversation, before }).then((answer) => {
        const now = state.held.get(conversation);
        if (answer.type === 'refused' && now)
          change(() => void state.held.set(conversation, { ...now, loadingOlder: false }));
      });
    }
  }

  #jump(): void {
    const button = this.#box?.parentElement?.querySelector<HTMLElement>('.jump');
    if (button && this.#box)
      button.hidden =
        this.#stuck ||
        this.#empty() ||
        this.#box.scrollHeight - this.#box.scrollTop - this.#box.clientHeight < NEAR * 3;
  }

  #toEnd(smooth: boolean): void {
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.#stuck = true;
    this.#box?.scrollTo({ top: this.#box.scrollHeight, behavior: smooth && !calm ? 'smooth' : 'instant' });
  }
}

/** See {@link Scroller}; stands on the element that scrolls and is told which conversation is in it. */
export const scroller = directive(Scroller);
