import type { Person } from './people.ts';
import { escaped } from './xml.ts';

function frame(title: string, body: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>
  body { max-width: 34rem; margin: 12vh auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; color-scheme: light dark; }
  button { font: inherit; margin: .25rem 0; padding: .5rem 1rem; border: 0; border-radius: .5rem; background: #00679e; color: #fff; cursor: pointer; }
  small { opacity: .7; }
</style>
</head>
<body>
<h1>${escaped(title)}</h1>
${body}
<p><small>This is Parley's stand-in for Nextcloud, for trying things out. Set NEXTCLOUD_URL to use a real server.</small></p>
</body>
</html>
`;
}

/** The stand-in's few web pages: everything escaped, no script. */
export const page = {
  home: () =>
    frame('Stand-in for Nextcloud', '<p>It has no files to look at. Its tasks are reached from the chat.</p>'),

  nothing: () => frame('Page not found', '<p>There is nothing at this address.</p>'),

  /** What a server says when it is called by a name that it does not know. */
  untrusted: () =>
    frame(
      'Access through untrusted domain',
      '<p>Please contact your administrator. Add this name to trusted_domains in config.php.</p>',
    ),

  maintenance: () => frame('Maintenance mode', '<p>The server is in maintenance mode. Try again in a while.</p>'),

  /** Asks a person to let an app in: one button per account, since nobody is signed in to a stand-in. */
  grant(client: string, people: readonly Person[]): string {
    const buttons = people.map(
      (person) =>
        `<p><button name="user" value="${escaped(person.id)}">Grant access</button> as ${escaped(person.displayName)}</p>`,
    );
    return frame(
      'Connect to your account',
      `<p>You are about to grant <strong>${escaped(client)}</strong> access to your Nextcloud account.</p>
<p><small>Only go on if you have just asked for it.</small></p>
<form method="post">
${buttons.join('\n')}
</form>`,
    );
  },

  granted: () => frame('Account connected', '<p>Your client should now be connected. You can close this window.</p>'),

  expired: () =>
    frame('Access forbidden', '<p>This link is used up or older than 20 minutes. Ask for a new one in the chat.</p>'),
};
