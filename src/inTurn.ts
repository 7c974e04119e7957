/** Gives work its turn: at most `atOnce` of it is under way, the rest begins in the order in which it was given. */
export function inTurn(atOnce: number): <T>(work: () => Promise<T>) => Promise<T> {
  let underWay = 0;
  const line: (() => void)[] = [];
  return async (work) => {
    if (underWay >= atOnce) await new Promise<void>((resolve) => line.push(resolve));
    else underWay += 1;
    try {
      return await work();
    } finally {
      // The place goes to the next, so that nobody who comes meanwhile can take it.
      const next = line.shift();
      if (next) next();
      else underWay -= 1;
    }
  };
}
