import * as z from 'zod';
import type { Place, UserRef } from '../chat/places.ts';

/** A {@link Place} as it is read back from JSON. */
export const placeJson = z.object({
  platform: z.string(),
  team: z.string(),
  channel: z.string(),
  thread: z.string().nullable(),
  kind: z.enum(['direct', 'private', 'public']),
}) satisfies z.ZodType<Place>;

/** A {@link UserRef} as it is read back from JSON. */
export const userJson = z.object({
  platform: z.string(),
  team: z.string(),
  id: z.string(),
}) satisfies z.ZodType<UserRef>;
