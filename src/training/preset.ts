// The shipped model's shape: small enough to be trained on two cores and to lie in the repository.
import { preprocessorConfig } from './data/pixels.js';
import { SLOTS } from './data/slots.js';
import type { ModelFiles } from './modelFiles.js';
import { vocabulary } from './scenes/caption.js';
import { CLASSES } from './scenes/classes.js';
import { captionTokenizer, queryTokenizer } from './wordTokenizer.js';

export interface Preset {
  /** Width of vision tower, Q-Former and language model alike. */
  readonly width: number;
  readonly heads: number;
  readonly imageSize: number;
  readonly patchSize: number;
  readonly visionLayers: number;
  readonly qformerLayers: number;
  readonly languageLayers: number;
  readonly queries: number;
}

export const DEMO_PRESET: Preset = {
  width: 160,
  heads: 5,
  imageSize: 96,
  patchSize: 8,
  visionLayers: 6,
  qformerLayers: 4,
  languageLayers: 3,
  queries: 16,
};

export type PresetFiles = Omit<ModelFiles, 'tensors'>;

/** All files of a captioner but its weights. */
export function presetConfig(preset: Preset): PresetFiles {
  const { width, heads } = preset;
  if (preset.queries < SLOTS)
    throw new Error(`presetConfig: expected at least ${SLOTS} queries, got ${preset.queries}`);
  const tokenizer = captionTokenizer([...vocabulary(), ...CLASSES.map(({ keyword }) => keyword)]);
  return {
    tokenizer,
    preprocessor: preprocessorConfig(preset.imageSize),
    generationConfig: {
      bos_token_id: tokenizer.bosId,
      eos_token_id: tokenizer.endId,
      pad_token_id: tokenizer.padId,
      max_new_tokens: 40,
    },
    config: {
      architectures: ['Blip2ForConditionalGeneration'],
      model_type: 'blip-2',
      image_text_hidden_size: width,
      image_token_index: tokenizer.imageId,
      num_query_tokens: preset.queries,
      use_decoder_only_language_model: true,
      vision_config: {
        model_type: 'blip_2_vision_model',
        hidden_size: width,
        intermediate_size: 4 * width,
        num_hidden_layers: preset.visionLayers,
        num_attention_heads: heads,
        image_size: preset.imageSize,
        patch_size: preset.patchSize,
        hidden_act: 'relu',
        layer_norm_eps: 1e-6,
        qkv_bias: true,
      },
      qformer_config: {
        model_type: 'blip_2_qformer',
        hidden_size: width,
        num_hidden_layers: preset.qformerLayers,
        num_attention_heads: heads,
        intermediate_size: 4 * width,
        encoder_hidden_size: width,
        cross_attention_frequency: 2,
        hidden_act: 'gelu',
        layer_norm_eps: 1e-12,
        max_position_embeddings: 64,
        vocab_size: tokenizer.size,
        use_qformer_text_input: false,
      },
      text_config: {
        model_type: 'opt',
        vocab_size: tokenizer.size,
        hidden_size: width,
        word_embed_proj_dim: width,
        num_hidden_layers: preset.languageLayers,
        ffn_dim: 4 * width,
        num_attention_heads: heads,
        max_position_embeddings: 128,
        activation_function: 'relu',
        do_layer_norm_before: true,
        tie_word_embeddings: true,
        bos_token_id: tokenizer.bosId,
        eos_token_id: tokenizer.endId,
        pad_token_id: tokenizer.padId,
      },
    },
  };
}

export interface RetrievalPreset {
  /** Width of the space that texts and pictures share. */
  readonly space: number;
  readonly queries: number;
  readonly layers: number;
  /** Width of a feed-forward's inner layer, in widths of the Q-Former; texts and queries have one each in every layer. */
  readonly inner: number;
}

export const RETRIEVAL_PRESET: RetrievalPreset = { space: 128, queries: 16, layers: 4, inner: 3 };

/**
 * All files of an embedder but its weights: the vision tower of a captioner, whose config.json and preprocessor_config.json are
 * given, and a Q-Former of the captioner's width with a text branch for these words.
 */
export function retrievalConfig(
  captioner: {
    readonly config: Readonly<Record<string, unknown>>;
    readonly preprocessor: Readonly<Record<string, unknown>>;
  },
  words: readonly string[],
  preset: RetrievalPreset,
): PresetFiles {
  const tokenizer = queryTokenizer(words);
  const qformer = captioner.config.qformer_config as Readonly<Record<string, unknown>>;
  return {
    tokenizer,
    preprocessor: captioner.preprocessor,
    config: {
      architectures: ['Blip2ForImageTextRetrieval'],
      model_type: 'blip-2',
      image_text_hidden_size: preset.space,
      // Texts come as they are, without places for the queries.
      image_token_index: null,
      num_query_tokens: preset.queries,
      vision_config: captioner.config.vision_config,
      qformer_config: {
        ...qformer,
        num_hidden_layers: preset.layers,
        intermediate_size: preset.inner * Number(qformer.hidden_size),
        max_position_embeddings: 64,
        vocab_size: tokenizer.size,
        pad_token_id: 0,
        use_qformer_text_input: true,
      },
    },
  };
}
