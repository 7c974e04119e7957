// The float32 tensors of a small safetensors file: an 8-byte header length, a JSON header, the data.
import { readFileSync } from 'node:fs';

export interface TestTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export function readSafetensors(file: string | URL): Record<string, TestTensor> {
  const bytes = readFileSync(file);
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, start)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const tensors: Record<string, TestTensor> = {};
  for (const [name, { dtype, shape, data_offsets }] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    if (dtype !== 'F32') throw new Error(`readSafetensors: expected F32, got ${dtype} for ${name}`);
    const [from, to] = data_offsets;
    tensors[name] = { shape, data: new Float32Array(Uint8Array.from(bytes.subarray(start + from, start + to)).buffer) };
  }
  return tensors;
}
