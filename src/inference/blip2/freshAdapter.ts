// A fresh ECMA adapter: identity at insertion, because tanh(alpha) is 0 there. Only alpha is zero: two zero factors on
// one path would stop every gradient.
import type { Blip2Config } from './config.js';
import type { EcmaConfig } from './ecmaConfig.js';

export interface AdapterTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** gamma at the start: the visual <- query path is open but barely. */
const GAMMA = 1e-4;

/**
 * The tensors of a fresh adapter by name, drawn with `normal` (standard normal numbers, e.g. a seeded generator).
 * Parts that are switched off in the configuration have no tensors.
 */
export function freshAdapter(model: Blip2Config, config: EcmaConfig, normal: () => number): Map<string, AdapterTensor> {
  const visual = model.vision.hidden_size;
  const width = model.qformer.hidden_size;
  const { innerSize: inner, fusionSize: fused } = config;
  const tensors = new Map<string, AdapterTensor>();
  const filled = (name: string, shape: readonly number[], value: number) => {
    tensors.set(name, { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value) });
  };
  // Numbers of the width's own size, so that attention begins with preferences. BERT's 0.02, too small for widths below 2,500, leaves
  // it even for long: an adapter's loss then ends a third further above that of the Q-Former trained itself (docs/ecma.md).
  const random = (name: string, shape: readonly number[]) => {
    const deviation = 1 / Math.sqrt(shape.at(-1)!);
    tensors.set(name, {
      shape,
      data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => deviation * normal()),
    });
  };
  const norm = (name: string, size: number) => {
    filled(`${name}.weight`, [size], 1);
    filled(`${name}.bias`, [size], 0);
  };

  norm('ecma.visual_norm', visual);
  random('ecma.visual_projection.weight', [inner, visual]);
  if (config.multiScale) random('ecma.scale_embedding', [config.scales.length, visual]);
  for (const layer of config.layers) {
    const at = `ecma.layers.${layer}`;
    if (config.bidirectional) {
      norm(`${at}.visual_from_query.query_norm`, width);
      random(`${at}.visual_from_query.source.weight`, [inner, width]);
      for (const name of ['query', 'key', 'value', 'output'])
        random(`${at}.visual_from_query.${name}.weight`, [inner, inner]);
      filled(`${at}.visual_from_query.gamma`, [inner], GAMMA);
    }
    norm(`${at}.query_from_visual.query_norm`, width);
    norm(`${at}.query_from_visual.memory_norm`, inner);
    random(`${at}.query_from_visual.query.weight`, [inner, width]);
    random(`${at}.query_from_visual.key.weight`, [inner, inner]);
    random(`${at}.query_from_visual.value.weight`, [inner, inner]);
    random(`${at}.query_from_visual.output.weight`, [width, fused > 0 ? fused : inner]);
    if (fused > 0) {
      random(`${at}.fusion.query.weight`, [fused, width]);
      filled(`${at}.fusion.query.bias`, [fused], 0);
      random(`${at}.fusion.visual.weight`, [fused, inner]);
    }
    if (config.gating) {
      if (fused === 0) norm(`${at}.gate.query_norm`, width);
      random(`${at}.gate.projection.weight`, [width, fused > 0 ? fused : 2 * width]);
      filled(`${at}.gate.projection.bias`, [width], 0);
    }
    filled(`${at}.alpha`, [1], 0);
  }
  return tensors;
}
