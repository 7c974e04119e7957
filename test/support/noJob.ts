import type { Complete } from '../../src/jobs/runQueue.js';

/** For work that is run without a job of the queue: there is nothing to settle. */
export const noJob: Complete = Object.assign(async () => undefined, {
  job: { id: '00000000-0000-0000-0000-000000000000', retryCount: 0 },
  done: () => undefined,
});
