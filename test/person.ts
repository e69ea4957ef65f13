import type { Person } from '../src/chat/messages.ts';

/** Somebody on the plain platform, of whom nothing is known but a name, or what is described. Their id is the name in lower case. */
export function person(name: string, more: Partial<Person> = {}): Person {
  return {
    ref: { platform: 'plain', team: 'T1', id: name.toLowerCase() },
    name,
    email: null,
    locale: null,
    timezone: null,
    bot: false,
    guest: false,
    stranger: false,
    groups: [],
    ...more,
  };
}
