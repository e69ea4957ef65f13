import DOMPurify from 'dompurify';
import { Marked, type Token } from 'marked';
import type { Source } from '../../../src/chat/view.ts';
import { highlightInto } from './highlighting.ts';

/** How text is drawn. */
export interface Drawing {
  /** A single newline is a line break, as people mean it when they type. */
  readonly breaks: boolean;
  /** What `[1]` in the text refers to. */
  readonly sources: readonly Source[];
}

/** Tags that may be written as such in Markdown, without attributes; all others are shown as the text they are. */
const WRITTEN =
  /^<\/?(?:b|blockquote|br|code|del|details|em|h[1-6]|hr|i|ins|kbd|li|mark|ol|p|pre|s|small|strong|sub|summary|sup|table|tbody|td|th|thead|tr|u|ul)\s*\/?>$/i;

const renderer = { html: ({ text }: { readonly text: string }) => plainHtml(text) };
const answers = new Marked({ gfm: true, breaks: false, renderer });
const people = new Marked({ gfm: true, breaks: true, renderer });

function plainHtml(text: string): string {
  return text.replaceAll(/<!--[\s\S]*?-->|<\/?[a-z][^<>]*>|[<>"]/gi, (found) => {
    if (found.startsWith('<!--')) return '';
    return WRITTEN.test(found)
      ? found
      : found.replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
  });
}

const TAGS = [
  'a',
  'b',
  'blockquote',
  'br',
  'code',
  'del',
  'details',
  'div',
  'em',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'hr',
  'i',
  'img',
  'input',
  'ins',
  'kbd',
  'li',
  'mark',
  'ol',
  'p',
  'pre',
  's',
  'small',
  'span',
  'strong',
  'sub',
  'summary',
  'sup',
  'table',
  'tbody',
  'td',
  'tfoot',
  'th',
  'thead',
  'tr',
  'u',
  'ul',
];
const ATTRIBUTES = [
  'href',
  'src',
  'alt',
  'title',
  'align',
  'start',
  'type',
  'checked',
  'disabled',
  'open',
  'class',
  'colspan',
  'rowspan',
];

/** Cuts Markdown into blocks; each token's `raw` together with the others' is the text. */
export function blocksOf(text: string, drawing: Drawing): Token[] {
  return (drawing.breaks ? people : answers).lexer(text);
}

/**
 * Draws one block. Whatever a model writes, the result holds only the tags above, no script, no style, no foreign picture, and
 * links that open elsewhere without telling where from. The page's content policy stands behind this as a second wall.
 */
export function drawBlock(token: Token, drawing: Drawing): DocumentFragment {
  const html = (drawing.breaks ? people : answers).parser([token]);
  const fragment = DOMPurify.sanitize(html, {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ATTRIBUTES,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
  tidy(fragment, drawing);
  return fragment;
}

function tidy(root: DocumentFragment, drawing: Drawing): void {
  for (const image of root.querySelectorAll('img')) tidyImage(image);
  for (const link of root.querySelectorAll('a')) tidyLink(link);
  for (const input of root.querySelectorAll('input')) {
    if (input.type !== 'checkbox') input.remove();
    input.disabled = true;
  }
  for (const one of root.querySelectorAll('[class]')) {
    if (!(one.localName === 'code' && one.className.startsWith('language-'))) one.removeAttribute('class');
  }
  for (const table of root.querySelectorAll('table')) {
    const frame = element('div', 'table');
    frame.tabIndex = 0;
    frame.setAttribute('role', 'region');
    frame.setAttribute('aria-label', 'Table');
    table.replaceWith(frame);
    frame.append(table);
  }
  for (const pre of root.querySelectorAll('pre')) tidyCode(pre);
  if (drawing.sources.length > 0) cite(root, drawing.sources);
}

/** Addresses that may be followed. */
function safeAddress(address: string | null): string | null {
  const url = address ? URL.parse(address, location.href) : null;
  if (!url || !['http:', 'https:', 'mailto:'].includes(url.protocol)) return null;
  return url.href;
}

function tidyLink(link: HTMLAnchorElement): void {
  const address = safeAddress(link.getAttribute('href'));
  if (address === null) {
    link.replaceWith(...link.childNodes);
    return;
  }
  link.href = address;
  link.target = '_blank';
  link.rel = 'noopener noreferrer nofollow';
}

/** Pictures inside the text itself are shown; others would tell their server who reads them, so they become links. */
function tidyImage(image: HTMLImageElement): void {
  const src = image.getAttribute('src') ?? '';
  if (/^data:image\/(png|jpeg|gif|webp);base64,/.test(src) || /^\/local\/files\/[A-Za-z0-9_-]{22}$/.test(src)) {
    image.loading = 'lazy';
    return;
  }
  const address = safeAddress(src);
  const label = image.alt || 'Picture';
  if (address === null) {
    image.replaceWith(label);
    return;
  }
  const link = element('a');
  link.setAttribute('href', address);
  link.textContent = `🖼 ${label}`;
  // Inside a link there is one already.
  if (image.closest('a')) image.replaceWith(`🖼 ${label}`);
  else image.replaceWith(link);
}

function tidyCode(pre: HTMLPreElement): void {
  const code = pre.querySelector('code');
  if (!code) return;
  const language = /^language-([\w+#.-]{1,30})/.exec(code.className)?.[1]?.toLowerCase() ?? '';
  code.removeAttribute('class');
  const block = element('div', 'code');
  const bar = element('div', 'code-bar');
  const name = element('span', 'code-name');
  name.textContent = language || 'text';
  const copy = element('button', 'quiet small');
  copy.setAttribute('type', 'button');
  copy.dataset.copy = 'code';
  copy.dataset.testid = 'copy-code';
  copy.setAttribute('aria-label', 'Copy this code');
  copy.textContent = 'Copy';
  bar.append(name, copy);
  pre.replaceWith(block);
  pre.tabIndex = 0;
  block.append(bar, pre);
  highlightInto(code, language);
}

/** Turns `[1]` in the text into a link to that source. */
function cite(root: DocumentFragment, sources: readonly Source[]): void {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node instanceof Text && !node.parentElement?.closest('a, code')) texts.push(node);
  }
  for (const text of texts) {
    const pieces = text.data.split(/\[(\d{1,3})\]/);
    if (pieces.length === 1) continue;
    const nodes = pieces.map((piece, index) => (index % 2 === 0 ? piece : citation(piece, sources)));
    text.replaceWith(...nodes);
  }
}

function citation(number: string, sources: readonly Source[]): Node | string {
  const source = sources.find((one) => String(one.number) === number);
  const address = source?.url ? safeAddress(source.url) : null;
  if (!source) return `[${number}]`;
  const mark = element(address === null ? 'span' : 'a', 'cite');
  mark.textContent = number;
  mark.title = source.name;
  if (address !== null) {
    mark.setAttribute('href', address);
    mark.setAttribute('target', '_blank');
    mark.setAttribute('rel', 'noopener noreferrer nofollow');
    mark.setAttribute('aria-label', `Source ${number}: ${source.name}`);
  }
  return mark;
}

function element(name: string, className = ''): HTMLElement {
  const made = document.createElement(name);
  if (className !== '') made.className = className;
  return made;
}
