// The caption text that is shown of an image: a person's newest edit, where it was not taken back, else the current caption.

/** SQL: newest edit of image `i` as `e` (no row, or a null text: no edit). */
export const NEWEST_EDIT = `LEFT JOIN LATERAL (
  SELECT text FROM caption_edits WHERE image_sha256 = i.sha256 ORDER BY created_at DESC, id DESC LIMIT 1
) e ON true`;
