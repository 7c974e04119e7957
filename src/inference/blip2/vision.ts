// The vision tower of BLIP-2: a ViT with pre-LN blocks, fused qkv and a final LayerNorm.
// Source: transformers 5.18, modeling_blip_2.py (Blip2VisionModel); ViT: arXiv 2010.11929.

import type { Value } from '../../onnx/graph.js';
import { FusedMatMul } from '../../onnx/ops/contraction.js';
import { Add } from '../../onnx/ops/elementwise.js';
import { Concat, expandBatch, Reshape, Slice, Split, Transpose } from '../../onnx/ops/layout.js';
import { dimAt } from '../../onnx/shapes.js';
import { activate, at, attend, layerNorm, linear, parameter, type Scope } from '../layers/layers.js';
import type { VisionConfig } from './config.js';

/** Patches along one side. */
export function patchGrid(config: VisionConfig): number {
  return Math.floor(config.image_size / config.patch_size);
}

/** Pixels [B, 3, size, size] -> features [B, 1 + g*g, D], the class token first. `scope` is at 'vision_model.'. */
export function visionModel(scope: Scope, config: VisionConfig, pixels: Value): Value {
  return visionEncoder(scope, config, visionEmbeddings(scope, config, pixels));
}

/** Embedded tokens [B, T, D] -> features [B, T, D]; T may be fewer than all patches (training). */
export function visionEncoder(scope: Scope, config: VisionConfig, tokens: Value): Value {
  let x = tokens;
  for (let i = 0; i < config.num_hidden_layers; i += 1) x = visionLayer(at(scope, `encoder.layers.${i}`), config, x);
  return layerNorm(at(scope, 'post_layernorm'), x, { eps: config.layer_norm_eps });
}

/** Pixels -> class token and patches with their positions, [B, 1 + g*g, D]. `scope` is at 'vision_model.'. */
export function visionEmbeddings(scope: Scope, config: VisionConfig, pixels: Value): Value {
  return embedPatches(scope, config, cutPatches(config, pixels), positionEmbedding(scope, config));
}

/** Pixels [B, 3, size, size] -> patches [B, g*g, 3*p*p], row by row. Those beyond the last whole patch are dropped, as the convolution drops them. */
export function cutPatches(config: VisionConfig, pixels: Value): Value {
  const { image_size: size, patch_size: p } = config;
  const g = patchGrid(config);
  const batch = dimAt(pixels.shape, 0);
  const whole = g * p === size ? pixels : [2, 3].reduce((x, axis) => Slice(x, { axis, start: 0, end: g * p }), pixels);
  const cells = Transpose(Reshape(whole, [batch, 3, g, p, g, p]), [0, 2, 4, 1, 3, 5]);
  return Reshape(cells, [batch, g * g, 3 * p * p]);
}

/** [1, 1 + g*g, D], the class token's first. */
export function positionEmbedding(scope: Scope, config: VisionConfig): Value {
  const places = patchGrid(config) ** 2 + 1;
  return parameter(at(scope, 'embeddings'), 'position_embedding', [1, places, config.hidden_size]);
}

/** Patches [B, P, 3*p*p] and the positions of class token and patches [1 or B, 1 + P, D] -> [B, 1 + P, D]. */
export function embedPatches(model: Scope, config: VisionConfig, patches: Value, positions: Value): Value {
  const scope = at(model, 'embeddings');
  const { hidden_size: width, patch_size: p } = config;
  // The convolution's kernel is its stride: over patches, it is one matrix product.
  const kernel = parameter(scope, 'patch_embedding.weight', [width, 3 * p * p]);
  const embedded = Add(
    FusedMatMul(patches, kernel, { transB: true }),
    parameter(scope, 'patch_embedding.bias', [width]),
  );
  const tokens = Concat([expandBatch(parameter(scope, 'class_embedding', [1, 1, width]), patches), embedded], 1);
  return Add(tokens, positions);
}

function visionLayer(scope: Scope, config: VisionConfig, x: Value): Value {
  const { hidden_size: width, layer_norm_eps: eps } = config;
  const normed = layerNorm(at(scope, 'layer_norm1'), x, { eps });
  const qkv = linear(at(scope, 'self_attn.qkv'), normed, { out: 3 * width, bias: config.qkv_bias });
  const [query, key, value] = Split(qkv, { axis: 2, lengths: [width, width, width] }) as [Value, Value, Value];
  const attended = attend({ query, key, value, numHeads: config.num_attention_heads });
  const h = Add(x, linear(at(scope, 'self_attn.projection'), attended, { out: width }));
  const inner = linear(at(scope, 'mlp.fc1'), layerNorm(at(scope, 'layer_norm2'), h, { eps }), {
    out: config.intermediate_size,
  });
  return Add(h, linear(at(scope, 'mlp.fc2'), activate(config.hidden_act, inner), { out: width }));
}
