import * as z from 'zod';
import type { Clock } from '../chat/clock.ts';
import type { Person } from '../chat/messages.ts';
import type { Place } from '../chat/places.ts';
import { userKey } from '../chat/places.ts';
import type { Body } from '../chat/view.ts';
import type { Next } from '../commands/registry.ts';
import type { FormSessions } from '../store/port.ts';
import { storedShapes } from '../store/stored-shapes.ts';
import { controlId } from '../turn/control-id.ts';
import { newSessionId } from './form-sessions.ts';

/** Buttons under words that run a command: what they do is kept an hour, for the person who was told, also over a restart. */
export interface NextButtons {
  /** The words with the buttons under them. */
  under(body: Body, next: readonly Next[], use: NextUse): Promise<Body>;
  /** What a pressed button runs; a sentence when it is somebody else's, null when it is over. */
  find(id: string, index: number, person: Person): Promise<(NextUse & { readonly next: Next }) | string | null>;
}

/** Whose the buttons are and where they stand. */
export interface NextUse {
  readonly author: Person['ref'];
  readonly place: Place;
  readonly conversation: Place;
}

const KEPT_MS = 3_600_000;

const next = z.object({
  label: z.string(),
  style: z.enum(['plain', 'primary', 'danger']),
  command: z.string(),
  options: z.record(z.string(), z.string()),
  choose: z
    .object({ option: z.string(), choices: z.array(z.object({ label: z.string(), value: z.string() })) })
    .optional(),
  instead: z.boolean().optional(),
}) satisfies z.ZodType<Next>;
const kept = z.object({
  author: z.object({ platform: z.string(), team: z.string(), id: z.string() }),
  place: storedShapes.place,
  conversation: storedShapes.place,
  next: z.array(next),
});

/** See {@link NextButtons}. */
export function createNextButtons(sessions: FormSessions, clock: Clock): NextButtons {
  return {
    async under(body, buttons, { author, place, conversation }) {
      if (buttons.length === 0) return body;
      const id = newSessionId();
      await sessions.put({
        id,
        user: userKey(author),
        kind: 'next',
        data: JSON.stringify({ author, place, conversation, next: buttons }),
        expiresAt: clock.now() + KEPT_MS,
      });
      const made = buttons.flatMap(({ label, style, choose }, index) =>
        choose ? [] : [{ id: controlId('next', id, index), label, style, role: 'other' } as const],
      );
      const list = buttons.findLastIndex((button) => button.choose);
      const { label: placeholder = '', choose } = buttons[list] ?? {};
      const menu = choose ? { id: controlId('next', id, list), placeholder, choices: choose.choices } : null;
      return { ...body, controls: { buttons: [...(body.controls?.buttons ?? []), ...made], menu } };
    },
    async find(id, index, person) {
      const row = await sessions.get(id, clock.now());
      const read = kept.safeParse(row?.kind === 'next' ? JSON.parse(row.data) : null);
      const chosen = read.data?.next[index];
      if (!row || !read.success || !chosen) return null;
      if (row.user !== userKey(person.ref))
        return 'Those buttons are for the person who asked. Run the command yourself.';
      const { author, place, conversation } = read.data;
      return { author, place, conversation, next: chosen };
    },
  };
}
