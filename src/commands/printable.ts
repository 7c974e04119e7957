// Text of strangers on a terminal and in log lines.

/** The text with everything that would steer a terminal or break the line (controls, direction marks) written as an escape. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}
