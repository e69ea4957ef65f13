import * as z from 'zod';
import type { Trigger } from '../chat/events.ts';
import { Secret } from '../chat/secret.ts';
import { storedShapes } from './stored-shapes.ts';
import type { Vault } from './vault.ts';

/** A trigger in a row: what it holds but its token, and that sealed. */
export const storedTrigger = z.object({
  platform: z.string(),
  id: z.string(),
  place: storedShapes.place,
  user: storedShapes.user,
  sealed: z.string(),
  expiresAt: z.number(),
  private: z.boolean(),
});

/** The trigger as it may stand in a row, its token sealed for `bound` and for nothing else. */
export function sealTrigger(trigger: Trigger, vault: Vault, bound = trigger.id): z.input<typeof storedTrigger> {
  const { token, ...open } = trigger;
  return { ...open, sealed: vault.seal(token, bound) };
}

/**
 * The trigger of a row. A token that cannot be opened any more (the key was changed, or made up before a restart) leaves one that
 * is long dead: `expiresAt` 0 and an empty token, so that whoever reads it need not know why.
 */
export function openTrigger(stored: z.output<typeof storedTrigger>, vault: Vault, bound = stored.id): Trigger {
  const { sealed, ...open } = stored;
  const token = vault.open(sealed, bound);
  return token === null ? { ...open, token: new Secret(''), expiresAt: 0 } : { ...open, token };
}
