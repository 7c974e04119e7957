// The questions of the spanning tree, shared out among threads: each has an index of its own over the same points.
import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { startThread, type Thread } from '../../threads/thread.js';
import {
  emptyNeighbours,
  type LocalIndex,
  type Neighbours,
  type OutsideAnswers,
  type OutsideQuestion,
} from './nearness.js';
import type { Points } from './points.js';
import { productIndex } from './productIndex.js';
import { treeIndex } from './treeIndex.js';

/** tree: leaves out far boxes. products: compares with all, fast. */
export type IndexKind = 'tree' | 'products';

export interface IndexOptions {
  /** Default: what is faster for that many points of that many dimensions. */
  readonly kind?: IndexKind;
  /** Default: one per core. */
  readonly threads?: number;
}

/** What a thread works with. */
export interface IndexStart {
  readonly points: Points;
  readonly kind: IndexKind;
}

/** What a thread is asked: of places [from, to) of its index's order the k nearest; or what is nearest outside. */
export type IndexTask =
  | { readonly nearest: { readonly from: number; readonly to: number; readonly k: number } }
  | { readonly outside: OutsideQuestion };

/** Rows of neighbours, and whose they are. */
export interface NearestAnswer {
  readonly points: Int32Array;
  readonly neighbours: Neighbours;
}

export interface PointIndex {
  /** `k` at most the number of points. */
  nearest(k: number): Promise<Neighbours>;
  nearestOutside(question: OutsideQuestion): Promise<OutsideAnswers>;
  dispose(): Promise<void>;
}

/** Threads take some 50 ms to start: less is compared sooner in this one. */
const THREADED = 2 ** 22;
/** Points of a question: threads that others slow down answer fewer questions, and in a thread that others use they get their turn in between. */
const PART = 1024;

/** Opens an index over points no two of which are equal. */
export async function pointIndex(points: Points, options: IndexOptions = {}): Promise<PointIndex> {
  const { kind = kindFor(points), threads = availableParallelism() } = options;
  const alone = threads < 2 || points.count * points.count < THREADED;
  const askers = alone ? [await inThisThread({ points, kind })] : await inThreads({ points, kind }, threads);
  return {
    async nearest(k) {
      const all = emptyNeighbours(points.count, k);
      const tasks = ranges(points.count).map(([from, to]): IndexTask => ({ nearest: { from, to, k } }));
      await shareOut(askers, tasks, (_, answer) => {
        const { points: asked, neighbours } = answer as NearestAnswer;
        asked.forEach((point, row) => {
          all.indices.set(neighbours.indices.subarray(row * k, (row + 1) * k), point * k);
          all.squared.set(neighbours.squared.subarray(row * k, (row + 1) * k), point * k);
        });
      });
      return all;
    },
    async nearestOutside(question) {
      const count = question.points.length;
      const [targets, reaches] = [new Int32Array(count), new Float64Array(count)];
      const starts = ranges(count);
      const tasks = starts.map(
        ([from, to]): IndexTask => ({ outside: { ...question, points: question.points.slice(from, to) } }),
      );
      await shareOut(askers, tasks, (place, answer) => {
        const found = answer as OutsideAnswers;
        targets.set(found.targets, starts[place]![0]);
        reaches.set(found.reaches, starts[place]![0]);
      });
      return { targets, reaches };
    },
    async dispose() {
      await Promise.all(askers.map((asker) => asker.end()));
    },
  };
}

/** Opens the index of a thread. */
export async function openIndex({ points, kind }: IndexStart): Promise<LocalIndex> {
  return kind === 'tree' ? treeIndex(points) : await productIndex(points);
}

export async function answerTask(index: LocalIndex, task: IndexTask): Promise<NearestAnswer | OutsideAnswers> {
  if ('outside' in task) return await index.nearestOutside(task.outside);
  const { from, to, k } = task.nearest;
  const points = index.order.slice(from, to);
  return { points, neighbours: await index.nearest(points, k) };
}

/** Dimensions up to which boxes can be left out: at 20,000 points of 4 the tree takes 0.8 s and products 1.7, of 8 both 1.6, of 10 it is 2.7 and 1.8. */
const TREE_WIDTH = 8;

function kindFor({ width }: Points): IndexKind {
  return width <= TREE_WIDTH ? 'tree' : 'products';
}

async function inThisThread(start: IndexStart): Promise<Thread> {
  const index = await openIndex(start);
  return {
    async ask(task) {
      // A server has other things to do in this thread: they come between questions.
      await setImmediate();
      return await answerTask(index, task as IndexTask);
    },
    end: () => index.dispose(),
  };
}

async function inThreads({ points, kind }: IndexStart, threads: number): Promise<Thread[]> {
  const shared = new Float64Array(new SharedArrayBuffer(points.values.byteLength));
  shared.set(points.values);
  const workerData: IndexStart = { points: { ...points, values: shared }, kind };
  return await Promise.all(
    Array.from({ length: threads }, () => startThread('./indexThread.js', import.meta.url, workerData)),
  );
}

/** Each asker takes the next task when it has answered one. */
async function shareOut(
  askers: readonly Thread[],
  tasks: readonly IndexTask[],
  learn: (place: number, answer: unknown) => void,
): Promise<void> {
  let next = 0;
  const work = async (asker: Thread) => {
    for (let place = next++; place < tasks.length; place = next++) learn(place, await asker.ask(tasks[place]));
  };
  await Promise.all(askers.map(work));
}

function ranges(count: number): [from: number, to: number][] {
  return Array.from({ length: Math.ceil(count / PART) }, (_, i) => [i * PART, Math.min(count, (i + 1) * PART)]);
}
