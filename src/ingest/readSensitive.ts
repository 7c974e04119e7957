// Whether a post's source, or its author there, marks it as not for everybody's eyes.

/** Fields that say so by themselves, compared as canonicalPost compares names: Mastodon, X, Reddit. */
const FLAGS = new Set(['sensitive', 'possiblysensitive', 'nsfw', 'over18']);
/** Values of a flag that say that it is not. */
const NOT = new Set(['', 'false', '0', 'no', 'n', 'f', 'off', 'null', 'none']);
/** Bluesky's labels of pictures that its own applications hide or blur. */
const LABELS = new Set([
  'porn',
  'sexual',
  'sexual-figurative',
  'nudity',
  'nsfl',
  'graphic-media',
  'gore',
  '!warn',
  '!hide',
]);

/** Reads the flags of the row and the labels of the row or its `record`. What cannot be told counts as marked. */
export function readSensitive(row: Readonly<Record<string, unknown>>): boolean {
  for (const [name, value] of Object.entries(row)) {
    const plain = name.toLowerCase().replace(/[\s_-]/g, '');
    if (FLAGS.has(plain) && value != null && !NOT.has(String(value).trim().toLowerCase())) return true;
  }
  const { record } = row as { readonly record?: { readonly labels?: unknown } | null };
  return labelled(row.labels) || (typeof record === 'object' && labelled(record?.labels));
}

/** `[{val}]` as a service adds them, `{values: [{val}]}` as authors do, or plain names. */
function labelled(labels: unknown): boolean {
  if (typeof labels !== 'object' || labels === null) return false;
  const list = Array.isArray(labels) ? labels : (labels as { readonly values?: unknown }).values;
  if (!Array.isArray(list)) return false;
  return list.some((label: unknown) => {
    const { val, neg } = (typeof label === 'object' && label !== null ? label : { val: label }) as Record<
      string,
      unknown
    >;
    return typeof val === 'string' && neg !== true && LABELS.has(val.toLowerCase());
  });
}
