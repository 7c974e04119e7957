// Work that must not all be done at once.

/** `work`, at most `count` of it at a time, in the order of the calls. */
export function limited<T, R>(count: number, work: (item: T) => Promise<R>): (item: T) => Promise<R> {
  let free = count;
  const waiting: (() => void)[] = [];
  return async (item) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work(item);
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
