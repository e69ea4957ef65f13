import * as z from 'zod';
import type { SurfaceRef } from '../chat/adapter.ts';
import { Secret } from '../chat/secret.ts';
import { placeJson, userJson } from './place-json.ts';
import type { Vault } from './vault.ts';

const surfaceJson = z.object({
  place: placeJson,
  id: z.string(),
  openedAt: z.number(),
  via: z
    .object({
      platform: z.string(),
      id: z.string(),
      place: placeJson,
      user: userJson,
      sealed: z.string(),
      expiresAt: z.number(),
      private: z.boolean(),
    })
    .nullable(),
});

/** A surface as JSON, with the token of its trigger sealed for `bound` and for nothing else. */
export function writeSurface(ref: SurfaceRef, vault: Vault, bound: string): string {
  const { place, id, openedAt, via } = ref;
  if (via === null) return JSON.stringify({ place, id, openedAt, via: null });
  const { token, ...rest } = via;
  return JSON.stringify({ place, id, openedAt, via: { ...rest, sealed: vault.seal(token, bound) } });
}

/**
 * The surface that {@link writeSurface} wrote. A token that cannot be opened any more (the key was changed, or made up before a
 * restart) leaves a trigger that is long dead: `expiresAt` 0 and an empty token, so that whoever reads it need not know why.
 */
export function readSurface(json: string, vault: Vault, bound: string): SurfaceRef {
  const { via, ...surface } = surfaceJson.parse(JSON.parse(json));
  if (via === null) return { ...surface, via: null };
  const { sealed, ...rest } = via;
  const token = vault.open(sealed, bound);
  return { ...surface, via: token === null ? { ...rest, token: new Secret(''), expiresAt: 0 } : { ...rest, token } };
}
