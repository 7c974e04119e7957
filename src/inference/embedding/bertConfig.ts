// config.json of a BERT-family encoder, whichever of its dialects, as one frozen shape.
// Source of the names and defaults: transformers 5.18, configuration_{bert,roberta,distilbert,mpnet}.py.
import { z } from 'zod';
import { AppError } from '../../errors.js';
import { ACTIVATIONS, type Activation } from '../layers/activation.js';

export interface BertConfig {
  readonly dialect: 'bert' | 'distilbert' | 'mpnet';
  readonly architecture: string;
  readonly vocabSize: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly inner: number;
  readonly activation: Activation;
  readonly eps: number;
  readonly positions: number;
  /** Position of the first token: RoBERTa and MPNet count from the padding id + 1. */
  readonly firstPosition: number;
  /** 0: the encoder has no token types. */
  readonly tokenTypes: number;
  /** Buckets of MPNet's relative positions; 0 elsewhere. */
  readonly relativeBuckets: number;
}

const count = z.number().int().positive();
const raw = z.object({
  model_type: z.string(),
  architectures: z.array(z.string()).nullish(),
  vocab_size: count,
  hidden_size: count.optional(),
  dim: count.optional(),
  num_hidden_layers: count.optional(),
  n_layers: count.optional(),
  num_attention_heads: count.optional(),
  n_heads: count.optional(),
  intermediate_size: count.optional(),
  hidden_dim: count.optional(),
  hidden_act: z.string().optional(),
  activation: z.string().optional(),
  layer_norm_eps: z.number().positive().optional(),
  max_position_embeddings: count.default(512),
  type_vocab_size: z.number().int().nonnegative().optional(),
  pad_token_id: z.number().int().nullish(),
  position_embedding_type: z.string().nullish(),
  relative_attention_num_buckets: count.optional(),
});

/** model_type -> dialect, and whether positions count from the padding id + 1. */
const FAMILY: Readonly<Record<string, { dialect: BertConfig['dialect']; fromPadding: boolean }>> = {
  bert: { dialect: 'bert', fromPadding: false },
  roberta: { dialect: 'bert', fromPadding: true },
  'xlm-roberta': { dialect: 'bert', fromPadding: true },
  camembert: { dialect: 'bert', fromPadding: true },
  distilbert: { dialect: 'distilbert', fromPadding: false },
  mpnet: { dialect: 'mpnet', fromPadding: true },
};

/** Parses config.json. Throws AppError BAD_MODEL naming what is missing or unsupported. */
export function parseBertConfig(json: unknown, source: string): BertConfig {
  const fail = (what: string) => new AppError('BAD_MODEL', `${source}: ${what}`);
  const parsed = raw.safeParse(json);
  if (!parsed.success) throw fail(parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; '));
  const c = parsed.data;
  const family = FAMILY[c.model_type];
  if (family === undefined)
    throw fail(`unsupported encoder '${c.model_type}' (supported: blip-2, ${Object.keys(FAMILY).join(', ')})`);
  if ((c.position_embedding_type ?? 'absolute') !== 'absolute')
    throw fail(`unsupported position_embedding_type '${c.position_embedding_type}'`);
  const activation = c.hidden_act ?? c.activation ?? 'gelu';
  if (!(activation in ACTIVATIONS))
    throw fail(`unknown activation '${activation}' (supported: ${Object.keys(ACTIVATIONS).join(', ')})`);
  const width = c.hidden_size ?? c.dim ?? 768;
  const heads = c.num_attention_heads ?? c.n_heads ?? 12;
  if (width % heads !== 0) throw fail(`hidden_size ${width} is not divisible by ${heads} attention heads`);
  return Object.freeze({
    dialect: family.dialect,
    architecture: c.architectures?.[0] ?? c.model_type,
    vocabSize: c.vocab_size,
    width,
    layers: c.num_hidden_layers ?? c.n_layers ?? (family.dialect === 'distilbert' ? 6 : 12),
    heads,
    inner: c.intermediate_size ?? c.hidden_dim ?? 3072,
    activation: activation as Activation,
    eps: c.layer_norm_eps ?? 1e-12,
    positions: c.max_position_embeddings,
    firstPosition: family.fromPadding ? (c.pad_token_id ?? 1) + 1 : 0,
    tokenTypes: family.dialect === 'bert' ? (c.type_vocab_size ?? 2) : 0,
    relativeBuckets: family.dialect === 'mpnet' ? (c.relative_attention_num_buckets ?? 32) : 0,
  });
}
