// The image processor's settings of a model directory, wherever they stand.
import path from 'node:path';
import { exists, readJson } from './weights.js';

/** The files that hold them: part of a model's identity. */
export const PREPROCESSOR_FILES = ['preprocessor_config.json', 'processor_config.json'] as const;

/**
 * Parsed preprocessor_config.json; where there is none, `image_processor` of processor_config.json, which transformers 5
 * writes instead when it saves a whole processor. Throws AppError BAD_MODEL where neither is there.
 */
export async function readPreprocessor(directory: string): Promise<unknown> {
  const [own, whole] = PREPROCESSOR_FILES.map((name) => path.join(directory, name)) as [string, string];
  if (!(await exists(own)) && (await exists(whole))) {
    const { image_processor: settings } = (await readJson(whole)) as { image_processor?: unknown };
    if (settings !== undefined) return settings;
  }
  return readJson(own);
}
