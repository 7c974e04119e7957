// Lays a map out in a thread of its own: it takes seconds, and whoever asks has others to answer.
import type { Matrix } from '../../matrix.js';
import { startThread } from '../../threads/thread.js';
import type { LaidOut, LayOutOptions } from './layOut.js';

export interface LayOutTask {
  readonly vectors: Matrix;
  readonly options: LayOutOptions;
}

/** As `layOut`. */
export async function layOutAside(vectors: Matrix, options: LayOutOptions = {}): Promise<LaidOut> {
  const thread = await startThread('./layOutThread.js', import.meta.url, undefined);
  try {
    return (await thread.ask({ vectors, options } satisfies LayOutTask)) as LaidOut;
  } finally {
    await thread.end();
  }
}
