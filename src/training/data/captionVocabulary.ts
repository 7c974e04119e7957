// The tokenizer of a captioner as training needs it: bare ids of a caption, and the tokens around it.
import path from 'node:path';
import type { Blip2Config } from '../../inference/blip2/config.js';
import { exists, readJson } from '../../inference/checkpoint/weights.js';
import { loadTokenizer } from '../../inference/tokenizer.js';
import type { CaptionVocabulary } from './documents.js';

/** The vocabulary of a model directory. The end token is that of generation_config.json, as captions will be generated. */
export async function openVocabulary(directory: string, config: Blip2Config): Promise<CaptionVocabulary> {
  const tokenizer = await loadTokenizer(directory);
  const text = config.text!;
  const file = path.join(directory, 'generation_config.json');
  const generation = (await exists(file)) ? ((await readJson(file)) as { eos_token_id?: number | number[] }) : {};
  const ends = [generation.eos_token_id ?? text.eos_token_id ?? 2].flat();
  // Captions come again and again: the same text is the same ids.
  const known = new Map<string, readonly number[]>();
  return {
    encode(caption) {
      let found = known.get(caption);
      if (found === undefined) {
        found = tokenizer.encode(caption, { addSpecialTokens: false });
        if (known.size > 200_000) known.clear();
        known.set(caption, found);
      }
      return found;
    },
    padId: text.pad_token_id ?? 1,
    bosId: text.bos_token_id ?? 2,
    endId: ends[0]!,
  };
}
