// What a key may do: each role may all that the ones before it may.
import type { Role } from '../db/generated/client.js';

export type { Role };

/** From the one that may least. Viewers read; analysts also change what is shown; admins also run the place. */
export const ROLES = ['VIEWER', 'ANALYST', 'ADMIN'] as const satisfies readonly Role[];

/** Whether a role may what is let to another. */
export function reaches(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
