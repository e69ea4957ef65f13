import { describe, expect, it } from 'vitest';
import { type Profile, systemVariables } from '../../src/prompts/system-variables.ts';

const ANN: Profile = { name: 'Ann', email: null, bio: null, gender: null, birthDate: null, language: null };
const NOW = Date.parse('2026-11-21T23:05:09Z');

function values(profile: Partial<Profile> = {}, zone = 'UTC', now = NOW) {
  return Object.fromEntries(systemVariables({ ...ANN, ...profile }, zone, now));
}

describe('system variables', () => {
  it('tell date and time in the given zone', () => {
    expect(values({}, 'Europe/Berlin')).toMatchObject({
      CURRENT_DATE: '2026-11-22',
      CURRENT_TIME: '00:05:09',
      CURRENT_DATETIME: '2026-11-22 00:05:09',
      CURRENT_TIMEZONE: 'Europe/Berlin',
      CURRENT_WEEKDAY: 'Sunday',
    });
  });

  it('take a zone that does not exist as UTC', () => {
    expect(values({}, 'Mars/Olympus')).toMatchObject({ CURRENT_TIMEZONE: 'UTC', CURRENT_DATE: '2026-11-21' });
  });

  it('leave out what is not known, so that it is asked for', () => {
    expect(Object.keys(values()).sort()).toEqual([
      'CURRENT_DATE',
      'CURRENT_DATETIME',
      'CURRENT_TIME',
      'CURRENT_TIMEZONE',
      'CURRENT_WEEKDAY',
      'USER_LANGUAGE',
      'USER_NAME',
    ]);
  });

  it('tell what the profile tells, and the age on that day', () => {
    expect(
      values({ email: 'ann@example.org', birthDate: '1990-11-22', bio: 'b', gender: 'g', language: 'de' }),
    ).toMatchObject({
      USER_EMAIL: 'ann@example.org',
      USER_BIRTH_DATE: '1990-11-22',
      USER_AGE: '35',
      USER_BIO: 'b',
      USER_LANGUAGE: 'de',
    });
    expect(values({ birthDate: '1990-11-22' }, 'Europe/Berlin')).toMatchObject({ USER_AGE: '36' });
  });

  it('fall back where the name and language are unknown', () => {
    expect(values({ name: null })).toMatchObject({ USER_NAME: 'User', USER_LANGUAGE: 'en-US' });
  });
});
