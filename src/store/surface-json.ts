import * as z from 'zod';
import type { SurfaceRef } from '../chat/adapter.ts';
import { storedShapes } from './stored-shapes.ts';
import { openTrigger, sealTrigger, storedTrigger } from './stored-trigger.ts';
import type { Vault } from './vault.ts';

const surfaceJson = z.object({
  place: storedShapes.place,
  id: z.string(),
  openedAt: z.number(),
  via: storedTrigger.nullable(),
});

/** A surface as JSON, with the token of its trigger sealed for `bound` and for nothing else. */
export function writeSurface({ place, id, openedAt, via }: SurfaceRef, vault: Vault, bound: string): string {
  return JSON.stringify({ place, id, openedAt, via: via && sealTrigger(via, vault, bound) });
}

/** The surface that {@link writeSurface} wrote; its trigger is dead where {@link openTrigger} says so. */
export function readSurface(json: string, vault: Vault, bound: string): SurfaceRef {
  const { via, ...surface } = surfaceJson.parse(JSON.parse(json));
  return { ...surface, via: via && openTrigger(via, vault, bound) };
}
