/** A person on one platform. `team` is the workspace, server or instance they were seen in; `id` is unique within it. */
export interface UserRef {
  readonly platform: string;
  readonly team: string;
  readonly id: string;
}

/**
 * Somewhere messages stand. A conversation is one place: a thread, or a direct channel without threads.
 * `channel` is the channel the thread hangs on; `thread` is null in the channel itself.
 */
export interface Place {
  readonly platform: string;
  readonly team: string;
  readonly channel: string;
  readonly thread: string | null;
  /** `direct`: only one person and the bot can read it. `private`: a closed group. `public`: everybody in the team may. */
  readonly kind: 'direct' | 'private' | 'public';
}

/** One message. `id` is the platform's own and unique within its channel (a timestamp, a snowflake). */
export interface MessageRef {
  readonly place: Place;
  readonly id: string;
}

/** The text that names a place everywhere: in the store, in logs, in comparisons. Two places are the same when their keys are. */
export function placeKey(place: Place): string {
  return [place.platform, place.team, place.channel, place.thread ?? ''].map(encodeURIComponent).join(':');
}

/** The text that names a person everywhere. `PARLEY_ADMINS` uses the shorter `platform:id`, see {@link isUser}. */
export function userKey(user: UserRef): string {
  return [user.platform, user.team, user.id].map(encodeURIComponent).join(':');
}

/** Whether `platform:id`, as an admin writes it in the configuration, names this person. */
export function isUser(user: UserRef, written: string): boolean {
  return written === `${user.platform}:${user.id}`;
}

/** The event key of a message: the same however often, and through whichever thread, it is told. */
export function messageKey(ref: MessageRef): string {
  return ['message', ref.place.platform, ref.place.team, ref.place.channel, ref.id].map(encodeURIComponent).join(':');
}
