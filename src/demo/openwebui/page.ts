import { branch, textOf } from './history.ts';
import { asObject, asText } from './json.ts';
import type { Chat } from './records.ts';

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function frame(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>
  body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; color-scheme: light dark; }
  article { margin: 1rem 0; padding: .5rem 1rem; border-left: .25rem solid #8888; white-space: pre-wrap; overflow-wrap: anywhere; }
  article.user { border-color: #38f; }
  small { opacity: .7; }
</style>
<h1>${escaped(title)}</h1>
<p><small>This is Parley's stand-in for Open WebUI, for trying things out. It runs no language model. Set OPENWEBUI_URL to use a real server.</small></p>
${body}
</html>
`;
}

/** The stand-in's few web pages: plain text, everything escaped, no script. */
export const page = {
  /** Sent with every page, so that nothing in a message can run or load. */
  headers: {
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
  },

  /** What every unknown address answers. */
  shell(): string {
    return frame('Stand-in for Open WebUI', '<p>There is nothing at this address. <a href="/">All chats</a></p>');
  },

  /** The list of chats, newest first. */
  home(chats: readonly Chat[]): string {
    const items = chats.map(
      (chat) => `<li><a href="/c/${encodeURIComponent(chat.id)}">${escaped(chat.title)}</a></li>`,
    );
    return frame('Chats', items.length === 0 ? '<p>No chats yet.</p>' : `<ul>\n${items.join('\n')}\n</ul>`);
  },

  /** One chat: the messages of its current branch. */
  chat(chat: Chat): string {
    const shown = branch(asObject(chat.chat.history) ?? {}).map((message) => {
      const role = message.role === 'user' ? 'user' : 'assistant';
      const who =
        role === 'user' ? (asText(asObject(message.user)?.name) ?? 'You') : (asText(message.model) ?? 'Assistant');
      const error = asText(asObject(message.error)?.content);
      const text = textOf(message) || (error === null ? '…' : `Failed: ${error}`);
      return `<article class="${role}"><small>${escaped(who)}</small>\n${escaped(text)}</article>`;
    });
    return frame(chat.title, `${shown.join('\n')}\n<p><a href="/">All chats</a></p>`);
  },
};
