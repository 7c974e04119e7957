// Numbers of 16 bits: IEEE 754 binary16, and bfloat16.

/** IEEE 754 binary16 bits of a number, ties to even; too large ones become infinite. */
export function numberToHalf(value: number): number {
  FLOAT[0] = value;
  const bits = BITS[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // Below the smallest normal half: counted in steps of 2^-24.
  if (magnitude < 0x38800000) return sign | roundEven(Math.abs(FLOAT[0]!) * 2 ** 24);
  const rounded = magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1);
  return sign | Math.min(rounded >>> 13, 0x7c00);
}

const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);

function roundEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

/** The number that IEEE 754 binary16 bits stand for. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Numbers as they are stored, as float32; undefined: of another type. */
export function storedFloats(bytes: Uint8Array<ArrayBuffer>, dtype: string): Float32Array | undefined {
  if (dtype === 'float32') return new Float32Array(bytes.buffer);
  if (dtype === 'float16') return halvesToFloats(new Uint16Array(bytes.buffer));
  if (dtype !== 'bfloat16') return undefined;
  return new Float32Array(Uint32Array.from(new Uint16Array(bytes.buffer), (bits) => bits << 16).buffer);
}

/** The number of each of the 65,536: looked up, three thousand million weights take seconds. */
let numbers: Float32Array | undefined;

function halvesToFloats(halves: Uint16Array): Float32Array {
  numbers ??= Float32Array.from({ length: 1 << 16 }, (_, bits) => halfToNumber(bits));
  const floats = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i += 1) floats[i] = numbers[halves[i]!]!;
  return floats;
}
