import type { AccessRules } from '../../src/chat/access.ts';
import type { Answer } from '../../src/chat/adapter.ts';
import type { ButtonEvent, FormEvent } from '../../src/chat/events.ts';
import type { Person } from '../../src/chat/messages.ts';
import type { Place } from '../../src/chat/places.ts';
import type { Action } from '../../src/turn/control-id.ts';
import { controlId } from '../../src/turn/control-id.ts';
import { person } from '../person.ts';
import type { World } from './world.ts';

/** The rules that all cells are held against. */
export const RULES: AccessRules = {
  allow: [
    { kind: 'team', id: 'T1' },
    { kind: 'bot', id: 'helper' },
  ],
  deny: [
    { kind: 'channel', id: 'C-no' },
    { kind: 'channel', id: 'H-no' },
    { kind: 'category', id: 'K-no' },
    { kind: 'user', id: 'dan' },
    { kind: 'group', id: 'S-out' },
  ],
  directMessages: true,
  guests: false,
  strangers: false,
};

/** What comes of a cell: let in, met with one private sentence, or met with nothing at all. */
export type Fate = 'in' | 'words' | 'nothing';

/** Who tries, and what they get where the place is open. */
export const WHO: readonly { readonly who: string; readonly person: Person; readonly fate: Fate }[] = [
  { who: 'a member', person: person('Ann'), fate: 'in' },
  { who: 'an admin', person: person('Admin'), fate: 'in' },
  { who: 'a member of another group', person: person('Gil', { groups: ['S-in'] }), fate: 'in' },
  { who: 'a guest', person: person('Gus', { guest: true }), fate: 'words' },
  { who: 'a stranger', person: person('Eve', { stranger: true }), fate: 'words' },
  { who: 'a denied person', person: person('Dan'), fate: 'words' },
  { who: 'somebody of a denied group', person: person('Rob', { groups: ['S-in', 'S-out'] }), fate: 'words' },
  { who: 'a program', person: person('Robot', { bot: true }), fate: 'nothing' },
  { who: 'an allowed program', person: person('Helper', { bot: true }), fate: 'in' },
];

const at = (channel: string, thread: string | null, more: Partial<Place> = {}): Place => ({
  platform: 'plain',
  team: 'T1',
  channel,
  thread,
  kind: 'public',
  ...more,
});

/** Where they try. Everybody has a thread and a direct channel of their own. */
export const WHERE: readonly {
  readonly where: string;
  readonly open: boolean;
  place(who: Person): Place;
}[] = [
  { where: 'an open channel', open: true, place: () => at('C1', null) },
  { where: 'a thread of an open channel', open: true, place: ({ name }) => at('C1', `H-${name}`) },
  { where: 'a direct channel', open: true, place: ({ name }) => at(`D-${name}`, null, { kind: 'direct' }) },
  { where: 'a denied channel', open: false, place: () => at('C-no', null) },
  { where: 'a thread of a denied channel', open: false, place: ({ name }) => at('C-no', `N-${name}`) },
  { where: 'a denied thread of an open channel', open: false, place: () => at('C1', 'H-no') },
  { where: 'a channel of a denied category', open: false, place: ({ name }) => at('C-cat', `K-${name}`) },
  { where: 'another team', open: false, place: ({ name }) => at('C9', `T-${name}`, { team: 'T9' }) },
];

/** What is there to be pressed and sent in: made by the person, where they are, while they still might. */
export interface Left {
  readonly job: string;
  readonly after: string;
  readonly form: string;
  readonly next: string;
}

/** One way in. Gives the answer; for suggestions, `none` for an empty list. */
export interface Entry {
  readonly what: string;
  /** Only where messages are direct, or only where they are not; anywhere when not given. */
  readonly only?: 'direct' | 'shared';
  /** Nothing is said here to somebody who is refused, or nothing comes of it at all. */
  readonly silent?: true;
  /** The only way in for programs. */
  readonly forPrograms?: true;
  use(world: World, who: Person, place: Place, left: Left): Promise<Answer> | Answer;
}

