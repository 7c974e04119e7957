// A model with random weights: what its own graph definitions ask for, so that there is no second list of tensors.

import { decoderGraph, queryGraph, visionGraph } from '../inference/blip2/captionGraphs.js';
import type { Blip2Config } from '../inference/blip2/config.js';
import { retrievalImageGraph, retrievalMatchGraph, retrievalTextGraph } from '../inference/blip2/retrievalGraphs.js';
import { patchGrid } from '../inference/blip2/vision.js';
import type { Parameters } from '../inference/checkpoint/weights.js';
import { input } from '../onnx/graph.js';
import type { ParameterTensor } from './parameterStore.js';

/** Names and shapes, as checkpoints store them, of all parameters that the given graphs use. */
export function parametersOf(config: Blip2Config, build: (recorder: Parameters) => void): Map<string, number[]> {
  const shapes = new Map<string, number[]>();
  build({
    has: () => true,
    value(graph, name, shape) {
      shapes.set(name, storedShape(config, name, shape));
      return graph.values.get(name) ?? input(graph, name, 'float32', shape);
    },
  });
  return shapes;
}

/** All parameters of a captioner or, of a retrieval model. */
export function modelParameters(config: Blip2Config): Map<string, number[]> {
  return parametersOf(config, (recorder) => {
    visionGraph(recorder, config);
    if (config.architecture === 'Blip2ForConditionalGeneration') {
      queryGraph(recorder, config);
      decoderGraph(recorder, config);
      return;
    }
    retrievalImageGraph(recorder, config);
    retrievalTextGraph(recorder, config);
    retrievalMatchGraph(recorder, config);
  });
}

/** The patch kernel is used as a matrix, and stored as what it is: a convolution's kernel. */
function storedShape(config: Blip2Config, name: string, shape: readonly number[]): number[] {
  const { patch_size: p } = config.vision;
  return name.endsWith('patch_embedding.weight') ? [shape[0]!, 3, p, p] : [...shape];
}

/**
 * Draws tensors with `normal` (standard normal numbers): norms 1 and 0, biases 0, embeddings and tokens 0.05, the vision tower's
 * positions 2-D sines, and matrices so that activations keep their size (Glorot & Bengio, 2010).
 */
export function drawTensors(
  shapes: ReadonlyMap<string, readonly number[]>,
  normal: () => number,
  config: Blip2Config,
): Map<string, ParameterTensor> {
  return new Map(
    [...shapes].map(([name, shape]): [string, ParameterTensor] => [
      name,
      { shape, data: draw(name, shape, normal, config) },
    ]),
  );
}

const EMBEDDING_STD = 0.05;

function draw(name: string, shape: readonly number[], normal: () => number, config: Blip2Config): Float32Array {
  const size = shape.reduce((a, b) => a * b, 1);
  const filled = (value: number) => new Float32Array(size).fill(value);
  const random = (std: number) => Float32Array.from({ length: size }, () => std * normal());
  if (/vision_model\.embeddings\.position_embedding$/.test(name)) return sines(config);
  if (/norm(\d)?\.weight$/i.test(name)) return filled(1);
  if (/bias$/.test(name)) return filled(0);
  if (/embed|query_tokens/.test(name) && !/patch_embedding/.test(name)) return random(EMBEDDING_STD);
  const fanIn = size / shape[0]!;
  // Projected queries start at the size of the token embeddings beside which they will stand.
  if (name === 'language_projection.weight') return random(EMBEDDING_STD / Math.sqrt(fanIn));
  return random(Math.sqrt(2 / (fanIn + shape[0]!)));
}

/** Amplitude of the positions: large enough beside patch embeddings; random ones of 0.05 never learn to bind. */
const AMPLITUDE = 0.5;

/** [1, 1 + g*g, D]: sines and cosines of row and column, a quarter of the width each; the class token has zeros (MAE, arXiv 2111.06377). */
function sines(config: Blip2Config): Float32Array {
  const { hidden_size: width } = config.vision;
  const g = patchGrid(config.vision);
  const quarter = width / 4;
  const out = new Float32Array((1 + g * g) * width);
  for (let place = 0; place < g * g; place += 1) {
    const along = [Math.floor(place / g), place % g];
    for (let i = 0; i < width; i += 1) {
      const part = Math.min(3, Math.floor(i / quarter));
      const angle = along[part >> 1]! / 1000 ** ((i % quarter) / quarter);
      out[(1 + place) * width + i] = AMPLITUDE * (part % 2 === 0 ? Math.sin(angle) : Math.cos(angle));
    }
  }
  return out;
}
