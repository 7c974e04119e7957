// Many calls become one.

const WAIT_MS = 400;

/** A function that calls `work` once, a moment after the first of its calls. */
export function soon(work: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      work();
    }, WAIT_MS);
  };
}
