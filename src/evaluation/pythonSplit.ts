// Words of tokens as Python's str.split() sees them: BLEU and CIDEr of pycocoevalcap split captions at any white space, also inside a token
// ("5 1/2" with its no-break space is two words there, and one for ROUGE-L).

const WHITE_SPACE = '[\\t-\\r\\u001C- \\u0085\\u00A0\\u1680\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000]+';
const GAPS = new RegExp(WHITE_SPACE);
const END = new RegExp(`${WHITE_SPACE}$`);

export function pythonSplit(tokens: readonly string[]): string[] {
  return tokens.flatMap((token) => token.split(GAPS)).filter((word) => word !== '');
}

/** Python's str.rstrip(), whose white space is not that of trimEnd(). */
export function pythonTrimEnd(text: string): string {
  return text.replace(END, '');
}
