// Where training begins with nothing: a model of random weights in a folder of the run.
import { createModel } from '../modelDirectory.js';
import type { Preset } from '../preset.js';
import { once } from '../runDirectory.js';
import { runIdentity } from './stage.js';

/** Writes a captioner of random weights into `out`, once. Throws AppError CONFIG where it holds one of another seed or shape. */
export async function freshModel(out: string, preset: Preset, seed: number): Promise<void> {
  await once({ out, identity: runIdentity('fresh', { preset, seed }), redo: true }, async () => {
    await createModel(out, preset, seed);
    return {};
  });
}
