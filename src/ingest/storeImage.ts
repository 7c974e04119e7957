// A picture's bytes -> a stored picture, or the reason why it is none.
import sharp from 'sharp';
import { checkScans, decodeSeconds, inDecodeTime, tooSlow } from '../decodeTime.js';
import { AppError, messageOf } from '../errors.js';
import type { MediaStore } from './mediaStore.js';
import { HASHED_SIZE, perceptualHash } from './perceptualHash.js';

export interface ImageLimits {
  readonly maxBytes: number;
  readonly maxPixels: number;
  /** Longest that it may take to decode one (ms). */
  readonly decodeMs: number;
}

/** A row of the table `images`. */
export interface StoredImage {
  readonly sha256: string;
  readonly bytes: number;
  readonly mimeType: string;
  /** Of the first frame, turned as its EXIF orientation says. */
  readonly width: number;
  readonly height: number;
  /** 16 hex digits. */
  readonly phash: string;
}

/** What libvips calls a format, and its media type. Anything else (SVG, PDF, raw data) is not even looked into. */
const MIME_TYPES = new Map([
  ['jpeg', 'image/jpeg'],
  ['png', 'image/png'],
  ['webp', 'image/webp'],
  ['gif', 'image/gif'],
  ['tiff', 'image/tiff'],
  ['heif', 'image/avif'],
]);
const LOADERS = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Tiff', 'Heif'].map((name) => `VipsForeignLoad${name}`);

// Process-wide: every loader is a parser of untrusted bytes, and SVG may even name other files.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: LOADERS });

/**
 * Decodes the whole picture, so that a truncated one is found here and not by the model, and keeps its bytes. Rejects with AppError
 * BAD_IMAGE (final) where they are no picture or too large.
 */
export async function storeImage(
  { media, limits }: { media: MediaStore; limits: ImageLimits },
  bytes: Uint8Array,
): Promise<StoredImage> {
  const looks = await lookAtImage(bytes, limits);
  const sha256 = await media.put(bytes);
  return { sha256, bytes: bytes.length, ...looks };
}

/** What a picture is like, by a whole decoding; nothing is kept. Rejects as storeImage does. */
export async function lookAtImage(
  bytes: Uint8Array,
  limits: ImageLimits,
): Promise<Pick<StoredImage, 'mimeType' | 'width' | 'height' | 'phash'>> {
  if (bytes.length === 0) throw new AppError('BAD_IMAGE', 'the picture is empty');
  if (bytes.length > limits.maxBytes) {
    throw new AppError('BAD_IMAGE', `the picture is too large: ${bytes.length} bytes, at most ${limits.maxBytes}`);
  }
  return await decode(bytes, limits);
}

async function decode(bytes: Uint8Array, limits: ImageLimits): Promise<Omit<StoredImage, 'sha256' | 'bytes'>> {
  const { maxPixels, decodeMs } = limits;
  try {
    checkScans(bytes);
    return await inDecodeTime(decodeWithin(bytes, limits), decodeMs);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    if (/^timeout:/.test(messageOf(cause))) throw tooSlow(decodeMs, cause);
    const reason = /pixel limit/i.test(messageOf(cause))
      ? `the picture has more than ${maxPixels} pixels`
      : `not a picture that can be read: ${messageOf(cause).split('\n')[0]}`;
    throw new AppError('BAD_IMAGE', reason, { cause });
  }
}

async function decodeWithin(bytes: Uint8Array, { maxPixels, decodeMs }: ImageLimits) {
  // The limit is checked on the header, before anything is decoded. Of what has frames or pages the first is read, and no other.
  const image = sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error' }).timeout(decodeSeconds(decodeMs));
  const { format, autoOrient } = await image.metadata();
  const mimeType = MIME_TYPES.get(format);
  if (mimeType === undefined) throw new Error(`the format ${format} is not supported`);
  const grey = await image
    .autoOrient()
    .flatten({ background: 'white' })
    .greyscale()
    .resize(HASHED_SIZE, HASHED_SIZE, { fit: 'fill' })
    .raw({ depth: 'uchar' })
    .toBuffer();
  return { mimeType, width: autoOrient.width, height: autoOrient.height, phash: perceptualHash(grey) };
}
