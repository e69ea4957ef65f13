/** A search engine with one page, in the form of SearXNG's JSON: what Open WebUI asks when it searches the web. */
import { once } from 'node:events';
import { createServer } from 'node:http';

export interface SearchEngine {
  /** For `SEARXNG_QUERY_URL`; `<query>` is what Open WebUI puts the words in place of. */
  readonly queryUrl: string;
  /** The page that every search finds. */
  readonly page: string;
  /** What was searched for, oldest first. */
  readonly searched: readonly string[];
  /** Whether searches find nothing for now. */
  hide(hidden: boolean): void;
  /** An address that answers at once, unless it is told to wait: for tools that are to be seen at work. */
  readonly gate: string;
  /** Lets requests at the gate wait, until the returned function is called. */
  shutGate(): () => void;
  stop(): Promise<void>;
}

/** What the page says, and nothing else anywhere does. */
export const FOUND = 'The ferry to Sylt leaves at half past seven.';

/** Starts one on loopback. */
export async function startSearchEngine(): Promise<SearchEngine> {
  const searched: string[] = [];
  let nothing = false;
  let open = Promise.resolve();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    if (url.pathname === '/gate') return void open.then(() => response.end());
    if (url.pathname === '/page') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.end(`<html><head><title>Ferries</title></head><body><p>${FOUND}</p></body></html>`);
      return;
    }
    searched.push(url.searchParams.get('q') ?? '');
    const results = nothing ? [] : [{ url: `${url.origin}/page`, title: 'Ferries', content: FOUND, score: 1 }];
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ query: url.searchParams.get('q'), results }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  return {
    queryUrl: `${origin}/search?q=<query>`,
    page: `${origin}/page`,
    searched,
    hide(hidden) {
      nothing = hidden;
    },
    gate: `${origin}/gate`,
    shutGate() {
      const { promise, resolve } = Promise.withResolvers<void>();
      open = promise;
      return resolve;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
