// Next-token prediction of the language model alone, on documents as described in data/documents.ts.
import type { OptConfig } from '../../inference/blip2/config.js';
import { optDecoder, optEmbed } from '../../inference/blip2/opt.js';
import type { Parameters } from '../../inference/checkpoint/weights.js';
import type { Scope } from '../../inference/layers/layers.js';
import { createGraph, input } from '../../onnx/graph.js';
import type { Objective } from '../lossAndGradients.js';
import { causalBias, nextTokenLoss } from './captioning.js';

/** Fed: input_ids and position_ids [B, L]; rows [R] among the B*L places, labels and weights [R] of the tokens that follow. */
export function languageObjective(
  parameters: Parameters,
  config: OptConfig,
  options: { readonly batch: number; readonly length: number; readonly rows: number; readonly labelSmoothing?: number },
): Objective {
  const { batch, length } = options;
  const graph = createGraph('language_training');
  const scope: Scope = { graph, parameters, prefix: 'language_model.' };
  const ids = input(graph, 'input_ids', 'int64', [batch, length]);
  const { hidden } = optDecoder(scope, config, {
    embeddings: optEmbed(scope, config, ids),
    positions: input(graph, 'position_ids', 'int64', [batch, length]),
    attentionBias: causalBias(graph, length),
  });
  return { graph, loss: nextTokenLoss(scope, config, hidden, options) };
}
