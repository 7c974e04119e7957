// The window of a map, as the server is asked for it: only what it needs to be told.
import type { MapView } from '../../routes.js';

/** The longest window that the server takes. */
export const ALL_HOURS = 87_600;

export function windowOf({ hours, since, until }: MapView): { hours?: number; since?: string; until?: string } {
  return {
    ...(hours !== undefined && since === undefined && { hours: hours === 'all' ? ALL_HOURS : hours }),
    ...(since !== undefined && { since: new Date(since).toISOString() }),
    ...(until !== undefined && { until: new Date(until).toISOString() }),
  };
}
