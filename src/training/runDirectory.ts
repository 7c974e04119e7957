// The directory of a run holds checkpoints while it runs and a whole model when it is done.
import path from 'node:path';
import { exists } from '../inference/checkpoint/weights.js';

/** Whether a stage has finished in this directory: the weights are written last, and then the checkpoint is removed. */
export async function isFinished(out: string): Promise<boolean> {
  return (await exists(path.join(out, 'model.safetensors'))) && !(await exists(path.join(out, 'checkpoint.bin')));
}
