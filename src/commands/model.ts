import { nearest } from '../chat/nearest.ts';
import { placeKey, userKey } from '../chat/places.ts';
import type { ModelChoice } from './desk.ts';
import type { Call, Command, Next } from './registry.ts';

const SHOWN = 20;
/** Models in the list to choose from; any other can be typed. */
const OFFERED = 100;

/** Where each choice of a model is kept: setting scope by reach. */
function modelScope(reach: 'thread' | 'channel' | 'me', call: Pick<Call, 'author' | 'place' | 'conversation'>): string {
  if (reach === 'me') return `user:${userKey(call.author.ref)}`;
  if (reach === 'channel') return `channel:${placeKey({ ...call.place, thread: null })}`;
  return `conversation:${placeKey(call.conversation)}`;
}

/** `/model`: shows the models, or chooses one for this conversation, this channel or oneself. */
export const model: Command = {
  name: 'model',
  summary: 'See or choose the model that answers',
  options: [
    {
      name: 'name',
      summary: 'The model; leave it out to see them',
      type: 'word',
      required: false,
      choices: [],
      suggested: true,
    },
    {
      name: 'for',
      summary: 'What the choice is for',
      type: 'choice',
      required: false,
      choices: [
        { label: 'This conversation', value: 'thread', hint: null },
        { label: 'This channel', value: 'channel', hint: null },
        { label: 'Me, everywhere', value: 'me', hint: null },
      ],
      suggested: false,
    },
  ],
  subcommands: [],
  private: true,
  shortcut: null,
  who: 'everyone',
  async run(call, desk) {
    const models = await desk.models(call.author);
    const now = await desk.modelFor(call.author, call.conversation);
    const wanted = call.options.get('name');
    if (typeof wanted !== 'string' || wanted === '') return say(overview(models, now.id), choices(models, call));
    const typed = wanted.toLowerCase();
    const exact = models.find((one) => one.id === wanted || one.name.toLowerCase() === typed);
    const found = exact ? [exact] : models.filter((one) => `${one.id} ${one.name}`.toLowerCase().includes(typed));
    const [only, ...others] = found;
    if (only && others.length === 0) {
      const reach = reachOf(call);
      if (reach === null) return say(NO_CONVERSATION);
      await desk.settings.set(modelScope(reach, call), 'model', JSON.stringify(only.id));
      const where = reach === 'channel' && call.place.kind === 'direct' ? REACH.thread : REACH[reach];
      return say(`**${only.name}** answers ${where} from now on.`, further(only, call));
    }
    if (found.length > 0) return say(`Several models match “${wanted}”:\n\n${list(found)}`, choices(found, call));
    const near = nearest(
      wanted,
      models.map((one) => one.id),
    );
    const hint = near.length > 0 ? ` Did you mean ${near.map((id) => `\`${id}\``).join(' or ')}?` : '';
    return say(`There is no model called “${wanted}”.${hint} \`/model\` shows those there are.`);
  },
};

const REACH = { thread: 'in this conversation', channel: 'in this channel', me: 'your questions' } as const;

const NO_CONVERSATION =
  'No conversation has begun here. Choose the model in its thread, or with `for=channel` for all of this channel.';

/**
 * What a choice is for. Outside of any thread there is no conversation yet: it is for those to come, in this channel or in the
 * direct messages. Null where only one conversation was meant and there is none.
 */
function reachOf({ options, place }: Call): 'thread' | 'channel' | 'me' | null {
  const value = options.get('for');
  if (value === 'channel' || value === 'me') return value;
  if (place.thread !== null) return 'thread';
  return value === 'thread' && place.kind !== 'direct' ? null : 'channel';
}

/** The list to choose one from; for what it is chosen stays as it was typed. */
function choices(models: readonly ModelChoice[], { options }: Call): Next[] {
  if (models.length < 2) return [];
  const reach = options.get('for');
  const offered = models.slice(0, OFFERED).map(({ id, name }) => ({ label: name, value: id }));
  return [
    {
      label: 'Choose a model',
      style: 'plain',
      command: 'model',
      options: typeof reach === 'string' ? { for: reach } : {},
      choose: { option: 'name', choices: offered },
      instead: true,
    },
  ];
}

/** What else the model that was just chosen may be for, where no such wish was typed. */
function further({ id }: ModelChoice, call: Call): Next[] {
  if (call.options.has('for')) return [];
  const isChannel = call.place.kind !== 'direct' && reachOf(call) !== 'channel';
  const offer = (label: string, reach: string): Next => ({
    label,
    style: 'plain',
    command: 'model',
    options: { name: id, for: reach },
    instead: true,
  });
  return [...(isChannel ? [offer('In this whole channel', 'channel')] : []), offer('For me, everywhere', 'me')];
}

function overview(models: readonly ModelChoice[], current: string | null): string {
  if (models.length === 0) return 'Open WebUI shows me no models. Whoever runs it can give this account access to one.';
  const named = models.find((one) => one.id === current);
  const head = named ? `**${named.name}** answers here.` : 'The first model answers here, since none was chosen.';
  return `${head} Choose another with \`/model <name>\`.\n\n${list(models)}`;
}

function list(models: readonly ModelChoice[]): string {
  const lines = models
    .slice(0, SHOWN)
    .map((one) => `- \`${one.id}\` ${one.name}${one.description ? `: ${one.description}` : ''}`);
  if (models.length > SHOWN) lines.push(`- and ${models.length - SHOWN} more: type a part of the name to find them`);
  return lines.join('\n');
}

function say(markdown: string, next: readonly Next[] = []) {
  return { do: 'say', body: { markdown, controls: null }, next } as const;
}
