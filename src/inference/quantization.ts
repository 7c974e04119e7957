// A captioner with weights of fewer bits: which of its parts have them, and what it is called then.
import { createHash } from 'node:crypto';
import { AppError } from '../errors.js';
import type { Graph } from '../onnx/graph.js';
import { pickBeforeCast } from '../onnx/pickBeforeCast.js';
import type { QuantizedBits } from '../onnx/quantizeBlocks.js';
import { quantizableWeights, quantizeProducts } from '../onnx/quantizeProducts.js';
import { createSession, type Session, type SessionOptions } from '../onnx/session.js';
import { decoderGraph, queryGraph, visionGraph } from './blip2/captionGraphs.js';
import type { Checkpoint } from './captioner.js';
import { QUANTIZATIONS, type Quantization } from './quantizations.js';

/** The graphs that caption. */
export type CaptionerPart = 'vision' | 'query' | 'language';

/** What each part loses by them: docs/decisions/0038. A vision tower in 4 bits costs more than all the others together. */
const BITS: Readonly<Record<Quantization, Readonly<Record<CaptionerPart, QuantizedBits>>>> = {
  int8: { vision: 8, query: 8, language: 8 },
  int4: { vision: 8, query: 4, language: 4 },
};

/** A session over one part of a captioner, its weights quantized where that is asked for, or done already. */
export async function openPart(
  part: CaptionerPart,
  graph: Graph,
  { runtime, quantize }: { readonly runtime: SessionOptions; readonly quantize: Quantization | undefined },
): Promise<Session> {
  if (quantize !== undefined) {
    await quantizeProducts(graph, BITS[quantize][part]);
    // No product takes the table whole any more.
    pickBeforeCast(graph);
  }
  return createSession(graph, runtime);
}

/** The identity of a model whose weights are quantized when it is loaded: its captions are others. */
export function quantizedDigest(digest: string, quantize: Quantization | undefined): string {
  return quantize === undefined ? digest : createHash('sha256').update(`${digest} ${quantize}`).digest('hex');
}

/** Our name in config.json's `quantization_config`, where Hugging Face's own say what a checkpoint's weights are. */
const METHOD = 'hotlens';

/** What an imported checkpoint says of its weights, for config.json. */
export function quantizationConfig(quantize: Quantization): Readonly<Record<string, unknown>> {
  return { quant_method: METHOD, weights: quantize };
}

/** What config.json says of weights that are stored in few bits. Throws AppError BAD_MODEL where another tool made them. */
export function storedQuantization(
  configJson: Readonly<Record<string, unknown>>,
  source: string,
): Quantization | undefined {
  if (configJson.quantization_config === undefined) return undefined;
  const { quant_method: method, weights } = (configJson.quantization_config ?? {}) as Record<string, unknown>;
  const known = QUANTIZATIONS.find((each) => each === weights);
  if (method === METHOD && known !== undefined) return known;
  throw new AppError(
    'BAD_MODEL',
    `${source}: unsupported quantization_config ${JSON.stringify({ method, weights })}; give the checkpoint with whole weights, and --quantize`,
  );
}

/** Which weights a checkpoint gets: as it has them, or as asked for. Throws AppError CONFIG where it has others. */
export function chosenQuantization(
  stored: Quantization | undefined,
  asked: Quantization | undefined,
  source: string,
): Quantization | undefined {
  if (stored === undefined || asked === undefined || stored === asked) return stored ?? asked;
  throw new AppError(
    'CONFIG',
    `${source} holds ${stored} weights: ${asked} needs the checkpoint that it was imported from`,
  );
}

/** Which weights have how many bits then, and whether they are needed whole as well. Throws AppError BAD_MODEL where some are missing. */
export function roundedWeights(
  { base, config }: Pick<Checkpoint, 'base' | 'config'>,
  quantize: Quantization | undefined,
): ReadonlyMap<string, { readonly bits: QuantizedBits; readonly alsoWhole: boolean }> {
  const graphs = {
    vision: visionGraph(base, config),
    query: queryGraph(base, config),
    language: decoderGraph(base, config),
  };
  const parts = Object.entries(graphs) as [CaptionerPart, Graph][];
  return new Map(
    parts.flatMap(([part, graph]) =>
      quantize === undefined
        ? []
        : [...quantizableWeights(graph)].map(
            ([name, found]) => [name, { bits: BITS[quantize][part], ...found }] as const,
          ),
    ),
  );
}
