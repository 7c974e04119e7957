// The points of a window, fetched anew when the server says that the map is another one.
import { useEffect, useState } from 'react';
import { fetchPoints, type MapPoints } from './mapPoints.js';

export interface PointsState {
  /** Of the window that was asked for last. */
  readonly points: MapPoints | null;
  readonly error: unknown;
  again(): void;
}

/** Nothing is asked for until there is a version. */
export function useMapPoints(parameters: string, version: string | undefined): PointsState {
  const [found, setFound] = useState<{ parameters: string; points: MapPoints } | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [tries, setTries] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another version, or another try, is asked for anew
  useEffect(() => {
    if (version === undefined) return;
    const aborter = new AbortController();
    fetchPoints(parameters, aborter.signal).then(
      (points) => {
        setFound({ parameters, points });
        setError(null);
      },
      (failure: unknown) => {
        if (!aborter.signal.aborted) setError(failure);
      },
    );
    return () => aborter.abort();
  }, [parameters, version, tries]);
  return {
    points: found?.parameters === parameters ? found.points : null,
    error,
    again: () => setTries((before) => before + 1),
  };
}
