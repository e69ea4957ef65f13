import type * as z from 'zod';

/** Something wrong with the settings as a whole, such as half a pair: which setting, what, and how to mend it. */
export interface Complaint {
  readonly setting: string;
  readonly what: string;
  readonly mend: string;
}

/**
 * A part of the configuration: the settings of one server, one platform or one room. `main.ts` puts the parts together;
 * a platform's part lives in its adapter's folder.
 */
export interface ConfigPart<Shape extends z.ZodRawShape = z.ZodRawShape> {
  readonly title: string;
  readonly shape: Shape;
  /** What no single setting can tell. `isSet` says whether a setting was given any value; `written` is that value, null for none and for a secret. */
  check?(isSet: (setting: string) => boolean, written: (setting: string) => string | null): readonly Complaint[];
}

/** A complaint for each name that is missing while another of the group is set. For settings that only work together. */
export function together(isSet: (setting: string) => boolean, names: readonly string[], mend: string): Complaint[] {
  const given = names.filter(isSet);
  if (given.length === 0 || given.length === names.length) return [];
  return names
    .filter((name) => !given.includes(name))
    .map((setting) => ({
      setting,
      what: `is missing, but ${given.join(' and ')} ${given.length === 1 ? 'is' : 'are'} set`,
      mend,
    }));
}
