// Pictures -> the pixel values a model was trained on: Hugging Face's BlipImageProcessor on Pillow (transformers 5.18).
import { z } from 'zod';
import { AppError } from '../errors.js';
import { type DecodeLimits, decodeRgb } from './decodeRgb.js';
import type { ImageSource } from './inference.js';
import { RESAMPLE_NUMBERS, type RgbImage, resample } from './resample.js';

export { decodeRgb };

export interface ImageProcessor {
  readonly size: { readonly width: number; readonly height: number };
  /** Pixel values [3, height, width] of one picture. Rejects with BAD_IMAGE. */
  prepare(image: ImageSource): Promise<Float32Array>;
}

const side = z.number().int().min(1).max(4096);
const triple = z.union([z.number(), z.array(z.number()).length(3)]);
const schema = z.object({
  do_resize: z.boolean().nullish(),
  size: z.union([side, z.looseObject({ height: side.optional(), width: side.optional() })]).nullish(),
  resample: z.number().int().nullish(),
  do_rescale: z.boolean().nullish(),
  rescale_factor: z.number().nullish(),
  do_normalize: z.boolean().nullish(),
  image_mean: triple.nullish(),
  image_std: triple.nullish(),
  do_convert_rgb: z.boolean().nullish(),
  do_center_crop: z.boolean().nullish(),
  do_pad: z.boolean().nullish(),
});

/** CLIP's, which BlipImageProcessor takes where the file says nothing. */
const MEAN = [0.48145466, 0.4578275, 0.40821073];
const STD = [0.26862954, 0.26130258, 0.27577711];

/**
 * Reads a parsed preprocessor_config.json. Throws BAD_MODEL for what it asks that is not supported: sizes that depend on the
 * picture (shortest_edge and the like), crops, padding, pictures left in another colour space.
 */
export function createImageProcessor(preprocessorConfig: unknown, limits: DecodeLimits = {}): ImageProcessor {
  const parsed = schema.safeParse(preprocessorConfig);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new AppError('BAD_MODEL', `preprocessor_config.json: ${problems.join('; ')}`);
  }
  const config = parsed.data;
  const size = sizeOf(config.size ?? { height: 384, width: 384 });
  const kind = config.resample ?? 3;
  refuse(config.do_resize === false, 'do_resize = false (pictures come in all sizes)');
  refuse(config.do_center_crop === true, 'do_center_crop');
  refuse(config.do_pad === true, 'do_pad');
  refuse(config.do_convert_rgb === false, 'do_convert_rgb = false');
  refuse(!RESAMPLE_NUMBERS.includes(kind), `resample = ${kind}`);
  const tables = pixelTables(config);
  return {
    size,
    async prepare(image) {
      return normalise(resample(await decodeRgb(image, limits), size, kind), tables);
    },
  };
}

function sizeOf(size: number | { height?: number | undefined; width?: number | undefined; [key: string]: unknown }) {
  // An integer in old files: BlipImageProcessor makes a square of it.
  if (typeof size === 'number') return { width: size, height: size };
  const { width, height } = size;
  if (width === undefined || height === undefined) {
    throw new AppError(
      'BAD_MODEL',
      `preprocessor_config.json: size ${JSON.stringify(size)} is not supported, only height and width`,
    );
  }
  return { width, height };
}

function refuse(asked: boolean, what: string): void {
  if (asked) throw new AppError('BAD_MODEL', `preprocessor_config.json: ${what} is not supported`);
}

/** The value of each byte in each channel, with the reference's float32 steps. */
function pixelTables(config: z.infer<typeof schema>): readonly Float32Array[] {
  const factor = config.do_rescale === false ? 1 : (config.rescale_factor ?? 1 / 255);
  const channel = (value: number | number[] | null | undefined, fallback: readonly number[], i: number) =>
    typeof value === 'number' ? value : (value ?? fallback)[i]!;
  return [0, 1, 2].map((i) => {
    const mean = Math.fround(channel(config.image_mean, MEAN, i));
    const std = Math.fround(channel(config.image_std, STD, i));
    return Float32Array.from({ length: 256 }, (_, byte) => {
      const value = Math.fround(byte * factor);
      return config.do_normalize === false ? value : Math.fround(value - mean) / std;
    });
  });
}

function normalise({ data, width, height }: RgbImage, tables: readonly Float32Array[]): Float32Array {
  const area = width * height;
  const out = new Float32Array(3 * area);
  for (let channel = 0; channel < 3; channel++) {
    const table = tables[channel]!;
    const plane = channel * area;
    for (let i = 0, from = channel; i < area; i++, from += 3) out[plane + i] = table[data[from]!]!;
  }
  return out;
}
