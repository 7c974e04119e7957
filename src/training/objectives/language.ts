// Next-token prediction of the language model alone, on documents as described in data/documents.ts.
import type { OptConfig } from '../../inference/blip2/config.js';
import { optDecoder, optEmbed, optHead } from '../../inference/blip2/opt.js';
import type { Parameters } from '../../inference/checkpoint/weights.js';
import type { Scope } from '../../inference/layers/layers.js';
import { createGraph, input } from '../../inference/onnx/graph.js';
import { Reshape } from '../../inference/onnx/ops/layout.js';
import type { Objective } from '../lossAndGradients.js';
import { crossEntropy } from '../losses.js';
import { causalBias, targets } from './captioning.js';

/**
 * Fed: input_ids and position_ids [B, L]; labels [B*L] (the next token at each place) and weights [B*L] (0 where none counts).
 */
export function languageObjective(
  parameters: Parameters,
  config: OptConfig,
  options: { readonly batch: number; readonly length: number; readonly labelSmoothing?: number },
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
  const logits = optHead(scope, config, Reshape(hidden, [batch * length, config.word_embed_proj_dim]));
  return { graph, loss: crossEntropy(logits, targets(graph, batch * length), options.labelSmoothing) };
}
