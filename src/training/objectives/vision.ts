// Teaches the vision tower to see: which object covers each patch, and on the class token what is where in the picture as a
// whole. The heads are for training only. Dense labels spare the long plateau of learning from captions alone.

import type { VisionConfig } from '../../inference/blip2/config.js';
import { patchGrid, visionEmbeddings, visionEncoder } from '../../inference/blip2/vision.js';
import type { Parameters } from '../../inference/checkpoint/weights.js';
import { at, linear, type Scope } from '../../inference/layers/layers.js';
import { createGraph, input, type Value } from '../../inference/onnx/graph.js';
import { ReduceSum } from '../../inference/onnx/ops/contraction.js';
import { Gather, Reshape, Slice } from '../../inference/onnx/ops/layout.js';
import type { Objective } from '../lossAndGradients.js';
import { binaryCrossEntropy, crossEntropy, weightedSum } from '../losses.js';

export interface VisionObjectiveOptions {
  readonly batch: number;
  /** Patches that are looked at, of all: with few, three times as many pictures a second. */
  readonly patches: number;
  /** Classes of a patch, with the background. */
  readonly classes: number;
  /** Sizes of the class token's heads, each a choice of one, by name. */
  readonly choices: Readonly<Record<string, number>>;
}

/** Weight of the choices on the class token beside the patches' loss, and of presence; from trials on drawn scenes. */
const CHOICE_WEIGHT = 0.3;
const PRESENCE_WEIGHT = 4;

/**
 * Fed: pixel_values [B, 3, size, size]; tokens [B*(1+P)], rows of the B*(1+g*g) tokens that are looked at, the class token of each
 * picture first; labels and weights [B*P] of the patches; presence [B, classes] 0/1; choice_NAME [B]. With all patches looked at,
 * `tokens` is not fed.
 */
export function visionObjective(
  parameters: Parameters,
  config: VisionConfig,
  options: VisionObjectiveOptions,
): Objective {
  const { batch, patches, classes } = options;
  const graph = createGraph('vision_training');
  const scope: Scope = { graph, parameters, prefix: '' };
  const model = at(scope, 'vision_model');
  const all = patchGrid(config) ** 2;
  const pixels = input(graph, 'pixel_values', 'float32', [batch, 3, config.image_size, config.image_size]);
  const embedded = visionEmbeddings(model, config, pixels);
  const seen = patches === all ? embedded : pick(embedded, { batch, tokens: 1 + patches });
  const features = visionEncoder(model, config, seen);
  const perPatch = Reshape(Slice(features, { axis: 1, start: 1, end: 1 + patches }), [
    batch * patches,
    config.hidden_size,
  ]);
  const summary = ReduceSum(Slice(features, { axis: 1, start: 0, end: 1 }), { axis: 1, keepDims: false });
  const patchLoss = crossEntropy(linear(at(scope, 'heads.patch'), perPatch, { out: classes }), {
    classes: input(graph, 'labels', 'int64', [batch * patches]),
    weights: input(graph, 'weights', 'float32', [batch * patches]),
  });
  const presence = binaryCrossEntropy(
    linear(at(scope, 'heads.presence'), summary, { out: classes }),
    input(graph, 'presence', 'float32', [batch, classes]),
  );
  const mean = input(graph, 'mean', 'float32', [batch]);
  const choices = Object.entries(options.choices).map(([name, size]) =>
    crossEntropy(linear(at(scope, `heads.${name}`), summary, { out: size }), {
      classes: input(graph, `choice_${name}`, 'int64', [batch]),
      weights: mean,
    }),
  );
  const loss = weightedSum([
    { loss: patchLoss, weight: 1 },
    { loss: presence, weight: PRESENCE_WEIGHT },
    ...choices.map((choice) => ({ loss: choice, weight: CHOICE_WEIGHT })),
  ]);
  return { graph, loss, figures: { patchLoss, presenceLoss: presence } };
}

/** Rows of [B, T, D] by the input `tokens`, as [B, S, D]. */
function pick(embedded: Value, { batch, tokens }: { batch: number; tokens: number }): Value {
  const [, count, width] = embedded.shape.map(Number) as [number, number, number];
  const rows = Reshape(embedded, [batch * count, width]);
  const wanted = input(embedded.graph, 'tokens', 'int64', [batch * tokens]);
  return Reshape(Gather(rows, wanted), [batch, tokens, width]);
}
