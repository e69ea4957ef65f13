import type { Person } from '../chat/messages.ts';
import { isUser } from '../chat/places.ts';

/** Who may use Parley at all, and who may do what others asked for. One check for every way in. */
export interface Access {
  /** Null when this person may; else a sentence for them, or an empty one for those who get no answer at all (programs). */
  refusal(person: Person): string | null;
  isAdmin(person: Person): boolean;
}

/**
 * The access rules. `admins` are written `platform:id`; `admits` tells whether a platform is set to answer guests, or people of
 * other organisations. Programs are never answered.
 */
export function createAccess(options: {
  admins: readonly string[];
  admits(platform: string, whom: 'guests' | 'strangers'): boolean;
}): Access {
  return {
    refusal(person) {
      if (person.bot) return '';
      if (person.stranger && !options.admits(person.ref.platform, 'strangers'))
        return 'I only answer members of this team. Ask somebody here to put your question to me.';
      if (person.guest && !options.admits(person.ref.platform, 'guests'))
        return 'I do not answer guests here. Ask a member of the team to put your question to me.';
      return null;
    },
    isAdmin: (person) => options.admins.some((written) => isUser(person.ref, written)),
  };
}
