// Tokenizers for a small vocabulary, in the two kinds that BLIP-2 checkpoints carry, as Hugging Face's tokenizer.json: every
// known word is one token, and anything else still has ids (bytes, or letters).

/** What transformers' byte-level BPE calls each byte: printable ones by themselves, others from U+0100 on (GPT-2's table). */
function byteLetters(): string[] {
  const printable = (byte: number) =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
}

export interface TokenizerFiles {
  readonly tokenizer: Record<string, unknown>;
  readonly tokenizerConfig: Record<string, unknown>;
  /** Tokens in all, `<image>` included. */
  readonly size: number;
}

export interface CaptionTokenizer extends TokenizerFiles {
  readonly padId: number;
  readonly bosId: number;
  /** The newline, which ends a caption as in the released BLIP-2 checkpoints. */
  readonly endId: number;
  readonly imageId: number;
}

/**
 * Byte-level BPE as OPT's, with `</s>` first. Its merges build each word letter by letter from its leading space, so that a word
 * of the vocabulary is one token and the rest of an unknown one falls to bytes; the prefixes on the way are tokens too.
 */
export function captionTokenizer(words: readonly string[]): CaptionTokenizer {
  const special = ['<s>', '<pad>', '</s>', '<unk>'];
  const letters = byteLetters();
  const vocabulary = new Map([...special, ...letters].map((token, id) => [token, id]));
  const merges: [string, string][] = [];
  for (const word of [...new Set(words)].sort()) {
    let prefix = 'Ġ';
    for (const byte of Buffer.from(word)) {
      const letter = letters[byte]!;
      if (!vocabulary.has(prefix + letter)) {
        vocabulary.set(prefix + letter, vocabulary.size);
        merges.push([prefix, letter]);
      }
      prefix += letter;
    }
  }
  const imageId = vocabulary.size;
  const added = [...special.map((content, id) => ({ content, id })), { content: '<image>', id: imageId }];
  return {
    tokenizer: {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: added.map(addedToken),
      normalizer: null,
      pre_tokenizer: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
      post_processor: template('</s> $A', { '</s>': 2 }),
      decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
      model: {
        type: 'BPE',
        dropout: null,
        unk_token: null,
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
        fuse_unk: false,
        byte_fallback: false,
        ignore_merges: false,
        vocab: Object.fromEntries(vocabulary),
        merges,
      },
    },
    tokenizerConfig: {
      tokenizer_class: 'GPT2Tokenizer',
      add_prefix_space: true,
      bos_token: '</s>',
      eos_token: '</s>',
      unk_token: '</s>',
      pad_token: '<pad>',
      model_max_length: 128,
    },
    size: imageId + 1,
    padId: 1,
    bosId: 2,
    endId: vocabulary.get('Ċ')!,
    imageId,
  };
}

/** Begins a text that is to be said, where '[CLS]' begins one that is read, as in LAVIS's Q-Former. */
export const SAY = '[DEC]';

/** WordPiece as BERT's, for the text branch: words whole, others in letters. */
export function queryTokenizer(words: readonly string[]): TokenizerFiles {
  const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', SAY];
  const letters = [...'abcdefghijklmnopqrstuvwxyz0123456789'];
  const tokens = [...special, ...letters, ...letters.map((letter) => `##${letter}`), ...'.,!?\'"-#@&()', ...words];
  const vocabulary = Object.fromEntries([...new Set(tokens)].map((token, id) => [token, id]));
  return {
    tokenizer: {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: special.map((content, id) => addedToken({ content, id })),
      normalizer: {
        type: 'BertNormalizer',
        clean_text: true,
        handle_chinese_chars: true,
        strip_accents: null,
        lowercase: true,
      },
      pre_tokenizer: { type: 'BertPreTokenizer' },
      post_processor: template('[CLS] $A [SEP]', { '[CLS]': 2, '[SEP]': 3 }),
      decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
      model: {
        type: 'WordPiece',
        unk_token: '[UNK]',
        continuing_subword_prefix: '##',
        max_input_chars_per_word: 100,
        vocab: vocabulary,
      },
    },
    tokenizerConfig: {
      tokenizer_class: 'BertTokenizer',
      do_lower_case: true,
      cls_token: '[CLS]',
      sep_token: '[SEP]',
      pad_token: '[PAD]',
      unk_token: '[UNK]',
      mask_token: '[MASK]',
      model_max_length: 64,
    },
    size: Object.keys(vocabulary).length,
  };
}

function addedToken({ content, id }: { content: string; id: number }): Record<string, unknown> {
  return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
}

/** A TemplateProcessing that puts special tokens around a text: '[CLS] $A [SEP]'. */
function template(pattern: string, ids: Readonly<Record<string, number>>): Record<string, unknown> {
  const single = pattern
    .split(' ')
    .map((part) =>
      part === '$A' ? { Sequence: { id: 'A', type_id: 0 } } : { SpecialToken: { id: part, type_id: 0 } },
    );
  const tokens = Object.entries(ids).map(([id, number]) => [id, { id, ids: [number], tokens: [id] }]);
  return {
    type: 'TemplateProcessing',
    single,
    pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
    special_tokens: Object.fromEntries(tokens),
  };
}
