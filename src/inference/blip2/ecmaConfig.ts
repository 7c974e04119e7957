// ecma/config.json beside a checkpoint: which ECMA the adapter holds.
import { z } from 'zod';
import { AppError } from '../../errors.js';
import { crossAttentionLayers, type QFormerConfig } from './config.js';

const schema = z.strictObject({
  model_type: z.literal('ecma').default('ecma'),
  /** Sides of the pooled grids; those larger than the patch grid are left out. */
  scales: z.array(z.number().int().positive()).default([1, 2, 4, 8]),
  /** d_a; default min(256, Q-Former width). */
  innerSize: z.number().int().positive().optional(),
  numHeads: z.number().int().positive().optional(),
  /** Q-Former layers that carry the module; default: those with cross-attention. */
  layers: z.array(z.number().int().nonnegative()).optional(),
  bidirectional: z.boolean().default(true),
  multiScale: z.boolean().default(true),
  gating: z.boolean().default(true),
  /** F, the hidden width in which queries and what they attended to meet; 0: they do not. */
  fusionSize: z.number().int().nonnegative().default(0),
  /** 'adapter': only ECMA was trained. 'joint': the tensors named in `overrides` were trained with it. */
  regime: z.enum(['adapter', 'joint']).default('adapter'),
  /** Tensors of the checkpoint, by name, that the adapter's file replaces. */
  overrides: z.array(z.string()).default([]),
});

export interface EcmaConfig {
  readonly scales: readonly number[];
  readonly innerSize: number;
  readonly numHeads: number;
  readonly layers: readonly number[];
  readonly bidirectional: boolean;
  readonly multiScale: boolean;
  readonly gating: boolean;
  readonly fusionSize: number;
  readonly regime: 'adapter' | 'joint';
  readonly overrides: readonly string[];
}

/** Parses and completes ecma/config.json for a Q-Former. Throws AppError BAD_MODEL; `source` is the file, for the message. */
export function parseEcmaConfig(json: unknown, qformer: QFormerConfig, source: string): EcmaConfig {
  const fail = (what: string) => new AppError('BAD_MODEL', `${source}: ${what}`);
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    throw fail(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
  }
  const { model_type: _, innerSize = Math.min(256, qformer.hidden_size), ...rest } = parsed.data;
  const config: EcmaConfig = {
    ...rest,
    innerSize,
    numHeads: rest.numHeads ?? headsFor(innerSize, qformer.num_attention_heads),
    layers: rest.layers ?? crossAttentionLayers(qformer),
  };
  if (innerSize % config.numHeads !== 0)
    throw fail(`innerSize ${innerSize} is not divisible by numHeads ${config.numHeads}`);
  const beyond = config.layers.find((layer) => layer >= qformer.num_hidden_layers);
  if (beyond !== undefined) throw fail(`layers: the Q-Former has ${qformer.num_hidden_layers} layers, got ${beyond}`);
  return Object.freeze(config);
}

/** Completes the settings of a new adapter, which unlike a file that does not name it has fusion, of the Q-Former's width. Throws as parseEcmaConfig. */
export function newEcmaConfig(
  settings: Readonly<Record<string, unknown>>,
  qformer: QFormerConfig,
  source: string,
): EcmaConfig {
  const { fusionSize = qformer.hidden_size, ...rest } = settings;
  return parseEcmaConfig({ ...rest, fusionSize }, qformer, source);
}

/** As many heads as the Q-Former has, or the next smaller number that divides the width. */
function headsFor(inner: number, wanted: number): number {
  for (let heads = wanted; heads > 1; heads -= 1) if (inner % heads === 0) return heads;
  return 1;
}
