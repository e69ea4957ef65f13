import type { SocketMode } from '../socket-mode.ts';
import type { Tokens } from '../tokens.ts';
import type { Methods } from './method.ts';

/** The calls that touch tokens and sockets. */
export function accountMethods(tokens: Tokens, sockets: SocketMode): Methods {
  return {
    'apps.connections.open': {
      scopes: [],
      token: 'app',
      run: () => ({ url: sockets.ticket() }),
    },
    'auth.revoke': {
      scopes: [],
      token: 'bot',
      run(_world, { args }) {
        if (args.flag('test')) return { revoked: false };
        tokens.state.bot = 'token_revoked';
        return { revoked: true };
      },
    },
  };
}
