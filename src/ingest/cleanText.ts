// Text that PostgreSQL can store: it has no NUL characters, and only well-formed Unicode.

const LONE_SURROGATES = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Without NUL characters, which no text needs; each lone surrogate becomes U+FFFD. */
export function cleanText(text: string): string {
  return text.replaceAll('\0', '').replace(LONE_SURROGATES, '\ufffd');
}
