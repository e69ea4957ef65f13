import { blocksOf, type Drawing, drawBlock } from './markdown.ts';

/** What a {@link RichText} shows. */
export interface Rich extends Drawing {
  readonly text: string;
  /** More will come: only the end is drawn anew then. */
  readonly live: boolean;
}

interface Block {
  readonly raw: string;
  readonly node: HTMLElement;
}

/**
 * Markdown on the page. While text grows, blocks that are whole stay as they are and only the last ones are read and drawn
 * again, so the cost of a change does not depend on the length of what came before it.
 */
class RichText extends HTMLElement {
  #blocks: Block[] = [];
  #shown: Rich | null = null;

  set rich(next: Rich) {
    const before = this.#shown;
    if (before && same(before, next)) return;
    this.#shown = next;
    const text = next.text.replaceAll('\r\n', '\n').replaceAll('\r', '\n');
    const grows = next.live && before !== null && next.text.startsWith(before.text) && sameDrawing(before, next);
    const kept = grows ? this.#settled(text) : 0;
    const settledText = this.#blocks.slice(0, kept).reduce((length, block) => length + block.raw.length, 0);
    const tokens = blocksOf(text.slice(settledText), next);
    // A definition such as `[1]: https://…` reaches back into blocks that were drawn before it came.
    const reuse = sameDrawingOf(before, next) && !tokens.some((token) => token.type === 'def');
    tokens.forEach((token, index) => {
      const at = kept + index;
      const old = this.#blocks[at];
      if (old && reuse && old.raw === token.raw) return;
      const node = document.createElement('div');
      node.className = token.type === 'space' || token.type === 'def' ? 'block empty' : 'block';
      node.append(drawBlock(token, next));
      if (old) old.node.replaceWith(node);
      else this.append(node);
      this.#blocks[at] = { raw: token.raw, node };
    });
    for (const old of this.#blocks.splice(kept + tokens.length)) old.node.remove();
    this.classList.toggle('live', next.live);
  }

  /** How many blocks cannot change any more when text is added: all but the last two, of which one may be space. */
  #settled(text: string): number {
    const count = Math.max(0, this.#blocks.length - 2);
    const length = this.#blocks.slice(0, count).reduce((sum, block) => sum + block.raw.length, 0);
    const whole = this.#blocks.slice(0, count).map((block) => block.raw);
    return text.startsWith(whole.at(-1) ?? '', length - (whole.at(-1)?.length ?? 0)) ? count : 0;
  }
}

function same(a: Rich, b: Rich): boolean {
  return a.text === b.text && a.live === b.live && sameDrawing(a, b);
}

function sameDrawing(a: Drawing, b: Drawing): boolean {
  return a.breaks === b.breaks && JSON.stringify(a.sources) === JSON.stringify(b.sources);
}

function sameDrawingOf(a: Drawing | null, b: Drawing): boolean {
  return a !== null && sameDrawing(a, b);
}

customElements.define('rich-text', RichText);
