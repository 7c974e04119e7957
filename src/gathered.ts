// Batches of what there is: for work of which many together cost hardly more than one.
import DataLoader from 'dataloader';

/**
 * One call of `run` at a time; what is given meanwhile goes together into the next one, up to `most`. `run` gives a result for each, in
 * their order, or an error for one that has to fail; what it rejects with fails them all.
 */
export function gathered<T, R>(
  run: (items: readonly T[]) => Promise<readonly (R | Error)[]>,
  { most }: { readonly most: number },
): (item: T) => Promise<R> {
  let underWay: Promise<unknown> = Promise.resolve();
  const loader = new DataLoader<T, R>(
    (items) => {
      const running = run(items);
      underWay = running.catch(() => undefined);
      return running;
    },
    // Not before whoever else is about to give something had a chance to.
    { cache: false, maxBatchSize: most, batchScheduleFn: (send) => void underWay.then(() => setImmediate(send)) },
  );
  return (item) => loader.load(item);
}
