// A worker thread that answers tasks, one at a time; its other side is serveTasks.ts.
import { Worker } from 'node:worker_threads';
import { entryPoint } from '../entryPoint.js';
import { AppError, type AppErrorCode } from '../errors.js';

export type TaskAnswer =
  | { readonly result: unknown }
  | { readonly error: { readonly code: AppErrorCode | undefined; readonly message: string } };

export interface Thread {
  /** Sends a task and waits for its result. Rejects with the thread's own error, and where the thread has ended. Ask again only when answered. */
  ask(task: unknown): Promise<unknown>;
  /** Ends it at once. */
  end(): Promise<void>;
}

/** Starts the compiled script of a thread, given as in `new URL(relative, import.meta.url)`, and waits until it serves. */
export async function startThread(relative: string, base: string, workerData: unknown): Promise<Thread> {
  const worker = new Worker(entryPoint(relative, base), { workerData });
  const answer = () =>
    new Promise<unknown>((resolve, reject) => {
      const settle = (message: TaskAnswer) => {
        worker.off('error', fail).off('exit', gone);
        if ('error' in message) reject(errorOf(message.error));
        else resolve(message.result);
      };
      const fail = (error: unknown) => reject(error);
      const gone = () => reject(new Error(`${relative}: the thread ended`));
      worker.once('message', settle).once('error', fail).once('exit', gone);
    });
  await answer();
  return {
    ask(task) {
      const done = answer();
      worker.postMessage(task);
      return done;
    },
    async end() {
      await worker.terminate();
    },
  };
}

function errorOf({ code, message }: { code: AppErrorCode | undefined; message: string }): Error {
  return code === undefined ? new Error(message) : new AppError(code, message);
}
