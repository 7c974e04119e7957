// One batch of sequences running through the OPT graph with its cache: the Decoder that generation drives.
// Prompts of different lengths are padded on the left; padded places are hidden from every later one by the attention
// bias, and positions count from the first real token, so that a row gives what it gives alone.
import type * as ort from 'onnxruntime-node';
import type { Session } from '../../onnx/session.js';
import { floats, ids } from '../../onnx/tensors.js';
import type { Decoder, NextTokens, Wanted } from '../generate/decoder.js';
import { HIDDEN } from '../layers/layers.js';
import type { OptConfig } from './config.js';
import { createDeviceCache } from './deviceCache.js';
import { continued, createKeyValueCache, noSlots, withAdded } from './keyValueCache.js';
import { alignPrompts, type Prompts, promptFeeds } from './promptFeeds.js';

export interface DecoderInput extends Prompts {
  readonly session: Session;
  readonly config: OptConfig;
}

/** A decoder for B prompts. It holds the cache of its batch and is used once. */
export function createBlip2Decoder(input: DecoderInput): Decoder {
  const { session, config, prompts } = input;
  const embed = config.word_embed_proj_dim;
  /** Padding before each running row's first token, and the slots of its past. */
  let padding: number[] = [];
  let past = noSlots(prompts.length);
  const createCache = session.onDevice.length > 0 ? createDeviceCache : createKeyValueCache;
  const cache = createCache(config.num_hidden_layers, config.num_attention_heads, config.hidden_size);

  async function run(places: number, wanted: Wanted, feeds: Record<string, ort.Tensor>): Promise<NextTokens> {
    const names = ['log_probs', ...(wanted.logits ? ['logits'] : []), ...cache.names];
    const results = await session.run({ ...feeds, ...cache.feeds(past) }, names);
    past = withAdded(past, cache.keep(results, past.rows, places), places);
    return {
      logProbs: results.log_probs!.data as Float32Array,
      logits: results.logits?.data as Float32Array | undefined,
    };
  }

  return {
    vocabSize: config.vocab_size,

    async prefill(wanted) {
      const aligned = alignPrompts(prompts);
      padding = aligned.padding;
      return run(aligned.places, wanted, promptFeeds(input, embed));
    },

    async step(rowOrder, tokens, wanted) {
      const rows = tokens.length;
      padding = Array.from(rowOrder, (row) => padding[row]!);
      past = continued(past, rowOrder);
      const length = past.length + 1;
      const positions = padding.map((pad) => length - 1 - pad);
      const bias = new Float32Array(rows * length);
      padding.forEach((pad, r) => {
        bias.fill(HIDDEN, r * length, r * length + pad);
      });
      return run(1, wanted, {
        input_ids: ids(tokens, [rows, 1]),
        prefix: floats(new Float32Array(0), [rows, 0, embed]),
        source: ids(new Uint8Array(rows), [rows, 1, 1]),
        position_ids: ids(positions, [rows, 1]),
        attention_bias: floats(bias, [rows, 1, 1, length]),
      });
    },

    dispose: cache.dispose,
  };
}
