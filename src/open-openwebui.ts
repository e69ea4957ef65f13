import { Failure } from './chat/errors.ts';
import { Secret } from './chat/secret.ts';
import { connect, disconnect, type OpenWebUI } from './openwebui/connection.ts';

/** The server that answers; `close` ends its sockets, and the stand-in. */
export interface OpenedOpenWebUI {
  readonly server: OpenWebUI;
  /** Set when it is only the stand-in: what is plainly said about it. */
  readonly standIn: string | null;
  close(): Promise<void>;
}

/** What is said where nothing is set. */
export const STAND_IN =
  'Demo: a built-in stand-in answers, not a language model. Set OPENWEBUI_URL and OPENWEBUI_API_KEY to ask your own Open WebUI.';

/**
 * The server that is set; else the demo stand-in, which is then part of this process and keeps its chats in `demoFile` (in memory
 * when null). The stand-in is imported only then. Rejects with a `Failure` when that file is of no use.
 */
export async function openOpenWebUI(set: {
  readonly url: string | null;
  readonly key: Secret | null;
  readonly demoFile: string | null;
}): Promise<OpenedOpenWebUI> {
  if (set.url !== null) {
    const server = connect({ url: set.url, key: set.key });
    return { server, standIn: null, close: () => disconnect(server) };
  }
  const { startOpenWebUI } = await import('./demo/openwebui/server.ts');
  const demo = await startOpenWebUI(set.demoFile === null ? {} : { dataFile: set.demoFile }).catch((error: unknown) => {
    throw set.demoFile === null ? error : demoFailure(set.demoFile, error);
  });
  const server = connect({ url: demo.url, key: new Secret(demo.key) });
  return {
    server,
    standIn: STAND_IN,
    async close() {
      await disconnect(server);
      await demo.close();
    },
  };
}

/** Why the stand-in cannot start where it keeps its chats. */
function demoFailure(file: string, error: unknown): Failure {
  const say = `The built-in stand-in cannot keep its chats in ${file}. Make room on that disk and give the user that runs Parley the right to write there, or move the file away if it is damaged.`;
  const detail = `demo: ${file}: ${error instanceof Error ? error.message : ''}`;
  return new Failure({ kind: 'forbidden', retry: { when: 'never' }, say, detail }, { cause: error });
}
