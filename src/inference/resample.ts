// Pillow's Image.resize for 8-bit RGB, bit for bit: antialiased, columns first, then rows, with coefficients in 22-bit
// fixed point and a rounding to 8 bits in between. Follows src/libImaging/Resample.c and Geometry.c (nearest) of Pillow 12.
// Pillow 13 takes rows first where that is less work, which moves single bytes by 1 or 2; the order here is that of all versions before.

/** Rows of width x 3 bytes, red, green, blue. */
export interface RgbImage {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

interface Filter {
  readonly support: number;
  readonly weight: (x: number) => number;
}

/** By Pillow's numbers: nearest 0 (not a filter), Lanczos 1, bilinear 2, bicubic 3, box 4, Hamming 5. */
const FILTERS: Readonly<Record<number, Filter>> = {
  1: { support: 3, weight: lanczos },
  2: { support: 1, weight: bilinear },
  3: { support: 2, weight: bicubic },
  4: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  5: { support: 1, weight: hamming },
};

export const RESAMPLE_NUMBERS: readonly number[] = [0, 1, 2, 3, 4, 5];

/** `image` at another size. `resample` is one of RESAMPLE_NUMBERS. The input is not changed, and returned if nothing changes. */
export function resample(image: RgbImage, size: { width: number; height: number }, kind: number): RgbImage {
  const { width, height } = size;
  if (width === image.width && height === image.height) return image;
  if (kind === 0) return nearest(image, size);
  const filter = FILTERS[kind];
  if (!filter) throw new RangeError(`resample: expected one of ${RESAMPLE_NUMBERS.join(', ')}, got ${kind}`);
  const rows = coefficients(image.height, height, filter);
  const across = width === image.width ? image : resampleColumns(image, coefficients(image.width, width, filter));
  return height === image.height ? across : resampleRows(across, rows);
}

/** For each output position: where its inputs start, how many they are, and their weights, `span` apart. */
interface Coefficients {
  readonly start: Int32Array;
  readonly count: Int32Array;
  readonly weights: Int32Array;
  readonly span: number;
}

const PRECISION = 22;
const HALF = 1 << (PRECISION - 1);

function coefficients(inputs: number, outputs: number, { support, weight }: Filter): Coefficients {
  const scale = inputs / outputs;
  const filterScale = Math.max(scale, 1);
  const reach = support * filterScale;
  const span = Math.ceil(reach) * 2 + 1;
  const start = new Int32Array(outputs);
  const count = new Int32Array(outputs);
  const weights = new Int32Array(outputs * span);
  const exact = new Float64Array(span);
  const perPixel = 1 / filterScale;
  for (let out = 0; out < outputs; out++) {
    const center = (out + 0.5) * scale;
    const first = Math.max(0, Math.trunc(center - reach + 0.5));
    const n = Math.min(inputs, Math.trunc(center + reach + 0.5)) - first;
    let total = 0;
    for (let i = 0; i < n; i++) {
      exact[i] = weight((i + first - center + 0.5) * perPixel);
      total += exact[i]!;
    }
    for (let i = 0; i < n; i++) {
      const value = (total === 0 ? exact[i]! : exact[i]! / total) * (1 << PRECISION);
      weights[out * span + i] = Math.trunc(value < 0 ? value - 0.5 : value + 0.5);
    }
    start[out] = first;
    count[out] = n;
  }
  return { start, count, weights, span };
}

function resampleColumns(image: RgbImage, { start, count, weights, span }: Coefficients): RgbImage {
  const { data, height } = image;
  const width = start.length;
  const out = new Uint8Array(width * height * 3);
  let at = 0;
  for (let y = 0; y < height; y++) {
    const row = y * image.width * 3;
    for (let x = 0; x < width; x++) {
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      const last = count[x]!;
      let from = row + start[x]! * 3;
      const k = x * span;
      for (let i = 0; i < last; i++, from += 3) {
        const w = weights[k + i]!;
        red = (red + Math.imul(data[from]!, w)) | 0;
        green = (green + Math.imul(data[from + 1]!, w)) | 0;
        blue = (blue + Math.imul(data[from + 2]!, w)) | 0;
      }
      out[at++] = clip(red >> PRECISION);
      out[at++] = clip(green >> PRECISION);
      out[at++] = clip(blue >> PRECISION);
    }
  }
  return { data: out, width, height };
}

function resampleRows(image: RgbImage, { start, count, weights, span }: Coefficients): RgbImage {
  const { data, width } = image;
  const height = start.length;
  const stride = width * 3;
  const out = new Uint8Array(stride * height);
  const sums = new Int32Array(stride);
  for (let y = 0; y < height; y++) {
    sums.fill(HALF);
    for (let i = 0; i < count[y]!; i++) {
      const w = weights[y * span + i]!;
      const row = (start[y]! + i) * stride;
      for (let x = 0; x < stride; x++) sums[x] = sums[x]! + Math.imul(data[row + x]!, w);
    }
    for (let x = 0; x < stride; x++) out[y * stride + x] = clip(sums[x]! >> PRECISION);
  }
  return { data: out, width, height };
}

function nearest(image: RgbImage, { width, height }: { width: number; height: number }): RgbImage {
  const columns = nearestPositions(image.width, width);
  const rows = nearestPositions(image.height, height);
  const out = new Uint8Array(width * height * 3);
  let at = 0;
  for (const y of rows) {
    for (const x of columns) {
      const from = (y * image.width + x) * 3;
      out[at++] = image.data[from]!;
      out[at++] = image.data[from + 1]!;
      out[at++] = image.data[from + 2]!;
    }
  }
  return { data: out, width, height };
}

/** Positions are summed up, not multiplied: Pillow's rounding errors are part of the definition. */
function nearestPositions(inputs: number, outputs: number): Int32Array {
  const step = inputs / outputs;
  const positions = new Int32Array(outputs);
  for (let out = 0, at = step * 0.5; out < outputs; out++, at += step)
    positions[out] = Math.min(Math.trunc(at), inputs - 1);
  return positions;
}

function clip(value: number): number {
  return Math.max(0, Math.min(value, 255));
}

function bilinear(x: number): number {
  const d = Math.abs(x);
  return d < 1 ? 1 - d : 0;
}

/** Keys' cubic with a = -0.5. */
function bicubic(x: number): number {
  const a = -0.5;
  const d = Math.abs(x);
  if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  if (d < 2) return (((d - 5) * d + 8) * d - 4) * a;
  return 0;
}

function hamming(x: number): number {
  const d = Math.abs(x);
  if (d === 0) return 1;
  if (d >= 1) return 0;
  const angle = d * Math.PI;
  return (Math.sin(angle) / angle) * (0.54 + 0.46 * Math.cos(angle));
}

function lanczos(x: number): number {
  return -3 <= x && x < 3 ? sinc(x) * sinc(x / 3) : 0;
}

function sinc(x: number): number {
  if (x === 0) return 1;
  const angle = x * Math.PI;
  return Math.sin(angle) / angle;
}
