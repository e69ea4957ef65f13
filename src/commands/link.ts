import { problemOf } from '../chat/errors.ts';
import { field } from '../chat/forms.ts';
import { Secret } from '../chat/secret.ts';
import { command, say } from './command.ts';
import type { Desk } from './desk.ts';
import type { Call, Outcome } from './registry.ts';

/** `/link`: a person's own account of Open WebUI asks for them from then on. The key goes from the form's secret field straight to the vault. */
export const link = command({
  name: 'link',
  summary: 'Ask with your own Open WebUI account',
  async run(call, desk) {
    if (desk.linking.off !== null) return say(desk.linking.off);
    if (!call.filled) return form(await linkedAs(call, desk), null);
    const key = call.filled.values.get('key');
    if (!(key instanceof Secret) || key.reveal().trim() === '') return form(null, 'Paste the key here.');
    try {
      const { account, asked, refused } = await desk.linking.link(call.author, new Secret(key.reveal().trim()));
      return say(`You are linked as ${nameOf(account)}. ${whatNow(asked, refused)}`);
    } catch (error) {
      return form(null, problemOf(error).say);
    }
  },
});

/** `/unlink`: the key is deleted here; what was asked with it stays where it is. */
export const unlink = command({
  name: 'unlink',
  summary: 'Take your own Open WebUI account away again',
  async run(call, desk) {
    if (!(await desk.linking.unlink(call.author))) return say('You have not linked an account.');
    const next = {
      service: 'From now on the team’s account asks for you.',
      match: 'From now on the team’s account asks for you, if your e-mail address has an account in Open WebUI.',
      require: 'I answer you again once you link an account.',
    }[desk.linking.policy];
    return say(
      `Your API key is deleted here. Your chats stay in your account in Open WebUI; I can no longer write to them. ${next} You can delete the key itself in Open WebUI: Settings, Account, API keys.`,
    );
  },
});

/** `/whoami`: whose account asks for a person here, by which rule, and with which model. */
export const whoami = command({
  name: 'whoami',
  summary: 'Whose Open WebUI account asks for you here',
  async run(call, desk) {
    const { author } = call;
    const { id, name } = await desk.modelFor(author, call.conversation);
    const lines = [
      await accountLine(call, desk),
      `Model here: ${name ?? (id === null ? 'none yet' : `\`${id}\``)}`,
      desk.isAdmin(author) ? 'You are an admin of Parley.' : 'You are not an admin of Parley.',
      `In my settings you are \`${author.ref.platform}:${author.ref.id}\`.`,
    ];
    return say(lines.map((line) => `- ${line}`).join('\n'));
  },
});

async function accountLine(call: Call, desk: Desk): Promise<string> {
  try {
    const { owner, account } = await desk.linking.asking(call.author);
    if (owner !== null) return `Your own account asks for you: ${account ? nameOf(account) : 'linked'}.`;
    const own = desk.linking.off === null ? ' `/link` lets your own one ask.' : '';
    if (account === null) return `The team’s account asks for you.${own}`;
    return `The team’s account asks for you, known by your e-mail address as ${nameOf(account)}.${own}`;
  } catch (error) {
    return `No account asks for you. ${problemOf(error).say}`;
  }
}

function whatNow(asked: number, refused: string | null): string {
  if (asked === 0 && refused === null) return 'What you ask me is yours there, and nobody else’s.';
  const now = asked === 0 ? [] : [`I answer your ${asked === 1 ? 'question' : `${asked} questions`} now.`];
  const not = refused === null ? [] : [`A question that waited has to be sent again: ${refused}`];
  return [...now, ...not].join(' ');
}

async function linkedAs(call: Call, desk: Desk): Promise<string | null> {
  // Whoever is not linked, or may not ask at all, is simply asked for a key.
  const identity = await desk.linking.asking(call.author).catch(() => null);
  return identity?.owner != null && identity.account ? nameOf(identity.account) : null;
}

function form(linked: string | null, wrong: string | null): Outcome {
  const already = linked === null ? '' : `You are linked as ${linked}; a new key takes the place of the old one. `;
  return {
    do: 'form',
    form: {
      title: 'Link your account',
      intro: `${already}${WHERE}`,
      submit: 'Link',
      fields: [KEY],
      errors: new Map(wrong === null ? [] : [['key', wrong]]),
      note: 'link',
    },
  };
}

const WHERE =
  'Make an API key in Open WebUI (Settings → Account → API keys) and paste it here. It is kept sealed and shown to nobody. If you find no API keys there, an administrator must switch on “API Keys” in the settings of Open WebUI and give your group the permission “API Keys” (Features).';

const KEY = field({
  name: 'key',
  type: 'secret',
  label: 'API key',
  placeholder: 'sk-…',
  required: true,
  maxLength: 300,
});

function nameOf({ name, email }: { readonly name: string; readonly email: string | null }): string {
  if (email === null) return name || 'an account without a name';
  return name === '' ? email : `${name} (${email})`;
}