function press(action: Action, pick: (left: Left) => string, index = 0): Entry {
  return {
    what: `the button ${action}`,
    use(world, author, place, left) {
      const { trigger } = world.command('x', '', { author, place });
      const control = controlId(action, pick(left), index);
      const on = { place, id: 'B' };
      const event: ButtonEvent = { type: 'button', key: trigger.id, trigger, author, place, control, value: null, on };
      return world.host.accept(event);
    },
  };
}

const message = (addressed: 'direct' | 'mention' | 'ambient', text: string): Entry['use'] => {
  return (world, author, place) => {
    const event = world.message(text, { author, place, addressed });
    const conversation =
      place.thread === null && place.kind !== 'direct' ? { ...place, thread: event.message.ref.id } : place;
    return world.host.accept({ ...event, conversation });
  };
};

/** Every way in there is. */
export const WHAT: readonly Entry[] = [
  { what: 'a mention', only: 'shared', forPrograms: true, use: message('mention', 'Why is the sky blue?') },
  { what: 'a direct message', only: 'direct', use: message('direct', 'Why is the sky blue?') },
  { what: 'a message in passing', only: 'shared', silent: true, use: message('ambient', 'Why is the sky blue?') },
  // Of a program, that is a question like any other.
  { what: 'a command in a mention', only: 'shared', forPrograms: true, use: message('mention', '/help') },
  { what: 'a command in a direct message', only: 'direct', use: message('direct', '/help') },
  { what: 'a slash command that says', use: (world, author, place) => slash(world, 'help', '', author, place) },
  { what: 'a slash command that asks', use: (world, author, place) => slash(world, 'ask', 'Why?', author, place) },
  {
    what: 'a shortcut on a message',
    use(world, author, place) {
      const { message: target } = world.message('Look at this', { place });
      return world.host.accept(world.command('ask', '', { author, place, target }));
    },
  },
  press('stop', ({ job }) => job),
  press('retry', ({ job }) => job),
  press('regenerate', ({ job }) => job),
  press('still', ({ job }) => job),
  press('drop', ({ job }) => job),
  press('follow', ({ after }) => after),
  press('good', ({ job }) => job),
  press('bad', ({ job }) => job),
  press('fill', ({ form }) => form.split('_')[0] ?? ''),
  press('next', ({ next }) => next),
  press('share', ({ job }) => job),
  press('edited', ({ job }) => job),
  press('cancel', ({ job }) => job),
  press('rerun', ({ job }) => job),
  press('chain', ({ job }) => job),
  {
    what: 'a form',
    use(world, author, place, { form }) {
      const { trigger } = world.command('x', '', { author, place });
      const values = new Map([['text', 'Why?']]);
      const event: FormEvent = { type: 'form', key: trigger.id, trigger, author, place, form, values };
      return world.host.accept(event);
    },
  },
  {
    what: 'suggestions',
    silent: true,
    use(world, author, place) {
      const found = world.host.suggest({ command: 'ask', option: 'model', typed: '', author, place });
      return found.length === 0 ? { do: 'none' } : { do: 'work', private: true };
    },
  },
  {
    what: 'suggestions of prompts',
    silent: true,
    use(world, author, place) {
      const found = world.host.suggest({ command: 'prompt', option: 'prompt', typed: '', author, place });
      return found.length === 0 ? { do: 'none' } : { do: 'work', private: true };
    },
  },
  {
    what: 'an edit of what was asked',
    silent: true,
    use(world, author, place) {
      const { key, message } = world.message('Rye bread?', { author, place });
      return world.host.accept({ type: 'edited', key: `${key}:1`, message });
    },
  },
  {
    what: 'coming into it',
    silent: true,
    use: (world, by, place) => world.host.accept({ type: 'joined', key: world.command('x').key, place, by }),
  },
];

function slash(world: World, name: string, text: string, author: Person, place: Place): Promise<Answer> {
  return world.host.accept(world.command(name, text, { author, place }));
}
