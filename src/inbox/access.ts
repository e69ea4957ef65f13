import type { AccessEntry, AccessRules } from '../chat/access.ts';
import type { Person } from '../chat/messages.ts';
import { isUser, type Place } from '../chat/places.ts';

/** Who may use Parley at all, and who may do what others asked for. One check for every way in. */
export interface Access {
  /**
   * Null when this person may here; else a sentence for them alone, or an empty one for those who get no answer at all
   * (programs). `place` is null for what stands in none, such as Parley's own page.
   */
  refusal(person: Person, place: Place | null): string | null;
  /** Null when this place is open to anybody; else a sentence for whoever asks there. For what nobody in particular does. */
  closed(place: Place): string | null;
  isAdmin(person: Person): boolean;
}

/**
 * The access rules, see `AccessRules`. `admins` are written `platform:id`; being one opens no door that is closed to others.
 * `around` tells what a place lies in, see `Adapter.around`.
 */
export function createAccess(options: {
  admins: readonly string[];
  rules(platform: string): AccessRules;
  around(place: Place): readonly string[];
}): Access {
  function closed(place: Place): string | null {
    const { allow, deny, directMessages } = options.rules(place.platform);
    if (place.kind === 'direct') return directMessages ? null : NO_DIRECT;
    const around = options.around(place);
    const fits = (entry: AccessEntry) => isIn(place, around, entry);
    const wanted = allow.filter(isOfPlace);
    const open = !deny.some(fits) && (wanted.length === 0 || wanted.some(fits));
    return open ? null : CLOSED_PLACE;
  }

  return {
    refusal(person, place) {
      const rules = options.rules(person.ref.platform);
      const open = place === null ? null : closed(place);
      if (person.bot) return open === null && maySpeak(person, rules) ? null : '';
      if (person.stranger && !rules.strangers) return NO_STRANGERS;
      if (person.guest && !rules.guests) return NO_GUESTS;
      const fits = (entry: AccessEntry) => isThem(person, entry);
      const wanted = rules.allow.filter(isOfPeople);
      if (rules.deny.some(fits) || (wanted.length > 0 && !wanted.some(fits))) return NOT_YOU;
      return open;
    },
    closed,
    isAdmin: (person) => !person.bot && options.admins.some((written) => isUser(person.ref, written)),
  };
}

const CLOSED_PLACE = 'I do not answer in this channel. Ask me in another one, or ask whoever runs me to open this one.';
const NO_DIRECT = 'I do not take direct messages here. Mention me in a channel instead.';
const NO_STRANGERS = 'I only answer members of this team. Ask somebody here to put your question to me.';
const NO_GUESTS = 'I do not answer guests here. Ask a member of the team to put your question to me.';
const NOT_YOU = 'I am not open to you yet. Whoever runs me can change that.';

function isOfPlace({ kind }: AccessEntry): boolean {
  return kind === 'team' || kind === 'channel' || kind === 'category';
}

function isOfPeople({ kind }: AccessEntry): boolean {
  return kind === 'user' || kind === 'group';
}

function isIn(place: Place, around: readonly string[], { kind, id }: AccessEntry): boolean {
  if (kind === 'team') return place.team === id;
  if (kind === 'channel') return place.channel === id || place.thread === id;
  return kind === 'category' && around.includes(id);
}

function isThem(person: Person, { kind, id }: AccessEntry): boolean {
  return kind === 'user' ? person.ref.id === id : kind === 'group' && person.groups.includes(id);
}

/** A program that was named. Whatever else is said of people in the lists does not count for it, but for a denial. */
function maySpeak(bot: Person, { allow, deny }: AccessRules): boolean {
  const named = (entry: AccessEntry) => entry.kind === 'bot' && entry.id === bot.ref.id;
  return allow.some(named) && !deny.some((entry) => named(entry) || isThem(bot, entry));
}
