import * as z from 'zod';

/** What is written into a message. */
export const writtenSchema = z.object({ channel: z.string(), text: z.string() });
export type Written = z.infer<typeof writtenSchema>;

/** The answer to a new message. */
export const openedSchema = z.object({ id: z.string() });

/** The answer to a call past the rates. */
export const refusedSchema = z.object({ retryMs: z.number() });

/** What stands in the end: the messages of each channel joined, with the times of the first and of the last call. */
export const reportSchema = z.object({
  channels: z.record(z.string(), z.object({ text: z.string(), firstAt: z.number(), lastAt: z.number() })),
  calls: z.number(),
  refused: z.number(),
});
