import DOMPurify from 'dompurify';

type Highlighter = typeof import('highlight.js')['default'];

/** Beyond so many UTF-16 units a block stays plain: colouring it would cost more than it helps. */
const MOST = 30_000;

let highlighter: Highlighter | null = null;
let loading: Promise<void> | null = null;

/** Colours a block of code; the first time once the highlighter is there, which nothing waits for. */
export function highlightInto(code: HTMLElement, language: string): void {
  const text = code.textContent ?? '';
  if (language === '' || text.length > MOST) return;
  if (highlighter) paint(highlighter, code, language);
  else {
    loading ??= import('highlight.js').then((module) => {
      highlighter = module.default;
    });
    loading.then(
      () => highlighter && code.isConnected && paint(highlighter, code, language),
      () => {
        // Without its colours the code can still be read; the next block tries again.
        loading = null;
      },
    );
  }
}

function paint(highlighter: Highlighter, code: HTMLElement, language: string): void {
  if (!highlighter.getLanguage(language)) return;
  const { value } = highlighter.highlight(code.textContent ?? '', { language, ignoreIllegals: true });
  code.replaceChildren(
    DOMPurify.sanitize(value, { ALLOWED_TAGS: ['span'], ALLOWED_ATTR: ['class'], RETURN_DOM_FRAGMENT: true }),
  );
}
