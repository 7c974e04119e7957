// Secrets in texts that are written down: log lines, messages, the audit.

const SECRETS: readonly [RegExp, string][] = [
  // Keys, and the owner's; cookies.
  [/\bhotlens_([0-9a-z]+)_[A-Za-z0-9_-]{20,}/g, 'hotlens_$1_[left out]'],
  [/\b(hotlens_session=)[^;\s"\\]+/g, '$1[left out]'],
  // What webhooks are signed with, and addresses that are secrets themselves.
  [/\bwhsec_[A-Za-z0-9+/=]{20,}/g, 'whsec_[left out]'],
  [/(\/feeds\/)[A-Za-z0-9_-]{20,}/g, '$1[left out]'],
  [/\b(https:\/\/hooks\.slack\.com\/)[^\s"'\\]+/gi, '$1[left out]'],
  // Passwords in URLs, as in DATABASE_URL and in those of pictures. One that holds spaces or quotes is no URL.
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:/?#@"'\\]*):[^\s"'\\/]*@/gi, '$1:[left out]@'],
  [/\b(postgres(?:ql)?:\/\/[^\s:/?#@"'\\]*):[^\s"'\\]*@/gi, '$1:[left out]@'],
  [/([?&](?:ssl)?password=)[^&\s"'\\]*/gi, '$1[left out]'],
  [/\b(bearer|basic) +[A-Za-z0-9._~+/=-]{16,}/gi, '$1 [left out]'],
];

/** The text without keys, tokens and passwords. */
export function scrub(text: string): string {
  return SECRETS.reduce((clean, [pattern, instead]) => clean.replace(pattern, instead), text);
}
