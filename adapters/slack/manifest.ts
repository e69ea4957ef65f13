import { type CommandSpec, type Shortcut, shortcutsOf } from '../../src/chat/commands.ts';
import { SHORTCUT } from './parse.ts';
import { AGENT_SCOPES, SCOPES } from './scopes.ts';
import { cut } from './words.ts';

/** The slash commands of the app: Slack gives a name to the app that was installed last, so we take few. The rest is `/parley …`. */
const SLASH = ['ask', 'prompt', 'prompts', 'nextcloud'] as const;

/** Whether Slack has this command by its own name. `prefix` stands before each name. */
export function isSlash(name: string, prefix: string): boolean {
  return SLASH.some((one) => `${prefix}${one}` === name);
}

/** Lengths that the published manifest schema allows (UTF-16 units). */
const SHORTCUT_NAME = 24;
const SHORTCUT_TEXT = 150;

/**
 * The app's manifest, as Slack takes it, made of the registry and the list of permissions. `commands` are under the names they
 * are registered by, with `prefix` before each. `agent` makes the app one of Slack's
 * agents: threads get real titles, but guests are shut out and some plans do not have it (our reference, slack 0.3).
 */
export function slackManifest(
  commands: readonly CommandSpec[],
  options: { readonly agent: boolean; readonly requestUrl: string | null; readonly prefix?: string },
) {
  const { agent, requestUrl, prefix = '' } = options;
  const url = requestUrl === null ? {} : { url: requestUrl };
  const request = requestUrl === null ? {} : { request_url: requestUrl };
  const events = ['app_home_opened', 'app_mention', 'app_uninstalled', 'member_joined_channel'];
  const messages = ['message.channels', 'message.groups', 'message.im', 'message.mpim'];
  return {
    _metadata: { major_version: 1 },
    display_information: {
      name: 'Parley',
      description: 'Ask your team’s own AI models, in threads',
      background_color: '#2b4c7e',
      long_description:
        'Parley brings the models of your Open WebUI into Slack. Mention it or write to it directly, and the answer streams into a ' +
        'thread. Each conversation is an ordinary chat in Open WebUI, too. Answers come from a language model and can be wrong.',
    },
    features: {
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
      bot_user: { display_name: 'Parley', always_online: true },
      ...(agent && {
        agent_view: { agent_description: 'Answers questions with the models of your team’s Open WebUI.' },
      }),
      slash_commands: [...slashCommands(commands, prefix), { command: `/${prefix}parley`, ...PARLEY }].map((one) => ({
        ...one,
        ...url,
        should_escape: true,
      })),
      shortcuts: shortcutsOf(commands).map(shortcut).slice(0, 10),
    },
    oauth_config: { scopes: { bot: [...SCOPES, ...(agent ? AGENT_SCOPES : [])].map((scope) => scope.name).sort() } },
    settings: {
      event_subscriptions: {
        ...request,
        bot_events: [
          ...events,
          ...messages,
          'tokens_revoked',
          ...(agent ? ['agent_session_title_changed'] : []),
        ].sort(),
      },
      interactivity: {
        is_enabled: true,
        ...request,
        ...(requestUrl !== null && { message_menu_options_url: requestUrl }),
      },
      org_deploy_enabled: false,
      socket_mode_enabled: requestUrl === null,
      token_rotation_enabled: false,
    },
  };
}

const PARLEY = {
  description: 'All that Parley can do: models, titles, help',
  usage_hint: 'help',
};

function slashCommands(commands: readonly CommandSpec[], prefix: string) {
  return SLASH.flatMap((name) => {
    const command = commands.find((one) => one.name === `${prefix}${name}`);
    return command ? [{ command: `/${command.name}`, description: command.summary, ...hintOf(command) }] : [];
  });
}

function hintOf(command: CommandSpec): { usage_hint?: string } {
  const words =
    command.subcommands.length > 0
      ? command.subcommands.map((sub) => sub.name).join(' | ')
      : command.options
          .filter((option) => option.required || option.type === 'rest')
          .map((option) => (option.required ? `<${option.name}>` : `[${option.name}]`))
          .join(' ');
  return words === '' ? {} : { usage_hint: cut(words, 1_000) };
}

function shortcut({ label, path, spec }: Shortcut) {
  return {
    name: cut(label, SHORTCUT_NAME),
    type: 'message',
    callback_id: `${SHORTCUT}${path}`,
    description: cut(spec.summary, SHORTCUT_TEXT),
  };
}
