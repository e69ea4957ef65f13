const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });
const month = new Intl.DateTimeFormat(undefined, { month: 'long', year: 'numeric' });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'long' });
const DAY_MS = 86_400_000;

/** `14:05`. */
export function timeOf(at: number): string {
  return clock.format(at);
}

/** The whole date, for who rests on a time. */
export function momentOf(at: number): string {
  return full.format(at);
}

/** The heading under which a conversation used then stands in the list. */
export function dayOf(at: number, now: number = Date.now()): string {
  const today = new Date(now).setHours(0, 0, 0, 0);
  if (at >= today) return 'Today';
  if (at >= today - DAY_MS) return 'Yesterday';
  if (at >= today - 6 * DAY_MS) return weekday.format(at);
  return month.format(at);
}

/** `1.2 MB`, in the units in which the settings count. */
export function sizeOf(bytes: number): string {
  if (bytes < 1_024) return `${bytes} bytes`;
  if (bytes < 1_024 ** 2) return `${Math.round(bytes / 1_024)} kB`;
  return `${Number((bytes / 1_024 ** 2).toFixed(1))} MB`;
}
