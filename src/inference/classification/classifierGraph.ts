// Text -> logits of a Hugging Face *ForSequenceClassification model of the BERT family. Letters: B texts, L places.
// Source of the heads: transformers 5.18, modeling_{bert,roberta,distilbert,mpnet}.py.
import { createGraph, type Graph, input, output, type Value } from '../../onnx/graph.js';
import { ReduceSum } from '../../onnx/ops/contraction.js';
import { Slice } from '../../onnx/ops/layout.js';
import type { Parameters } from '../checkpoint/weights.js';
import type { BertConfig } from '../embedding/bertConfig.js';
import { bertEncoder } from '../embedding/bertEncoder.js';
import { activate, at, linear, type Scope } from '../layers/layers.js';

/** input_ids, position_ids [B, L]; attention_bias [B, 1, L, L]; buckets [L, L] for MPNet -> logits [B, labels]. */
export function classifierGraph(
  parameters: Parameters,
  { encoder, labels }: { readonly encoder: BertConfig; readonly labels: number },
): Graph {
  const graph = createGraph('text_classifier');
  const prefix =
    ['bert.', 'roberta.', 'distilbert.', 'mpnet.'].find((one) =>
      parameters.has(`${one}embeddings.word_embeddings.weight`),
    ) ?? '';
  const scope: Scope = { graph, parameters, prefix };
  const hidden = bertEncoder(scope, encoder, {
    ids: input(graph, 'input_ids', 'int64', ['B', 'L']),
    positions: input(graph, 'position_ids', 'int64', ['B', 'L']),
    attentionBias: input(graph, 'attention_bias', 'float32', ['B', 1, 'L', 'L']),
    ...(encoder.relativeBuckets > 0 ? { buckets: input(graph, 'buckets', 'int64', ['L', 'L']) } : {}),
  });
  const first = ReduceSum(Slice(hidden, { axis: 1, start: 0, end: 1, dim: 1 }), { axis: 1, keepDims: false });
  const top: Scope = { ...scope, prefix: '' };
  const dense = (from: Scope, value: Value, out: number) => linear(from, value, { out });
  const { width } = encoder;
  if (parameters.has('classifier.out_proj.weight')) {
    const inner = activate('tanh', dense(at(top, 'classifier.dense'), first, width));
    output('logits', dense(at(top, 'classifier.out_proj'), inner, labels));
  } else if (parameters.has('pre_classifier.weight')) {
    const inner = activate('relu', dense(at(top, 'pre_classifier'), first, width));
    output('logits', dense(at(top, 'classifier'), inner, labels));
  } else {
    const inner = activate('tanh', dense(at(scope, 'pooler.dense'), first, width));
    output('logits', dense(at(top, 'classifier'), inner, labels));
  }
  return graph;
}
