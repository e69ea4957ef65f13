/** Local times of a form (`YYYY-MM-DDTHH:MM`) and the seconds since the epoch that Slack's picker speaks. Pure. */

/** The local time in a zone at these seconds. An unknown zone reads as UTC. */
export function localTime(seconds: number, zone: string | null): string {
  const parts = formatter(zone).formatToParts(new Date(seconds * 1000));
  const get = (type: string) => parts.find((part) => part.type === type)?.value ?? '00';
  return `${get('year')}-${get('month')}-${get('day')}T${get('hour')}:${get('minute')}`;
}

/** The seconds at this local time in a zone; null for what is no time. Of an hour that comes twice, one of them. */
export function secondsAt(local: string, zone: string | null): number | null {
  const wall = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(local) ? Date.parse(`${local}:00Z`) : Number.NaN;
  if (Number.isNaN(wall)) return null;
  let guess = wall;
  // The zone's offset depends on the time sought: two steps settle it on either side of a change.
  for (let step = 0; step < 2; step += 1) {
    const shown = Date.parse(`${localTime(guess / 1000, zone)}:00Z`);
    guess += wall - shown;
  }
  return Math.floor(guess / 1000);
}

function formatter(zone: string | null): Intl.DateTimeFormat {
  const fields = {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  } as const;
  try {
    return new Intl.DateTimeFormat('en-CA', { ...fields, timeZone: zone ?? 'UTC' });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return new Intl.DateTimeFormat('en-CA', { ...fields, timeZone: 'UTC' });
  }
}
