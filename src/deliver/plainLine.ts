// Text of strangers where nothing but one line of plain text belongs: subjects, names of files, titles.

/** Controls, breaks of lines, and marks that turn the direction of what follows them. (Marks of one letter may stay.) */
const STEERING = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;

/** The text as one line of at most `length` characters, which turns nothing around it. */
export function plainLine(text: string, length: number): string {
  const line = text
    .replace(STEERING, ' ')
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/\s+/gu, ' ')
    .trim();
  const letters = [...line];
  return letters.length <= length ? line : `${letters.slice(0, length - 1).join('')}…`;
}

/** The text as it is, with its lines, but without what would steer a terminal or turn what stands beside it. */
export function plainText(text: string, length: number): string {
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/u).map((line) => line.replace(STEERING, ' ').trimEnd());
  const letters = [...lines.join('\n').replace(/\p{Surrogate}/gu, '\ufffd')];
  return letters.length <= length ? letters.join('') : `${letters.slice(0, length - 1).join('')}…`;
}
