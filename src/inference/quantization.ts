// A captioner with weights of fewer bits: which of its parts have them, and what it is called then.
import { createHash } from 'node:crypto';
import { AppError } from '../errors.js';
import type { QuantizedFormat } from '../onnx/fewBits.js';
import type { Graph } from '../onnx/graph.js';
import { inHalf } from '../onnx/inHalf.js';
import { sumsOverflow } from '../onnx/overflowTrial.js';
import { pickBeforeCast } from '../onnx/pickBeforeCast.js';
import { quantizableWeights, quantizeProducts } from '../onnx/quantizeProducts.js';
import { createSession, type Session, type SessionOptions } from '../onnx/session.js';
import { decoderGraph, queryGraph, visionGraph } from './blip2/captionGraphs.js';
import type { Blip2Config } from './blip2/config.js';
import { isCacheOf } from './blip2/deviceCache.js';
import type { Checkpoint } from './captioner.js';
import { QUANTIZATIONS, type Quantization } from './quantizations.js';

/** The graphs that caption. */
export type CaptionerPart = 'vision' | 'query' | 'language';

/** What each part loses by them, and gains: docs/decisions/0038 and 0040. A vision tower in 4 bits costs more than all the others together. */
const FORMS: Readonly<Record<Quantization, Readonly<Record<CaptionerPart, QuantizedFormat>>>> = {
  int8: { vision: 'int8 rows', query: 'int8 rows', language: 'int8 rows' },
  int4: { vision: 'int8 rows', query: 'int4 blocks', language: 'int4 blocks' },
};
/**
 * From this width on language models have some few numbers in what goes through them that are far larger than the rest, so that steps of one length for a whole
 * row lose the others: OPT from 6.7 billion parameters on. Source: LLM.int8(), arXiv 2208.07339, section 4.
 */
const OUTLIERS_FROM = 4096;

/** What the picture itself is multiplied by: a thousandth of the work, and a quarter of the error that rounding all made (docs/decisions/0040). */
const KEPT = /\.patch_embedding\.weight$/;

function formOf(part: CaptionerPart, quantize: Quantization, config: Blip2Config): QuantizedFormat {
  const form = FORMS[quantize][part];
  const outliers = part === 'language' && config.text!.hidden_size >= OUTLIERS_FROM;
  return outliers && form === 'int8 rows' ? 'int8 blocks' : form;
}

export interface PartOptions {
  readonly runtime: SessionOptions;
  readonly quantize: Quantization | undefined;
  readonly config: Blip2Config;
  /** Whether it computes in half precision. */
  readonly half: boolean;
}

/** A session over one part of a captioner, its weights quantized where that is asked for, or done already. */
export async function openPart(
  part: CaptionerPart,
  graph: Graph,
  { runtime, quantize, config, half }: PartOptions,
): Promise<Session> {
  if (quantize !== undefined) {
    const form = formOf(part, quantize, config);
    // Other providers have no products of whole numbers.
    await quantizeProducts(graph, form === 'int8 rows' && runtime.provider !== 'cpu' ? 'int8 blocks' : form, {
      keeps: (name) => KEPT.test(name),
      signed: !(await sumsOverflow()),
    });
    // No product takes the table whole any more.
    pickBeforeCast(graph);
  }
  if (half) await inHalf(graph, { stays: isCacheOf(graph) });
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

/** Which weights have which form then, in which part, and whether they are needed whole as well. Throws AppError BAD_MODEL where some are missing. */
export function roundedWeights(
  { base, config }: Pick<Checkpoint, 'base' | 'config'>,
  quantize: Quantization | undefined,
): ReadonlyMap<string, { readonly part: CaptionerPart; readonly form: QuantizedFormat; readonly alsoWhole: boolean }> {
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
        : [...quantizableWeights(graph)]
            .filter(([name]) => !KEPT.test(name))
            .map(([name, found]) => [name, { part, form: formOf(part, quantize, config), ...found }] as const),
    ),
  );
}
