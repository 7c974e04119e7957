// Literal text inside a LIKE pattern.

/** `%text%` in which the text's own %, _ and \ stand for themselves (LIKE's default escape is the backslash). */
export function likePattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, (character) => `\\${character}`)}%`;
}
