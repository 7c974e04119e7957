// A tokenizer.json in memory for checkpoints that only have vocabulary files: what transformers 5.18's BertTokenizer,
// MPNetTokenizer, RobertaTokenizer and GPT2Tokenizer (OPT's) put together from them.
import { contentOf, type TokenizerConfig, type TokenizerJson } from './tokenizerJson.js';

export type VocabularyFiles = {
  readonly config: TokenizerConfig;
  /** `model_type` of config.json: decides between classes where tokenizer_config.json names none. */
  readonly modelType: string;
  /** added_tokens.json. */
  readonly added: Readonly<Record<string, number>>;
} & ({ readonly vocabulary: Readonly<Record<string, number>>; readonly merges: string } | { readonly words: string });

type Kind = 'bert' | 'mpnet' | 'roberta' | 'gpt2';

const SPECIAL_TOKENS: Readonly<Record<Kind, Readonly<Record<string, string>>>> = {
  bert: { unk_token: '[UNK]', sep_token: '[SEP]', pad_token: '[PAD]', cls_token: '[CLS]', mask_token: '[MASK]' },
  mpnet: {
    bos_token: '<s>',
    eos_token: '</s>',
    sep_token: '</s>',
    cls_token: '<s>',
    unk_token: '[UNK]',
    pad_token: '<pad>',
    mask_token: '<mask>',
  },
  roberta: {
    bos_token: '<s>',
    eos_token: '</s>',
    sep_token: '</s>',
    cls_token: '<s>',
    unk_token: '<unk>',
    pad_token: '<pad>',
    mask_token: '<mask>',
  },
  gpt2: { unk_token: '<|endoftext|>', bos_token: '<|endoftext|>', eos_token: '<|endoftext|>' },
};

export function buildTokenizerJson(files: VocabularyFiles): TokenizerJson {
  const { config } = files;
  const kind = kindOf(files);
  const vocab: Record<string, number> = 'words' in files ? wordsOf(files.words) : { ...files.vocabulary };
  const names: Record<string, string> = {};
  for (const name of ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token']) {
    const token = name in config ? contentOf(config[name]) : SPECIAL_TOKENS[kind][name];
    if (token !== undefined) names[name] = token;
  }
  const added_tokens = addedTokens({ files, vocab, kind, names });
  const idOf = (token: string | undefined) =>
    added_tokens.find((one) => one.content === token)?.id ?? vocab[token ?? ''] ?? 0;
  const around = {
    sep: [names.sep_token ?? '', idOf(names.sep_token)],
    cls: [names.cls_token ?? '', idOf(names.cls_token)],
  };

  if ('words' in files) {
    return {
      model: {
        type: 'WordPiece',
        unk_token: names.unk_token,
        continuing_subword_prefix: '##',
        max_input_chars_per_word: 100,
        vocab,
      },
      normalizer: {
        type: 'BertNormalizer',
        clean_text: true,
        handle_chinese_chars: true,
        strip_accents: null,
        lowercase: true,
      },
      pre_tokenizer: { type: 'BertPreTokenizer' },
      post_processor: { type: kind === 'mpnet' ? 'RobertaProcessing' : 'BertProcessing', ...around },
      decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
      added_tokens,
    };
  }
  const byteLevel = {
    type: 'ByteLevel',
    add_prefix_space: config.add_prefix_space === true,
    trim_offsets: true,
    use_regex: true,
  };
  return {
    model: {
      type: 'BPE',
      unk_token: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab,
      merges: mergesOf(files.merges),
    },
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: kind === 'roberta' ? { type: 'RobertaProcessing', ...around } : byteLevel,
    decoder: { ...byteLevel, add_prefix_space: true },
    added_tokens,
  };
}

function kindOf(files: VocabularyFiles): Kind {
  const name = `${String(files.config.tokenizer_class ?? '')} ${files.modelType}`.toLowerCase();
  if ('words' in files) return name.includes('mpnet') ? 'mpnet' : 'bert';
  return name.includes('roberta') ? 'roberta' : 'gpt2';
}

/** vocab.txt: the token of id n on line n. */
function wordsOf(text: string): Record<string, number> {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return Object.fromEntries(lines.map((line, id) => [line.trimEnd(), id]));
}

/** merges.txt: pairs in the order of their rank, below a line with the version. */
function mergesOf(text: string): [string, string][] {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !line.startsWith('#version'))
    .map((line) => {
      const [left = '', right = ''] = line.split(' ');
      return [left, right];
    });
}

function addedTokens({
  files,
  vocab,
  kind,
  names,
}: {
  files: VocabularyFiles;
  vocab: Record<string, number>;
  kind: Kind;
  names: Record<string, string>;
}) {
  const tokens = new Map<
    string,
    {
      id: number;
      content: string;
      special: boolean;
      lstrip?: boolean;
      rstrip?: boolean;
      normalized: boolean;
      single_word?: boolean;
    }
  >();
  const decoder = files.config.added_tokens_decoder;
  for (const [id, token] of Object.entries(typeof decoder === 'object' && decoder !== null ? decoder : {})) {
    const content = contentOf(token);
    if (content !== undefined)
      tokens.set(content, { special: false, normalized: false, ...token, id: Number(id), content });
  }
  for (const [content, id] of Object.entries(files.added)) {
    if (!tokens.has(content)) tokens.set(content, { id, content, special: false, normalized: false });
  }
  let free =
    [...Object.values(vocab), ...[...tokens.values()].map((token) => token.id)].reduce(
      (top, id) => Math.max(top, id),
      -1,
    ) + 1;
  for (const [name, content] of Object.entries(names)) {
    const known = tokens.get(content);
    const written = files.config[name];
    // The mask of MPNet takes the space before it along; so does one that was serialised so.
    const lstrip =
      typeof written === 'object' && written !== null && 'lstrip' in written
        ? written.lstrip === true
        : kind === 'mpnet' && name === 'mask_token';
    if (known) known.special = true;
    else tokens.set(content, { id: vocab[content] ?? free++, content, special: true, lstrip, normalized: false });
  }
  return [...tokens.values()].sort((a, b) => a.id - b.id);
}
