// An image as the questions about images return it.
import type { Image } from './generated/client.js';

export type ImageRow = Omit<Image, 'currentCaptionId'>;

/** SQL: the columns of an ImageRow from images `i`. */
export const IMAGE_COLUMNS = `i.sha256, i.bytes, i.mime_type AS "mimeType", i.width, i.height, i.phash, i.created_at AS "createdAt"`;
