/** The command line of `npm run openwebui -- up|down|status [--version X]`. */

/** What to do; `version` null means the newest for `up`, and all that run for `down` and `status`. */
export interface Order {
  readonly action: 'up' | 'down' | 'status' | 'help';
  readonly version: string | null;
}

/** Shown for `--help` and beside every mistake. */
export const help = `Runs a real Open WebUI on this machine, with a scripted model provider behind it.

  npm run openwebui -- up [--version 0.12.4]    install it if need be, start it, print the settings to use
  npm run openwebui -- status                   what is running, and the settings again
  npm run openwebui -- down [--version 0.12.4]  stop what "up" started (all versions, or that one)

Needs Python 3.11 or 3.12 and, for the first start of a version, the Python package index.`;

/** A parsed command line, or one sentence about what is wrong with it. */
export function parseArguments(argv: readonly string[]): Order | { readonly mistake: string } {
  const [action, ...rest] = argv;
  if (action === undefined || action === 'help' || argv.includes('--help') || argv.includes('-h')) {
    return { action: 'help', version: null };
  }
  if (action !== 'up' && action !== 'down' && action !== 'status') {
    return { mistake: `"${action}" is not one of up, down, status.` };
  }
  let version: string | null = null;
  for (let at = 0; at < rest.length; at += 1) {
    const [name, inline] = (rest[at] ?? '').split('=', 2);
    if (name !== '--version') return { mistake: `"${rest[at]}" is not known here.` };
    if (inline === undefined) at += 1;
    const value = inline ?? rest[at];
    if (value === undefined || !/^\d+\.\d+\.\d+$/.test(value)) {
      return { mistake: '--version wants a version such as 0.12.4.' };
    }
    version = value;
  }
  return { action, version };
}
