import type { Clock } from '../chat/clock.ts';
import type { HomeEvent } from '../chat/events.ts';
import type { Body } from '../chat/view.ts';
import type { Desk } from '../commands/desk.ts';
import type { Next, Registry } from '../commands/registry.ts';
import { usage } from '../commands/registry.ts';
import type { Conversation, Store } from '../store/port.ts';
import type { NextButtons } from './next-buttons.ts';

/** Conversations that are looked through, and shown. */
const LOOKED = 200;
const SHOWN = 10;
const SINCE_MS = 30 * 86_400_000;

/** What can be pressed on the page: the commands people want first. Each answers in the person's direct messages. */
const BUTTONS: readonly Next[] = [
  { label: 'Choose a model', style: 'plain', command: 'model', options: { for: 'me' } },
  { label: 'Prompts', style: 'plain', command: 'prompts list', options: {} },
  { label: 'My account', style: 'plain', command: 'whoami', options: {} },
  { label: 'How things are', style: 'plain', command: 'status', options: {} },
];

/** What Parley's own page on a platform shows one person: the model, their own recent conversations, and help. */
export type Home = (event: HomeEvent) => Promise<Body>;

/** See {@link Home}. Only conversations of the person's own direct channel are listed: others' are none of their business. */
export function createHome(rooms: {
  store: Store;
  desk: Desk;
  registry: Registry;
  nextButtons: NextButtons;
  clock: Clock;
}): Home {
  const { store, desk, registry } = rooms;

  async function recent(event: HomeEvent): Promise<readonly Conversation[]> {
    const { platform, team, channel } = event.place;
    const used = await store.conversations.recent(platform, rooms.clock.now() - SINCE_MS, LOOKED);
    return used
      .filter(({ place }) => place.kind === 'direct' && place.team === team && place.channel === channel)
      .slice(0, SHOWN);
  }

  return async (event) => {
    const { id, name } = await desk.modelFor(event.author, event.place);
    const conversations = (await recent(event)).map((one) => {
      const link = desk.chatLink(one);
      const title = one.title ?? 'A conversation';
      return link === null ? `- ${title}` : `- [${title.replaceAll(/[[\]]/g, '')}](${link})`;
    });
    const commands = registry.commands
      .filter((command) => command.who === 'everyone' || desk.isAdmin(event.author))
      .map((command) => `- \`${usage(command)}\` ${command.summary}`);
    const markdown = [
      '## Parley',
      'Write to me privately, or mention me in a channel, and I answer in a thread. Whoever can read the place can read my answers.',
      `**Model:** ${name ?? (id ? `\`${id}\`` : 'none yet')}. \`/model\` chooses another.`,
      ...(conversations.length > 0 ? [`### Your recent conversations\n\n${conversations.join('\n')}`] : []),
      `### Help\n\n${commands.join('\n')}`,
    ].join('\n\n');
    const { author, place } = event;
    return rooms.nextButtons.under({ markdown, controls: null }, BUTTONS, {
      author: author.ref,
      place,
      conversation: place,
    });
  };
}
