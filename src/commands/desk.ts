import type { Choice } from '../chat/forms.ts';
import type { Person } from '../chat/messages.ts';
import type { Place } from '../chat/places.ts';
import type { Conversation, Settings } from '../store/port.ts';

/** A model as a person may choose it. */
export interface ModelChoice {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
}

/** What a control of a conversation comes to: done, or a sentence that says why not. */
export type Done = { readonly done: true } | { readonly done: false; readonly why: string };

/** What commands may do to the rest of Parley. The inbox provides it; commands hold no other reference. */
export interface Desk {
  readonly settings: Settings;
  /** The conversation of this place, or null when none has begun. */
  conversation(place: Place): Promise<Conversation | null>;
  /** Models this person may use, from the warm cache; fetched when the cache is cold. Throws a `Failure`. */
  models(person: Person): Promise<readonly ModelChoice[]>;
  /** The model that a question by this person in this place would go to, and who chose it. */
  modelFor(
    person: Person,
    place: Place,
  ): Promise<{ readonly id: string | null; readonly chosenBy: 'thread' | 'channel' | 'me' | 'server' }>;
  /** Stops what runs or waits in a conversation, if this person may. */
  stop(person: Person, place: Place): Promise<Done>;
  /** Asks the last question of a conversation again, if this person may. */
  again(person: Person, place: Place): Promise<Done>;
  /** Gives a conversation a person's title, on the platform and in Open WebUI. */
  rename(person: Person, place: Place, title: string): Promise<Done>;
  /** Forgets which chat this place belongs to, so that the next message begins a new one. */
  startAnew(place: Place): Promise<Done>;
  /** Facts for `/status`, each a short line. */
  facts(person: Person, place: Place): Promise<readonly string[]>;
  /** Where a chat can be read in the browser; null when there is none or its address is unknown. */
  chatLink(conversation: Conversation): string | null;
  isAdmin(person: Person): boolean;
}

/** A choice made of a model. */
export function modelChoice(model: ModelChoice): Choice {
  return { label: model.name, value: model.id, hint: model.description };
}
