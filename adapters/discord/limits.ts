import type { Limits, Rate } from '../../src/chat/limits.ts';
import type { Place } from '../../src/chat/places.ts';

/** A message holds this many characters; counted in UTF-16 units, which is never too few (our reference, discord 1.7 and 2). */
export const MESSAGE_UNITS = 2_000;
/** Files a server without boosts takes (our reference, discord 1.7). */
const FILE_BYTES = 10 * 1_048_576;
/** From this age on edits pay a small extra budget that no header shows (our reference, discord 1.6: code 30046). */
export const OLD_EDIT_MS = 3_600_000;

/**
 * Starting guesses; headers teach better (our reference, discord 1.6: what users measured, since Discord asks not to hard-code).
 * Answers by interaction token have a bucket of their own and do not count against the bot's 50 a second.
 */
const RATES: ReadonlyMap<string, Rate> = new Map([
  ['message.create', { burst: 5, perSecond: 1 }],
  ['message.edit', { burst: 5, perSecond: 1 }],
  ['message.edit-old', { burst: 3, perSecond: 0.15 }],
  ['message.delete', { burst: 5, perSecond: 1 }],
  ['interaction', { burst: 5, perSecond: 2.5 }],
  ['global', { burst: 50, perSecond: 50 }],
]);

/** What Discord allows (our reference, discord 1.7). */
export const limits: Limits = {
  partsBeforeFile: 5,
  titleLength: 100,
  fileBytes: FILE_BYTES,
  formFields: 5,
  formFieldErrors: false,
  choices: 25,
  rate: (scope) => RATES.get(scope.split(':', 1)[0] ?? '') ?? { burst: 1, perSecond: 1 },
};

/** The channel that messages of a place stand in: its thread, else itself. */
export function channelOf(place: Place): string {
  return place.thread ?? place.channel;
}

/** Scopes that a new message pays from. */
export function createScopes(channel: string): readonly string[] {
  return [`message.create:${channel}`, 'global'];
}

/** Scopes that an edit pays from; one that is over an hour old pays the extra budget too. */
export function editScopes(channel: string, old: boolean): readonly string[] {
  const usual = [`message.edit:${channel}`, 'global'];
  return old ? [`message.edit-old:${channel}`, ...usual] : usual;
}

/** Scopes of everything that goes through one interaction's token. */
export function tokenScopes(interaction: string): readonly string[] {
  return [`interaction:${interaction}`];
}

/** The scope that the headers of an answer speak of, by the call's path, or null. */
export function scopeTaught(method: string, path: string): string | null {
  const [, channel, one] = /^\/channels\/(\d+)\/messages(\/\d+)?$/.exec(path) ?? [];
  if (channel === undefined) return null;
  if (method === 'POST' && one === undefined) return `message.create:${channel}`;
  return method === 'PATCH' && one !== undefined ? `message.edit:${channel}` : null;
}

/** The size limit of files in bytes by a server's boost level (our reference, discord 1.7; levels 2 and 3 as Discord publishes them). */
export function fileBytesAt(level: number): number {
  return level >= 3 ? 100 * 1_048_576 : level === 2 ? 50 * 1_048_576 : FILE_BYTES;
}
