/** What is known of the person who runs a prompt. Null for what is not. */
export interface Profile {
  readonly name: string | null;
  readonly email: string | null;
  readonly bio: string | null;
  readonly gender: string | null;
  /** `YYYY-MM-DD`. */
  readonly birthDate: string | null;
  /** BCP 47. */
  readonly language: string | null;
}

/**
 * The system variables that have a value, by name. What is unknown is left out and so becomes a field: an e-mail address the
 * platform does not tell, the clipboard and the place that no chat platform knows. Dates are those of `zone` (IANA) at `now`
 * (milliseconds since the epoch); a zone that does not exist counts as UTC. Pure.
 */
export function systemVariables(profile: Profile, zone: string, now: number): Map<string, string> {
  const local = localTime(zone, now);
  const values = new Map<string, string>([
    ['USER_NAME', profile.name || 'User'],
    ['USER_LANGUAGE', profile.language || 'en-US'],
    ['CURRENT_DATE', local.date],
    ['CURRENT_TIME', local.time],
    ['CURRENT_DATETIME', `${local.date} ${local.time}`],
    ['CURRENT_TIMEZONE', local.zone],
    ['CURRENT_WEEKDAY', local.weekday],
  ]);
  const age = profile.birthDate && ageOn(profile.birthDate, local.date);
  const known = [
    ['USER_EMAIL', profile.email],
    ['USER_BIO', profile.bio],
    ['USER_GENDER', profile.gender],
    ['USER_BIRTH_DATE', profile.birthDate],
    ['USER_AGE', age],
  ] as const;
  for (const [name, value] of known) if (value) values.set(name, value);
  return values;
}

function localTime(zone: string, now: number): { date: string; time: string; weekday: string; zone: string } {
  const format = formatIn(zone);
  const parts = new Map(format.formatToParts(now).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  return {
    date: `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`,
    time: `${part('hour')}:${part('minute')}:${part('second')}`,
    weekday: part('weekday'),
    zone: format.resolvedOptions().timeZone,
  };
}

function formatIn(zone: string): Intl.DateTimeFormat {
  const shape = {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    weekday: 'long',
    hourCycle: 'h23',
  } as const;
  try {
    return new Intl.DateTimeFormat('en-US', { ...shape, timeZone: zone });
  } catch (error) {
    if (error instanceof RangeError) return new Intl.DateTimeFormat('en-US', { ...shape, timeZone: 'UTC' });
    throw error;
  }
}

function ageOn(birthDate: string, today: string): string | null {
  const born = /^(\d{4})-(\d{2}-\d{2})/.exec(birthDate);
  if (!born) return null;
  const before = today.slice(5) < (born[2] ?? '');
  const years = Number(today.slice(0, 4)) - Number(born[1]) - (before ? 1 : 0);
  return years >= 0 ? String(years) : null;
}
