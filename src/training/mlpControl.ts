// What ECMA is compared with: as many parameters in the same places, and no look at the picture.
import { at, layerNorm, linear, parameter } from '../inference/layers/layers.js';
import { Add, Gelu, Mul, Tanh } from '../onnx/ops/elementwise.js';
import type { ParameterTensor } from './parameterStore.js';
import type { Control } from './stages/captioning.js';

/**
 * In each of some layers Q + tanh(alpha) W2 gelu(W1 LN(Q)), alpha 0 at the start as ECMA's; the width between is chosen
 * so that it has as many parameters as `parameters` says, as nearly as it goes. Its weights start as ECMA's do.
 */
export function mlpControl(options: {
  readonly regime: 'adapter' | 'joint';
  readonly layers: readonly number[];
  readonly width: number;
  readonly parameters: number;
}): Control {
  const { layers, width, parameters, regime } = options;
  const inner = Math.max(1, Math.round((parameters / layers.length - 3 * width - 1) / (2 * width + 1)));
  const equipped = new Set(layers);
  return {
    name: `mlp ${inner}`,
    regime,
    tensors: (_, normal) =>
      new Map(
        layers.flatMap((layer): [string, ParameterTensor][] => {
          const filled = (shape: number[], value: () => number): ParameterTensor => ({
            shape,
            data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, value),
          });
          const prefix = `ecma.layers.${layer}`;
          return [
            [`${prefix}.norm.weight`, filled([width], () => 1)],
            [`${prefix}.norm.bias`, filled([width], () => 0)],
            [`${prefix}.first.weight`, filled([inner, width], () => normal() / Math.sqrt(width))],
            [`${prefix}.first.bias`, filled([inner], () => 0)],
            [`${prefix}.second.weight`, filled([width, inner], () => normal() / Math.sqrt(inner))],
            [`${prefix}.second.bias`, filled([width], () => 0)],
            [`${prefix}.alpha`, filled([1], () => 0)],
          ];
        }),
      ),
    build: (root) => ({
      apply(layer, queries) {
        if (!equipped.has(layer)) return queries;
        const scope = at(root, `ecma.layers.${layer}`);
        const normed = layerNorm(at(scope, 'norm'), queries, { eps: 1e-5 });
        const between = Gelu(linear(at(scope, 'first'), normed, { out: inner }));
        const change = linear(at(scope, 'second'), between, { out: width });
        return Add(queries, Mul(change, Tanh(parameter(scope, 'alpha', [1]))));
      },
    }),
  };
}
