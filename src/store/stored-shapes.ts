import * as z from 'zod';
import { PROBLEM_KINDS, type Problem } from '../chat/errors.ts';
import type { FileRef, Message, Person } from '../chat/messages.ts';
import type { MessageRef, Place, UserRef } from '../chat/places.ts';

const place = z.object({
  platform: z.string(),
  team: z.string(),
  channel: z.string(),
  thread: z.string().nullable(),
  kind: z.enum(['direct', 'private', 'public']),
}) satisfies z.ZodType<Place>;

const user = z.object({ platform: z.string(), team: z.string(), id: z.string() }) satisfies z.ZodType<UserRef>;

const person = z.object({
  ref: user,
  name: z.string(),
  email: z.string().nullable(),
  locale: z.string().nullable(),
  timezone: z.string().nullable(),
  bot: z.boolean(),
  guest: z.boolean(),
  stranger: z.boolean(),
  // Rows of an older version know of none.
  groups: z.array(z.string()).default([]),
}) satisfies z.ZodType<Person>;

const file = z.object({
  platform: z.string(),
  id: z.string(),
  name: z.string(),
  type: z.string(),
  size: z.number().nullable(),
  token: z.string(),
}) satisfies z.ZodType<FileRef>;

const messageRef = z.object({ place, id: z.string() }) satisfies z.ZodType<MessageRef>;

const message = z.object({
  ref: messageRef,
  author: person,
  text: z.string(),
  files: z.array(file),
  at: z.number(),
  ours: z.boolean(),
  thread: place.optional(),
}) satisfies z.ZodType<Message>;

const problem = z.object({
  kind: z.enum(PROBLEM_KINDS),
  retry: z.discriminatedUnion('when', [
    z.object({ when: z.literal('never') }),
    z.object({ when: z.literal('later') }),
    z.object({ when: z.literal('after'), ms: z.number() }),
  ]),
  say: z.string(),
  detail: z.string(),
}) satisfies z.ZodType<Problem>;

/** How places, people, messages, files and problems are read back from the JSON of a row. */
export const storedShapes = { place, user, person, file, messageRef, message, problem };
