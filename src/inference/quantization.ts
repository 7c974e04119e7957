// A captioner with weights of fewer bits: which of its parts have them, and what it is called then.
import { createHash } from 'node:crypto';
import type { Graph } from '../onnx/graph.js';
import { type QuantizedBits, quantizeProducts } from '../onnx/quantizeProducts.js';
import { createSession, type Session, type SessionOptions } from '../onnx/session.js';
import type { Quantization } from './quantizations.js';

/** The graphs that caption. */
export type CaptionerPart = 'vision' | 'query' | 'language';

/** What each part loses by them: docs/decisions/0038. A vision tower in 4 bits costs more than all the others together. */
const BITS: Readonly<Record<Quantization, Readonly<Record<CaptionerPart, QuantizedBits>>>> = {
  int8: { vision: 8, query: 8, language: 8 },
  int4: { vision: 8, query: 4, language: 4 },
};

/** A session over one part of a captioner, its weights quantized where that is asked for. */
export async function openPart(
  part: CaptionerPart,
  graph: Graph,
  { runtime, quantize }: { readonly runtime: SessionOptions; readonly quantize: Quantization | undefined },
): Promise<Session> {
  if (quantize !== undefined) await quantizeProducts(graph, BITS[quantize][part]);
  return createSession(graph, runtime);
}

/** The identity of a model with quantized weights: its captions are others. */
export function quantizedDigest(digest: string, quantize: Quantization | undefined): string {
  return quantize === undefined ? digest : createHash('sha256').update(`${digest} ${quantize}`).digest('hex');
}
