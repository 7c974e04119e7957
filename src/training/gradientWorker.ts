// The thread of a shard: see gradientThread.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { AppError, messageOf } from '../errors.js';
import { openShard } from './gradientShard.js';
import { received, type SentFeeds, type ShardAnswer, type ShardStart } from './gradientThread.js';

const port = parentPort!;
const { differentiated, threads, ...shared } = workerData as ShardStart;
const answer = (message: ShardAnswer) => port.postMessage(message);
const failed = (error: unknown) =>
  answer({ error: { code: error instanceof AppError ? error.code : undefined, message: messageOf(error) } });

try {
  const values = new Float32Array(shared.values.byteLength / 4);
  const gradients = new Float32Array(values.length);
  const shard = await openShard(differentiated, { values, gradients }, threads);
  port.on('message', (shares: readonly SentFeeds[]) => {
    values.set(new Float32Array(shared.values));
    shard
      .run(shares.map(received))
      .then((figures) => {
        new Float32Array(shared.gradients).set(gradients);
        answer({ figures });
      })
      .catch(failed);
  });
  answer({ figures: [] });
} catch (error) {
  failed(error);
}
