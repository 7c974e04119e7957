// Many calls become one.

const WAIT_MS = 400;

/** A function that calls `work` once, a moment after the first of its calls. */
export function soon(work: () => void): () => void {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      work();
    }, WAIT_MS);
  };
}
