import type { Adapter, Answer, Host, Suggest, Surface } from '../../../src/chat/adapter.ts';
import type { CommandSpec } from '../../../src/chat/commands.ts';
import type { ChatEvent } from '../../../src/chat/events.ts';
import type { Choice } from '../../../src/chat/forms.ts';
import type { Place } from '../../../src/chat/places.ts';
import type { Controls, Note, Source } from '../../../src/chat/view.ts';

/** A host for tests: it keeps every event and answers as it is told. */
export interface TestHost extends Host {
  readonly events: ChatEvent[];
  /** What `accept` answers; replaced by tests. Throwing refuses the event. */
  answer: (event: ChatEvent) => Answer | Promise<Answer>;
  choices: (query: Suggest) => readonly Choice[];
  /** Resolves with the next event of this kind, one that has come already and was not taken yet included. */
  next<Type extends ChatEvent['type']>(type: Type): Promise<Extract<ChatEvent, { type: Type }>>;
}

/** See {@link TestHost}. */
export function createTestHost(): TestHost {
  const events: ChatEvent[] = [];
  const taken = new Set<ChatEvent>();
  const wake: (() => void)[] = [];
  const host: TestHost = {
    events,
    answer: () => ({ do: 'none' }),
    choices: () => [],
    async accept(event) {
      const answer = await host.answer(event);
      events.push(event);
      for (const one of wake.splice(0)) one();
      return answer;
    },
    suggest: (query) => host.choices(query),
    isPrivate: (name) => name === 'help' || name === 'model',
    state: () => undefined,
    budget: () => undefined,
    async next(type) {
      while (true) {
        for (const event of events) {
          if (taken.has(event) || !isOf(event, type)) continue;
          taken.add(event);
          return event;
        }
        await new Promise<void>((resolve) => {
          wake.push(resolve);
        });
      }
    },
  };
  return host;
}

function isOf<Type extends ChatEvent['type']>(
  event: ChatEvent,
  type: Type,
): event is Extract<ChatEvent, { type: Type }> {
  return event.type === type;
}

/** An answer as delivery would write it. */
export interface Writing {
  readonly surface: Surface;
  show(markdown: string, more?: Partial<Shown>): Promise<void>;
  finish(markdown: string, more?: Partial<Shown>): Promise<void>;
}

interface Shown {
  status: string | null;
  note: Note | null;
  sources: readonly Source[];
  controls: Controls | null;
}

const NOTHING: Shown = { status: null, note: null, sources: [], controls: null };
let made = 0;

/** Begins an answer in a place. */
export async function write(
  adapter: Adapter,
  place: Place,
  markdown: string,
  more: Partial<Shown> = {},
): Promise<Writing> {
  const rendered = (text: string, shown: Partial<Shown>, live: boolean) => {
    const { controls, ...rest } = { ...NOTHING, ...shown };
    return adapter.render({ markdown: text, index: 0, last: true, ...rest }, { live, controls });
  };
  made += 1;
  const surface = await adapter.open(place, rendered(markdown, more, true), `test-${made}`, null);
  return {
    surface,
    show: (text, shown = more) => surface.put(rendered(text, shown, true), false),
    finish: (text, shown = {}) => surface.put(rendered(text, shown, false), true),
  };
}

const option = { required: false, choices: [], suggested: false } as const;

/** Commands of every shape that the menu must draw. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'ask',
    summary: 'Ask a question',
    options: [
      { ...option, name: 'text', summary: 'What you want to know', type: 'rest', required: true },
      { ...option, name: 'model', summary: 'Which model answers', type: 'word', suggested: true },
    ],
    subcommands: [],
    private: false,
    shortcut: 'Ask about this',
  },
  {
    name: 'model',
    summary: 'See or choose the model that answers',
    options: [
      { ...option, name: 'name', summary: 'The model', type: 'word', suggested: true },
      {
        ...option,
        name: 'for',
        summary: 'What the choice is for',
        type: 'choice',
        choices: [
          { label: 'This conversation', value: 'thread', hint: null },
          { label: 'Me, everywhere', value: 'me', hint: null },
        ],
      },
    ],
    subcommands: [],
    private: true,
    shortcut: null,
  },
  {
    name: 'prompts',
    summary: 'Your saved prompts',
    options: [],
    subcommands: [{ name: 'list', summary: 'Show them', options: [], subcommands: [], private: true, shortcut: null }],
    private: true,
    shortcut: null,
  },
  { name: 'help', summary: 'What I can do', options: [], subcommands: [], private: true, shortcut: null },
];
