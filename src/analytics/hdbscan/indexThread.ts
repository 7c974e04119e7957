// A thread with an index of its own: see pointIndex.ts.
import { workerData } from 'node:worker_threads';
import { serveTasks } from '../../threads/serveTasks.js';
import type { LocalIndex } from './nearness.js';
import { answerTask, type IndexStart, type IndexTask, openIndex } from './pointIndex.js';

await serveTasks(
  () => openIndex(workerData as IndexStart),
  (index: LocalIndex, task: IndexTask) => answerTask(index, task),
);
