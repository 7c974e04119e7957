// The thread's side of thread.ts.
import { parentPort } from 'node:worker_threads';
import { AppError, messageOf } from '../errors.js';
import type { TaskAnswer } from './thread.js';

/** Opens what the thread works with and answers the tasks that come; an error is sent back as the answer. */
export async function serveTasks<Opened, Task>(
  open: () => Promise<Opened>,
  done: (opened: Opened, task: Task) => unknown,
): Promise<void> {
  const port = parentPort!;
  const answer = (message: TaskAnswer) => port.postMessage(message);
  const failed = (error: unknown) =>
    answer({ error: { code: error instanceof AppError ? error.code : undefined, message: messageOf(error) } });
  try {
    const opened = await open();
    port.on('message', (task: Task) => {
      Promise.resolve()
        .then(() => done(opened, task))
        .then((result) => answer({ result }), failed);
    });
    answer({ result: undefined });
  } catch (error) {
    failed(error);
  }
}
