// All pictures of a data set through a captioner, as whoever serves them would see them captioned.
import { AppError } from '../errors.js';
import type { Captioner } from '../inference/captioner.js';
import type { DecodingOptions } from '../inference/inference.js';
import type { CaptionData } from './data/captionData.js';

export interface CaptionedPictures {
  /** By id, in the order of the data. */
  readonly captions: ReadonlyMap<string, string>;
  /** Pictures that could not be captioned, and why. */
  readonly failed: readonly { readonly id: string; readonly reason: string }[];
}

/** Captions the pictures, `batchSize` at a time. Throws AppError BAD_USER_INPUT where the decoding options do not fit the model. */
export async function captionPictures(
  captioner: Pick<Captioner, 'captionBatch'>,
  data: CaptionData,
  options: {
    readonly batchSize: number;
    readonly decoding: DecodingOptions;
    readonly onProgress?: (done: number) => void;
  },
): Promise<CaptionedPictures> {
  const captions = new Map<string, string>();
  const failed: { id: string; reason: string }[] = [];
  for (let start = 0; start < data.count; start += options.batchSize) {
    const indices = Array.from({ length: Math.min(options.batchSize, data.count - start) }, (_, i) => start + i);
    const images = await Promise.all(indices.map((i) => data.image(i)));
    const results = await captioner.captionBatch(images.map((image) => ({ image, options: options.decoding })));
    results.forEach((result, k) => {
      const id = data.idOf(indices[k]!);
      if (!(result instanceof AppError)) captions.set(id, result.caption);
      else if (result.code === 'BAD_USER_INPUT') throw result;
      else failed.push({ id, reason: result.message });
    });
    options.onProgress?.(start + indices.length);
  }
  return { captions, failed };
}
