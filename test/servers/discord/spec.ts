import * as z from 'zod';
import type * as mini from 'zod/mini';
import type { FormFault } from './errors.ts';
import { invalidForm } from './errors.ts';
import { allowedMentions } from './mentions.ts';
import type { Wire } from './wire.ts';

const wire = z.custom<Wire>((value) => typeof value === 'object' && value !== null && !Array.isArray(value));

/** The fields of a message body that the fake acts on, for creating, editing, follow-ups and callbacks alike. */
export const messageBody = z.object({
  content: z.string().nullish(),
  embeds: z.array(wire).nullish(),
  components: z.array(wire).nullish(),
  attachments: z
    .array(z.object({ id: z.coerce.string(), filename: z.string().nullish(), description: z.string().nullish() }))
    .nullish(),
  flags: z.number().nullish(),
  allowed_mentions: allowedMentions.nullish(),
  nonce: z.union([z.string(), z.number()]).nullish(),
  enforce_nonce: z.boolean().nullish(),
  message_reference: z
    .object({
      message_id: z.string(),
      channel_id: z.string().nullish(),
      guild_id: z.string().nullish(),
      fail_if_not_exists: z.boolean().nullish(),
      type: z.number().nullish(),
    })
    .nullish(),
  sticker_ids: z.array(z.string()).nullish(),
  poll: z.unknown().optional(),
});
export type MessageBody = z.infer<typeof messageBody>;

/** Checks a body against Discord's published description, then reads the fields we need. Throws 50035 with every fault. */
export function checked<T>(spec: mini.ZodMiniType<unknown>, pick: z.ZodType<T>, body: unknown): T {
  const given = body ?? {};
  const first = spec.safeParse(given);
  if (!first.success) throw invalidForm(faultsOf(first.error.issues));
  const second = pick.safeParse(given);
  if (!second.success) throw invalidForm(faultsOf(second.error.issues));
  return second.data;
}

/** zod's issues as Discord words them. Of a union's branches the one with the fewest complaints speaks. */
export function faultsOf(issues: readonly z.core.$ZodIssue[], base: readonly (string | number)[] = []): FormFault[] {
  return issues.flatMap((issue): FormFault[] => {
    const path = [...base, ...issue.path.map((step) => (typeof step === 'number' ? step : String(step)))];
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      const best = [...issue.errors].sort((a, b) => deepest(b) - deepest(a) || a.length - b.length)[0] ?? [];
      return faultsOf(best, path);
    }
    if (issue.code === 'too_big') {
      return [{ path, code: 'BASE_TYPE_BAD_LENGTH', message: `Must be ${issue.maximum} or fewer in length.` }];
    }
    if (issue.code === 'too_small') {
      return [{ path, code: 'BASE_TYPE_BAD_LENGTH', message: `Must be at least ${issue.minimum} in length.` }];
    }
    if (issue.code === 'invalid_type' && issue.input === undefined) {
      return [{ path, code: 'BASE_TYPE_REQUIRED', message: 'This field is required' }];
    }
    return [{ path, code: 'BASE_TYPE_INVALID', message: issue.message }];
  });
}

/** A branch whose `type` fits complains deeper than one that is of another kind altogether. */
function deepest(issues: readonly z.core.$ZodIssue[]): number {
  const aboutType = issues.some((issue) => issue.path.at(-1) === 'type');
  return (aboutType ? 0 : 100) + Math.max(0, ...issues.map((issue) => issue.path.length));
}
