// Teaches the vision tower to see: which object covers each patch, and on the class token what is where in the picture as a
// whole. The heads are for training only. Dense labels spare the long plateau of learning from captions alone.

import type { VisionConfig } from '../../inference/blip2/config.js';
import {
  cutPatches,
  embedPatches,
  patchGrid,
  positionEmbedding,
  visionEncoder,
  visionModel,
} from '../../inference/blip2/vision.js';
import type { Parameters } from '../../inference/checkpoint/weights.js';
import { at, linear, type Scope } from '../../inference/layers/layers.js';
import { createGraph, input, type Value } from '../../onnx/graph.js';
import { ReduceSum } from '../../onnx/ops/contraction.js';
import { Gather, Reshape, Slice } from '../../onnx/ops/layout.js';
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
 * Fed: pixel_values [B, 3, size, size]; patches [B*P], which of the B*g*g patches are looked at, picture by picture; places
 * [B*(1+P)], which of the 1+g*g positions they and the class token before them have; labels and weights [B*P] of the patches;
 * presence [B, classes] 0/1; choice_NAME [B]. With all patches looked at, `patches` and `places` are not fed.
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
  const features =
    patches === all
      ? visionModel(model, config, pixels)
      : visionEncoder(model, config, someEmbeddings(model, config, pixels, patches));
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

/** Class token and P patches of each picture by the inputs `patches` and `places`, [B, 1 + P, D]: the others are not even embedded. `model`: at 'vision_model.'. */
export function someEmbeddings(model: Scope, config: VisionConfig, pixels: Value, count: number): Value {
  const batch = Number(pixels.shape[0]);
  const pick = (all: Value, name: string, each: number) => {
    const width = Number(all.shape[2]);
    const rows = Reshape(all, [Number(all.shape[0]) * Number(all.shape[1]), width]);
    return Reshape(Gather(rows, input(all.graph, name, 'int64', [batch * each])), [batch, each, width]);
  };
  const patches = pick(cutPatches(config, pixels), 'patches', count);
  return embedPatches(model, config, patches, pick(positionEmbedding(model, config), 'places', 1 + count));
}
