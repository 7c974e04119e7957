// Drawn pixels as the model takes them: what its image processor gives for a picture of its own size.

/** CLIP's mean and standard deviation, which BlipImageProcessor takes. */
export const IMAGE_MEAN = [0.48145466, 0.4578275, 0.40821073] as const;
export const IMAGE_STD = [0.26862954, 0.26130258, 0.27577711] as const;

/** preprocessor_config.json for pictures of a size. */
export function preprocessorConfig(size: number): Record<string, unknown> {
  return {
    do_convert_rgb: true,
    do_normalize: true,
    do_rescale: true,
    do_resize: true,
    image_mean: [...IMAGE_MEAN],
    image_processor_type: 'BlipImageProcessor',
    image_std: [...IMAGE_STD],
    resample: 3,
    rescale_factor: 1 / 255,
    size: { height: size, width: size },
  };
}

/** A change of all colours of a picture: out = matrix * rgb + offset, in 0..255. */
export interface ColourChange {
  /** Row-major [3, 3]. */
  readonly matrix: readonly number[];
  readonly offset: readonly number[];
}

/** RGB bytes [size*size*3] -> normalised planes, written at `offset` of `out`; colours changed first where asked. */
export function writePixels(pixels: Uint8Array, out: Float32Array, offset: number, change?: ColourChange): void {
  const area = pixels.length / 3;
  const scale = IMAGE_STD.map((std) => 1 / (255 * std));
  const shift = IMAGE_STD.map((std, i) => -IMAGE_MEAN[i]! / std);
  if (change === undefined) {
    for (let channel = 0; channel < 3; channel += 1) {
      const [a, b, start] = [scale[channel]!, shift[channel]!, offset + channel * area];
      for (let i = 0, from = channel; i < area; i += 1, from += 3) out[start + i] = pixels[from]! * a + b;
    }
    return;
  }
  for (let channel = 0; channel < 3; channel += 1) {
    const [r, g, b] = change.matrix.slice(3 * channel, 3 * channel + 3) as [number, number, number];
    const add = change.offset[channel]!;
    const start = offset + channel * area;
    for (let i = 0, from = 0; i < area; i += 1, from += 3) {
      const value = r * pixels[from]! + g * pixels[from + 1]! + b * pixels[from + 2]! + add;
      out[start + i] = Math.min(255, Math.max(0, value)) * scale[channel]! + shift[channel]!;
    }
  }
}
