// config.json of a BLIP-2 checkpoint -> frozen, checked, with transformers' defaults for what the file leaves out.
// Source of the names and defaults: transformers 5.18, configuration_blip_2.py and configuration_opt.py.
import { z } from 'zod';
import { AppError } from '../../errors.js';
import { ACTIVATIONS, type Activation } from '../layers/activation.js';

const count = z.number().int().positive();
const activation = z.string().refine((name): name is Activation => name in ACTIVATIONS, {
  error: (issue) => `unknown activation '${issue.input}' (supported: ${Object.keys(ACTIVATIONS).join(', ')})`,
});
/** Written as a number, or as [n, n] in newer files. */
const square = z
  .union([count, z.tuple([count, count]).refine(([a, b]) => a === b, 'expected a square')])
  .transform((v) => (typeof v === 'number' ? v : v[0]));
const ids = z.union([z.number().int(), z.array(z.number().int())]).nullish();

const vision = z.object({
  hidden_size: count.default(1408),
  intermediate_size: count.default(6144),
  num_hidden_layers: count.default(39),
  num_attention_heads: count.default(16),
  image_size: square.default(224),
  patch_size: square.default(14),
  hidden_act: activation.default('gelu'),
  layer_norm_eps: z.number().positive().default(1e-6),
  qkv_bias: z.boolean().default(true),
});

const qformer = z.object({
  vocab_size: count.default(30522),
  hidden_size: count.default(768),
  num_hidden_layers: count.default(12),
  num_attention_heads: count.default(12),
  intermediate_size: count.default(3072),
  hidden_act: activation.default('gelu'),
  max_position_embeddings: count.default(512),
  layer_norm_eps: z.number().positive().default(1e-12),
  cross_attention_frequency: count.default(2),
});

const opt = z
  .object({
    model_type: z.literal('opt').default('opt'),
    vocab_size: count.default(50272),
    hidden_size: count.default(768),
    num_hidden_layers: count.default(12),
    ffn_dim: count.default(3072),
    max_position_embeddings: count.default(2048),
    do_layer_norm_before: z.boolean().default(true),
    _remove_final_layer_norm: z.boolean().default(false),
    word_embed_proj_dim: count.nullish(),
    num_attention_heads: count.default(12),
    activation_function: activation.default('relu'),
    enable_bias: z.boolean().default(true),
    layer_norm_elementwise_affine: z.boolean().default(true),
    tie_word_embeddings: z.boolean().default(true),
    pad_token_id: z
      .number()
      .int()
      .nullish()
      .transform((id) => (id === undefined ? 1 : id)),
    bos_token_id: z
      .number()
      .int()
      .nullish()
      .transform((id) => (id === undefined ? 2 : id)),
    eos_token_id: ids.transform((id) => (id === undefined ? 2 : id)),
  })
  .transform((c) => ({ ...c, word_embed_proj_dim: c.word_embed_proj_dim ?? c.hidden_size }));

export type VisionConfig = Readonly<z.infer<typeof vision>>;
export type QFormerConfig = Readonly<z.infer<typeof qformer>>;
export type OptConfig = Readonly<z.infer<typeof opt>>;

export interface Blip2Config {
  readonly architecture: 'Blip2ForConditionalGeneration' | 'Blip2ForImageTextRetrieval';
  readonly numQueryTokens: number;
  /** Width of the space that image and text share (retrieval). */
  readonly imageTextHiddenSize: number;
  /** Id that stands for a query in the language model's input; null in checkpoints from before it existed. */
  readonly imageTokenId: number | null;
  readonly vision: VisionConfig;
  readonly qformer: QFormerConfig;
  /** Null for a retrieval checkpoint, which has no language model. */
  readonly text: OptConfig | null;
}

/** Parses config.json. Throws AppError BAD_MODEL naming what is missing or unsupported; `source` is the file, for the message. */
export function parseBlip2Config(json: unknown, source: string): Blip2Config {
  const fail = (what: string) => new AppError('BAD_MODEL', `${source}: ${what}`);
  if (typeof json !== 'object' || json === null) throw fail('expected a JSON object');
  const raw = json as Record<string, unknown>;
  if (raw.model_type !== 'blip-2')
    throw fail(`expected model_type 'blip-2', got ${JSON.stringify(raw.model_type ?? null)}`);
  const named = Array.isArray(raw.architectures) ? String(raw.architectures[0]) : 'Blip2ForConditionalGeneration';
  if (named !== 'Blip2ForConditionalGeneration' && named !== 'Blip2ForImageTextRetrieval') {
    throw fail(
      `unsupported architecture ${named} (supported: Blip2ForConditionalGeneration, Blip2ForImageTextRetrieval)`,
    );
  }
  const language = (raw.text_config ?? {}) as { model_type?: unknown };
  const generates = named === 'Blip2ForConditionalGeneration';
  if (generates && language.model_type !== undefined && language.model_type !== 'opt') {
    throw fail(
      `unsupported language model '${String(language.model_type)}': only OPT is supported (T5 checkpoints are not)`,
    );
  }
  const section = <T>(name: string, schema: z.ZodType<T>): T => {
    const parsed = schema.safeParse(raw[name] ?? {});
    if (parsed.success) return parsed.data;
    const problems = parsed.error.issues.map((issue) => `${[name, ...issue.path].join('.')}: ${issue.message}`);
    throw fail(problems.join('; '));
  };
  const config: Blip2Config = {
    architecture: named,
    numQueryTokens: Number(raw.num_query_tokens ?? 32),
    imageTextHiddenSize: Number(raw.image_text_hidden_size ?? 256),
    imageTokenId: typeof raw.image_token_index === 'number' ? raw.image_token_index : null,
    vision: section('vision_config', vision),
    qformer: section('qformer_config', qformer),
    text: generates ? section('text_config', opt) : null,
  };
  checkHeads(config, fail);
  if (config.text !== null && config.text.hidden_size < config.text.word_embed_proj_dim) {
    throw fail(
      'text_config: hidden_size below word_embed_proj_dim is unsupported: the queries do not fill the embeddings',
    );
  }
  return Object.freeze(config);
}

/** Which layers have cross-attention, by index. */
export function crossAttentionLayers(config: QFormerConfig): number[] {
  return [...Array(config.num_hidden_layers).keys()].filter((i) => i % config.cross_attention_frequency === 0);
}

function checkHeads(config: Blip2Config, fail: (what: string) => AppError): void {
  for (const [name, part] of Object.entries({
    vision_config: config.vision,
    qformer_config: config.qformer,
    text_config: config.text,
  })) {
    if (part !== null && part.hidden_size % part.num_attention_heads !== 0) {
      throw fail(
        `${name}: hidden_size ${part.hidden_size} is not divisible by num_attention_heads ${part.num_attention_heads}`,
      );
    }
  }
}
