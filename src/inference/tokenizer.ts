// Text <-> token ids as transformers' AutoTokenizer has it, for the tokenizers of BLIP-2 with OPT (byte-level BPE) and of
// BERT-like encoders (WordPiece, byte-level BPE). The algorithms are @huggingface/tokenizers'; this file adds what
// transformers does around them: truncation that keeps special tokens, and cleaning up only where it does.
// BERT's splitting differs for some 670 characters newer than Unicode 8, of all 1.1 million: the reference's tables are that old.
import { Tokenizer as Algorithm } from '@huggingface/tokenizers';
import { AppError, messageOf } from '../errors.js';
import { readTokenizerFiles } from './tokenizerFiles.js';

// Beyond the basic plane: BERT sets each apart as a word, the library below sees only halves of them. (The gap is the reference's.)
const RARE_IDEOGRAPHS = /[\u{20000}-\u{2a6df}\u{2a700}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;

export interface Tokenizer {
  /**
   * Ids of a text. Special tokens are added unless `addSpecialTokens` is false; `maxTokens` cuts the text so that it and
   * its special tokens fit. Never pads.
   */
  encode(text: string, options?: { readonly addSpecialTokens?: boolean; readonly maxTokens?: number }): number[];
  /** Text of ids; special tokens are left out unless `skipSpecialTokens` is false. Ids without a token are left out. */
  decode(ids: readonly number[], options?: { readonly skipSpecialTokens?: boolean }): string;
  /** Id of a token as it is written in the vocabulary. */
  idOf(token: string): number | undefined;
}

/** The tokenizer of a model directory. Rejects with BAD_MODEL, saying what is missing, unsupported or damaged, and where. */
export async function loadTokenizer(directory: string): Promise<Tokenizer> {
  const files = await readTokenizerFiles(directory);
  const { type } = files.tokenizer.model;
  // Older files name no type; the library then tells by what the model consists of.
  if (type !== undefined && !['BPE', 'WordPiece', 'Unigram'].includes(type)) {
    throw new AppError('BAD_MODEL', `${directory}: a tokenizer of type ${type} is not supported`);
  }
  let algorithm: Algorithm;
  try {
    algorithm = new Algorithm(files.tokenizer, files.config);
  } catch (error) {
    throw new AppError('BAD_MODEL', `${directory}: the tokenizer is not supported: ${messageOf(error)}`, {
      cause: error,
    });
  }
  const special = new Set(
    [...algorithm.get_added_tokens_decoder()].filter(([, token]) => token.special).map(([id]) => id),
  );
  const cleansUp = files.config.clean_up_tokenization_spaces === true && files.tokenizer.model.type === 'WordPiece';
  const { normalizer } = files.tokenizer;
  const setsIdeographsApart = normalizer?.type === 'BertNormalizer' && normalizer.handle_chinese_chars !== false;
  const encode = (given: string, addSpecialTokens: boolean) => {
    const text = setsIdeographsApart ? given.replace(RARE_IDEOGRAPHS, ' $& ') : given;
    // undefined where the vocabulary has neither the piece nor an unknown token: it has no id in the reference either.
    const ids: readonly (number | undefined)[] = algorithm.encode(wellFormed(text), {
      add_special_tokens: addSpecialTokens,
    }).ids;
    return ids.filter((id): id is number => id !== undefined);
  };
  const around = specialTokensAround(encode);

  return {
    encode(text, { addSpecialTokens = true, maxTokens } = {}) {
      const ids = encode(text, addSpecialTokens);
      if (maxTokens === undefined || ids.length <= maxTokens) return ids;
      if (!addSpecialTokens) return ids.slice(0, maxTokens);
      const { before, after } = around;
      const room = Math.max(0, maxTokens - before.length - after.length);
      return [...before, ...ids.slice(before.length, before.length + room), ...after];
    },
    decode(ids, { skipSpecialTokens = true } = {}) {
      const known = ids.filter(
        (id) => algorithm.id_to_token(id) !== undefined && !(skipSpecialTokens && special.has(id)),
      );
      if (known.length === 0) return '';
      return algorithm.decode(known, { skip_special_tokens: false, clean_up_tokenization_spaces: cleansUp });
    },
    idOf: (token) => algorithm.token_to_id(token),
  };
}

/** The ids that are put around every text. */
function specialTokensAround(encode: (text: string, addSpecialTokens: boolean) => number[]) {
  const probe = encode('a', false);
  const whole = encode('a', true);
  const extra = whole.length - probe.length;
  let before = 0;
  while (before < extra && !probe.every((id, i) => whole[before + i] === id)) before++;
  return { before: whole.slice(0, before), after: whole.slice(before + probe.length) };
}

/** Half a surrogate pair is no character: Python cannot hold it, UTF-8 writes U+FFFD. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}
