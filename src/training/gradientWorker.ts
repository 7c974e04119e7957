// The thread of a shard: see gradientThread.ts.
import { workerData } from 'node:worker_threads';
import { serveTasks } from '../threads/serveTasks.js';
import { update } from './adamw.js';
import { openShard, type Shard } from './gradientShard.js';
import { received, type ShardStart, type ShardTask } from './gradientThread.js';

const { differentiated, shared, part } = workerData as ShardStart;

const values = new Float32Array(shared.values);
const gradients = new Float32Array(shared.gradients);
const sums = shared.sums.map((buffer) => new Float32Array(buffer));
/** What the session works on. */
const own = { values: new Float32Array(values.length), gradients: new Float32Array(values.length) };

async function done(shard: Shard, task: ShardTask): Promise<unknown> {
  if ('run' in task) {
    own.values.set(values);
    const figures = await shard.run(task.run.map(received));
    sums[part.place]!.set(own.gradients);
    return figures;
  }
  if ('average' in task) return average(task.average);
  update({ values, gradients, ...task.update.state }, task.update.plan, part);
  return undefined;
}

/** This part of all sums' sum, divided; returns the sum of its squares. Two at a time: a loop over all sums at each number takes twice as long. */
function average(count: number): number {
  const [first, second, ...others] = sums as [Float32Array, Float32Array, ...Float32Array[]];
  for (const other of others) for (let i = part.from; i < part.to; i += 1) first[i]! += other[i]!;
  let squares = 0;
  for (let i = part.from; i < part.to; i += 1) {
    const mean = Math.fround((first[i]! + second[i]!) / count);
    gradients[i] = mean;
    squares += mean * mean;
  }
  return squares;
}

await serveTasks(() => openShard(differentiated, own, part.threads), done);
