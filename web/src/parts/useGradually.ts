// A list whose first ones are drawn before the others are begun: what is in sight does not wait for what is not.
import { startTransition, useEffect, useState } from 'react';

/** The first `few` when the list comes, all as soon as these stand. A list that is there already is drawn whole: one goes back to a place in it. */
export function useGradually<T>(list: readonly T[], few: number): readonly T[] {
  const there = list.length > 0;
  const [whole, setWhole] = useState(there);
  useEffect(() => {
    if (there) startTransition(() => setWhole(true));
  }, [there]);
  return whole ? list : list.slice(0, few);
}
