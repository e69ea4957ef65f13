import * as z from 'zod';
import { Secret } from '../chat/secret.ts';

/** What people need to know about a setting; README table, sample file and error messages are made of it. */
export interface About {
  /** One plain line for the README's table. */
  readonly meaning: string;
  /** A value as it might be written; a pattern for a secret, never a real one. */
  readonly example: string;
  /** What to do when it is wrong or missing. */
  readonly mend: string;
  readonly secret: boolean;
  /** The value it has when unset, as written; null when unset means off. */
  readonly fallback: string | null;
}

/** The {@link About} of each setting's schema. */
export const about = z.registry<About>();

type Told = Omit<About, 'secret' | 'fallback'>;

/** A setting that may be unset: null then. */
export function optional<S extends z.ZodType>(schema: S, told: Told) {
  const setting = schema.nullable().default(null);
  about.add(setting, { ...told, secret: false, fallback: null });
  return setting;
}

/** A setting with a value of its own when unset. `fallback` is as a person would write it. */
export function withDefault<S extends z.ZodType<unknown, string>>(schema: S, fallback: string, told: Told) {
  const setting = z.string().default(fallback).pipe(schema);
  about.add(setting, { ...told, secret: false, fallback });
  return setting;
}

/** A secret that may be unset. Errors name it and never show it. */
export function secret(check: z.ZodType<string, string>, told: Told) {
  const setting = check
    .transform((text) => new Secret(text))
    .nullable()
    .default(null);
  about.add(setting, { ...told, secret: true, fallback: null });
  return setting;
}

/** An http(s) address without credentials, as people paste it: spaces around and slashes at the end do no harm. */
export const address = z.string().transform((text, context) => {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.username || url.password) {
    context.addIssue({ code: 'custom', message: 'is not an address beginning with http:// or https://' });
    return z.NEVER;
  }
  return url.toString().replace(/\/+$/, '');
});

/** One of a few words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, { error: () => `must be one of: ${words.join(', ')}` });
}

/** A setting that is `on` or `off`, read as a boolean. `fallback` when unset. */
export function onOff(fallback: 'on' | 'off', meaning: string) {
  const isOn = oneOf(['on', 'off']).transform((word) => word === 'on');
  const example = fallback === 'on' ? 'off' : 'on';
  return withDefault(isOn, fallback, { meaning, example, mend: 'Write on or off' });
}

/** A comma list; spaces around entries do not count. */
export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ''),
);
